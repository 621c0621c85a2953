import Network
import Synchronization

/// A page that listens to the stream, and counts.
final class Watcher: WebSocketConsumer {
    private let state = Mutex((messages: 0, isClosed: false))

    var messages: Int { state.withLock { $0.messages } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        state.withLock { $0.messages += 1 }
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        state.withLock { $0.isClosed = true }
    }
}
