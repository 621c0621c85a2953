/// One WebSocket, of a client or of a server. All calls are allowed from any thread and return at once.
package protocol WebSocketConnection: AnyObject, Sendable {
    /// Queues one message. Text must be UTF-8.
    func send(_ message: UnsafeRawBufferPointer, as kind: MessageKind) -> SendResult
    /// Bytes that wait to be sent.
    var queuedBytes: Int { get }
    /// Sends a ping at once, besides those of the keep-alive; `ponged` tells how long the answer took.
    func ping()
    /// Ends the pause that `Flow.pause` began.
    func resume()
    /// Sends what is queued, then a close frame, and waits a bounded time for the peer's.
    func close(code: UInt16, reason: String)
}

extension WebSocketConnection {
    package func send(_ text: String) -> SendResult {
        var text = text
        return text.withUTF8 { send(UnsafeRawBufferPointer($0), as: .text) }
    }

    package func send(_ bytes: [UInt8], as kind: MessageKind = .binary) -> SendResult {
        bytes.withUnsafeBytes { send($0, as: kind) }
    }

    package func close() {
        close(code: CloseCode.normal, reason: "")
    }
}
