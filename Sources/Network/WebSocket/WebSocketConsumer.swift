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
