import Network

/// A client's side of the hub: it hears of the connection and says nothing of its own.
final class StreamClient: WebSocketConsumer {
    let id: Int
    private let hub: StreamHub

    init(id: Int, hub: StreamHub) {
        self.id = id
        self.hub = hub
    }

    /// A caller that left before the handshake was over is never told to be closed.
    deinit { hub.gone(id) }

    /// Clients have nothing to say, so little is taken from them; pings find those that are gone.
    static func acceptance(_ client: StreamClient) -> WebSocketAcceptance {
        WebSocketAcceptance(
            consumer: client, compresses: true,
            bounds: WebSocketBounds(
                messageBytesMax: 1_024, queuedBytesMax: 2_097_152, atQueueBound: .disconnect,
                receiveBufferBytes: 1_024),
            keepAlive: KeepAlive.Schedule(pingEveryMilliseconds: 20_000, stallMaxMilliseconds: 20_000))
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        hub.opened(id, connection)
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        connection.close(code: CloseCode.policy, reason: "say what to follow in the address")
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        hub.gone(id)
    }
}
