/// A server's connection that can be made to fail in the ways that networks do, for the built-in exchange
/// and for tests. What was queued before goes out first, except before silence and stalls.
package protocol MisbehavingConnection: WebSocketConnection {
    /// Any bytes, not framed.
    func sendRaw(_ bytes: [UInt8]) -> SendResult
    /// The beginning of a frame and then the end of the connection, without a close frame.
    func cut(inMidFrameOf message: [UInt8], as kind: MessageKind, afterBytes: Int)
    /// Ends without a close frame.
    func vanish()
    /// Ends with a reset.
    func reset()
    /// Half open: nothing is read or sent any more, and the peer is not told.
    func goSilent()
    /// Nothing is read or sent for so long.
    func stall(milliseconds: Int64)
}

extension WebSocketSession: MisbehavingConnection {
    func sendRaw(_ bytes: [UInt8]) -> SendResult {
        let result = outbox.sendRaw(bytes)
        if result == .queued { seat.loop.signal(self) }
        return result
    }

    func cut(inMidFrameOf message: [UInt8], as kind: MessageKind, afterBytes: Int) {
        var frame: [UInt8] = []
        message.withUnsafeBytes { bytes in
            FrameHeader.append(
                bytes, opcode: kind == .text ? .text : .binary,
                mask: isClient ? UInt32.random(in: 1...UInt32.max) : nil, to: &frame)
        }
        _ = outbox.sendRaw(Array(frame.prefix(max(0, afterBytes))))
        vanish()
    }

    func vanish() {
        outbox.end(.vanish)
        seat.loop.signal(self)
    }

    func reset() {
        outbox.end(.reset)
        seat.loop.signal(self)
    }

    func goSilent() {
        request { $0.goesSilent = true }
    }

    func stall(milliseconds: Int64) {
        request { $0.stallMilliseconds = milliseconds }
    }
}
