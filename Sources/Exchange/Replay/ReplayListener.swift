import Network

/// A client of a replay. It hears everything from its first request on, whatever it asks for.
final class ReplayListener: WebSocketConsumer {
    private let audience: ReplayAudience

    init(_ audience: ReplayAudience) { self.audience = audience }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        if message.elementsEqual("PING".utf8) {
            _ = connection.send(Array("{\"status\":\"UP\"}".utf8))
        } else {
            audience.join(connection)
        }
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        audience.leave(connection)
    }
}
