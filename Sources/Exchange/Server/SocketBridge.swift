import Network
import Synchronization

/// Between one WebSocket and the exchange.
final class SocketBridge: WebSocketConsumer {
    private let core: ExchangeCore
    private let session: Int

    init(_ core: ExchangeCore, session: Int) {
        self.core = core
        self.session = session
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        guard let connection = connection as? any MisbehavingConnection else {
            // No faults can be done with it, so it is not one of our server's.
            connection.close()
            return
        }
        core.opened(session, connection)
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        core.received(Array(message), on: session)
        return .more
    }

    func heardControl(on connection: any WebSocketConnection) { core.heard(session) }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) { core.closed(session) }
}
