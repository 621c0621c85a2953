import Network
import Synchronization

/// Pings a WebSocket a few times, one after another.
final class PingProbe: WebSocketConsumer {
    typealias Outcome = Result<(openedAt: Int64, trips: [Int64]), NetworkError>

    private struct State {
        var openedAt: Int64 = 0
        var trips: [Int64] = []
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private let rounds: Int
    private let state = Mutex(State())

    init(rounds: Int) {
        self.rounds = rounds
    }

    /// When it opened (monotonic nanoseconds) and how long each pong took; the keep-alive's and the
    /// opening's deadlines bound it.
    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let known: Outcome? = state.withLock { state in
                if state.outcome == nil { state.waiter = continuation }
                return state.outcome
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        state.withLock { $0.openedAt = Monotonic.nanoseconds() }
        connection.ping()
    }

    func ponged(on connection: any WebSocketConnection, roundTripNanoseconds: Int64) {
        let isDone = state.withLock { state in
            state.trips.append(roundTripNanoseconds)
            return state.trips.count >= rounds
        }
        if isDone {
            finish { .success(($0.openedAt, $0.trips)) }
        } else {
            connection.ping()
        }
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow { .more }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        finish { _ in .failure(reason) }
    }

    private func finish(_ make: (State) -> Outcome) {
        let waiter = state.withLock { state -> (CheckedContinuation<Outcome, Never>, Outcome)? in
            guard state.outcome == nil else { return nil }
            let outcome = make(state)
            state.outcome = outcome
            return state.waiter.take().map { ($0, outcome) }
        }
        if let (continuation, outcome) = waiter { continuation.resume(returning: outcome) }
    }
}
