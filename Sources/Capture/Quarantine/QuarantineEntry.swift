import Diagnostics
import Market

/// Something that was put aside, with the reason.
package struct QuarantineEntry: Sendable, Equatable {
    /// Longer ones are cut: enough to see what they are, and the journal has the rest.
    package static let contentBytesMax = 4_096

    package var reason: QuarantineReason
    /// What was wrong, and where in the bytes.
    package var explanation: String
    /// The frame's number in the journal; nil when it is not known any more.
    package var sequence: UInt64?
    package var receivedAt: Instant
    /// The message or the row, cut.
    package var content: [UInt8]
    /// How long it was.
    package var contentBytes: Int

    package init(
        reason: QuarantineReason, explanation: String, sequence: UInt64?, receivedAt: Instant,
        content: UnsafeRawBufferPointer
    ) {
        self.reason = reason
        self.explanation = explanation
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.content = Array(content.prefix(Self.contentBytesMax))
        contentBytes = content.count
    }

    package init(
        reason: QuarantineReason, explanation: String, sequence: UInt64?, receivedAt: Instant, row: String
    ) {
        var row = row
        self = row.withUTF8 {
            QuarantineEntry(
                reason: reason, explanation: explanation, sequence: sequence, receivedAt: receivedAt,
                content: UnsafeRawBufferPointer($0))
        }
    }

    /// One line of JSON. Bytes that are no UTF-8 are hexadecimal under another name.
    package var json: String {
        let place = sequence.map { "\($0)" } ?? "null"
        let cut = contentBytes > content.count ? ",\"bytes\":\(contentBytes)" : ""
        let text = String(validating: content, as: UTF8.self)
        let shown = text.map { "\"content\":\(JSONText.quoted($0))" } ?? "\"content_hex\":\"\(hexadecimal)\""
        return "{\"received_at\":\"\(receivedAt)\",\"reason\":\"\(reason.rawValue)\","
            + "\"explanation\":\(JSONText.quoted(explanation)),\"sequence\":\(place),\(shown)\(cut)}"
    }

    private var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(content.count * 2)
        for byte in content {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
