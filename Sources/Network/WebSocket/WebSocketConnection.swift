/// What became of a message that was to be sent.
package enum SendResult: Sendable, Equatable {
    case queued
    /// The queue is at its bound; nothing was queued. `canSend` tells when there is room.
    case full
    /// The connection is not open yet, is closing, or has ended.
    case notOpen
}

/// What a consumer wants after a message.
package enum Flow: Sendable, Equatable {
    case more
    /// Nothing is read until `resume`: the peer's sending stalls, and nothing piles up here.
    case pause
}

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

/// What the two sides agreed on when a connection opened.
package struct WebSocketAgreement: Sendable {
    package let peer: String
    package let isEncrypted: Bool
    package let isCompressed: Bool
    /// The headers of the answer (at a client) or of the request (at a server).
    package let headers: HTTPHeaders
}

/// Takes what a connection delivers. All calls come on the network thread, one at a time, and must not
/// block: copy the bytes and return.
package protocol WebSocketConsumer: AnyObject, Sendable {
    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement)
    /// The bytes are valid during the call only.
    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow
    /// All messages of one read have been delivered: a good moment to hand a batch on.
    func delivered(on connection: any WebSocketConnection)
    /// A ping or a pong came, which only those hear who count a peer's silence.
    func heardControl(on connection: any WebSocketConnection)
    /// There is room again after `SendResult.full`.
    func canSend(on connection: any WebSocketConnection)
    /// The answer to `ping`.
    func ponged(on connection: any WebSocketConnection, roundTripNanoseconds: Int64)
    /// The last call, exactly one, also when the connection never opened.
    func closed(_ connection: any WebSocketConnection, because reason: NetworkError)
}

extension WebSocketConsumer {
    package func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {}
    package func delivered(on connection: any WebSocketConnection) {}
    package func heardControl(on connection: any WebSocketConnection) {}
    package func canSend(on connection: any WebSocketConnection) {}
    package func ponged(on connection: any WebSocketConnection, roundTripNanoseconds: Int64) {}
}
