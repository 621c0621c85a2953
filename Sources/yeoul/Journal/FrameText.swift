import Diagnostics
import Foundation
import Journal
import Market

/// A frame as a line.
enum FrameText {
    /// For people: number, time, kind, connection, label, and the payload without control characters.
    static func line(_ frame: JournalFrame) -> String {
        let head = frame.head
        let label = frame.label.isEmpty ? "" : ControlCharacters.escaped(frame.labelText) + " "
        let payload = String(decoding: frame.payload, as: UTF8.self)
        return "\(head.sequence) \(Instant(microseconds: head.time.unixMicroseconds)) \(head.kind.name) "
            + "#\(head.connection) \(label)\(ControlCharacters.escaped(payload))"
    }

    /// For programs, one object. Bytes that are no text stand as `payload_base64`.
    static func json(_ frame: JournalFrame) -> String {
        let head = frame.head
        var text = "{\"sequence\":\(head.sequence)"
        text += ",\"received_at\":\"\(Instant(microseconds: head.time.unixMicroseconds))\""
        text += ",\"monotonic_nanoseconds\":\(head.time.monotonicNanoseconds)"
        text += ",\"connection\":\(head.connection),\"kind\":\"\(head.kind.name)\""
        if !frame.label.isEmpty { text += ",\"label\":\(JSONText.quoted(frame.labelText))" }
        if let payload = String(validating: frame.payload, as: UTF8.self) {
            text += ",\"payload\":\(JSONText.quoted(payload))}"
        } else {
            text += ",\"payload_base64\":\"\(Data(frame.payload).base64EncodedString())\"}"
        }
        return text
    }
}
