/// Turns received bytes into messages: frames, fragments, masks, compression, and the rules of RFC 6455.
/// Bytes in, events out; no socket and no clock.
package struct MessageReader {
    /// An event's bytes are valid during the call only.
    package enum Event {
        case message(MessageKind, UnsafeRawBufferPointer)
        case ping(UnsafeRawBufferPointer)
        case pong(UnsafeRawBufferPointer)
        /// Nothing may follow. The code is nil when the peer gave none.
        case close(UInt16?, reason: String)
    }

    /// What the receiver of an event wants next.
    package enum Next {
        case more, pause
    }

    private let messageBytesMax: Int
    private let inflater: Inflater?
    private let rules: FrameHeader.Rules

    private var fragments: [UInt8] = []
    private var fragmentKind: MessageKind?
    private var isCompressed = false

    /// The length of the frame at the end of the bytes that is not complete yet; 0 when unknown.
    private(set) var frameBytesExpected = 0

    /// `isMasked`: whether the peer is a client. `inflater`: present when compression was agreed.
    package init(isMasked: Bool, messageBytesMax: Int, inflater: Inflater?) {
        self.messageBytesMax = messageBytesMax
        self.inflater = inflater
        rules = FrameHeader.Rules(
            isMasked: isMasked, allowsCompression: inflater != nil, payloadBytesMax: messageBytesMax)
    }

    /// Reads whole frames from the front of `bytes` (which it may alter) and returns how many bytes it
    /// has used; the rest belongs to a frame that is not complete, or was not wanted yet.
    package mutating func read(
        _ bytes: UnsafeMutableRawBufferPointer, deliver: (Event) -> Next
    ) throws(Violation) -> Int {
        var used = 0
        frameBytesExpected = 0
        while true {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
            switch FrameHeader.parse(UnsafeRawBufferPointer(rest), rules) {
            case .incomplete:
                return used
            case .violation(let violation):
                throw violation
            case .header(let header):
                let frameBytes = header.headerBytes + header.payloadBytes
                guard rest.count >= frameBytes else {
                    frameBytesExpected = frameBytes
                    return used
                }
                used += frameBytes
                let payload = UnsafeMutableRawBufferPointer(rebasing: rest[header.headerBytes..<frameBytes])
                Masking.apply(header.mask, to: payload)
                if case .pause = try take(header, UnsafeRawBufferPointer(payload), deliver) { return used }
            }
        }
    }

    private mutating func take(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ deliver: (Event) -> Next
    ) throws(Violation) -> Next {
        switch header.opcode {
        case .text, .binary:
            guard fragmentKind == nil else {
                throw .protocolError("a new message begins before the last one has ended")
            }
            let kind: MessageKind = header.opcode == .text ? .text : .binary
            if header.isFinal, !header.isCompressed { return try finish(kind, payload, deliver) }
            fragmentKind = kind
            isCompressed = header.isCompressed
            return try gather(payload, isLast: header.isFinal, deliver)
        case .continuation:
            guard fragmentKind != nil else {
                throw .protocolError("a continuation comes without a message's beginning")
            }
            return try gather(payload, isLast: header.isFinal, deliver)
        case .ping: return deliver(.ping(payload))
        case .pong: return deliver(.pong(payload))
        case .close: return deliver(try Self.closing(payload))
        }
    }

    private mutating func gather(
        _ payload: UnsafeRawBufferPointer, isLast: Bool, _ deliver: (Event) -> Next
    ) throws(Violation) -> Next {
        if isCompressed, let inflater {
            try inflater.expand(payload, isLast: isLast, into: &fragments, bytesMax: messageBytesMax)
        } else {
            guard fragments.count + payload.count <= messageBytesMax else { throw .tooLarge(messageBytesMax) }
            fragments.append(contentsOf: payload)
        }
        guard isLast, let kind = fragmentKind else { return .more }
        fragmentKind = nil
        defer { fragments.removeAll(keepingCapacity: fragments.capacity <= Self.keptBytesMax) }
        var failure: Violation?
        var next = Next.more
        fragments.withUnsafeBytes { bytes in
            do throws(Violation) {
                next = try finish(kind, bytes, deliver)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return next
    }

    /// Memory for fragments that is kept for the next message.
    private static let keptBytesMax = 64 * 1_024

    private func finish(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, _ deliver: (Event) -> Next
    ) throws(Violation) -> Next {
        if kind == .text, !UTF8Text.isValid(payload) {
            throw .invalidData("a text message is not UTF-8")
        }
        return deliver(.message(kind, payload))
    }

    private static func closing(_ payload: UnsafeRawBufferPointer) throws(Violation) -> Event {
        if payload.isEmpty { return .close(nil, reason: "") }
        guard payload.count >= 2 else { throw .protocolError("a close frame holds one byte") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        guard CloseCode.isAllowedOnWire(code) else {
            throw .protocolError("a close frame has the code \(code), which may not be sent")
        }
        guard UTF8Text.isValid(reason) else { throw .invalidData("the reason of a close frame is not UTF-8") }
        return .close(code, reason: String(decoding: reason, as: UTF8.self))
    }
}
