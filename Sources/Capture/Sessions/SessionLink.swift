import Market
import Network
import Upbit

/// Between one WebSocket and the runner of all of them.
final class SessionLink: WebSocketConsumer {
    let index: Int
    let attempt: Int
    private let runner: SessionRunner

    init(_ runner: SessionRunner, index: Int, attempt: Int) {
        self.runner = runner
        self.index = index
        self.attempt = attempt
    }

    /// Tells connections, and the attempts of one, apart in the journal.
    var number: UInt32 { UInt32(truncatingIfNeeded: index) << 24 | UInt32(attempt & 0xFF_FFFF) }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        runner.opened(connection, self)
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: Network.MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        runner.received(message, at: time, on: self)
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        runner.closed(self, because: reason)
    }
}
