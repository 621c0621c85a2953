import Network
import Synchronization

/// A client that subscribes and counts what comes.
final class TradeCounter: WebSocketConsumer {
    private let request: String
    private let state = Mutex((messages: 0, bytes: 0, failure: NetworkError?.none))

    init(_ request: String) { self.request = request }

    var counted: (messages: Int, bytes: Int, failure: NetworkError?) { state.withLock { $0 } }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        _ = connection.send(request)
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        state.withLock { state in
            state.messages += 1
            state.bytes += message.count
        }
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        state.withLock { $0.failure = reason }
    }
}
