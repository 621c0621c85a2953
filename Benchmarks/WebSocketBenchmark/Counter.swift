import Glibc
import Network
import Synchronization

/// Takes the messages as capture does: copies them into a buffer.
final class Counter: WebSocketConsumer {
    struct Result: Sendable {
        let messagesPerSecond: Double
        /// Of the client's thread, for one message.
        let processorNanoseconds: Double
    }

    private struct State {
        var count = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var filled = 0
        var startTime: Int64 = 0
        var startProcessorTime: Int64 = 0
        var outcome: Swift.Result<Result, NetworkError>?
        var waiter: CheckedContinuation<Swift.Result<Result, NetworkError>, Never>?
    }

    private let messages: Int
    private let state = Mutex(State())

    init(messages: Int) {
        self.messages = messages
    }

    func result() async throws -> Result {
        try await withCheckedContinuation { continuation in
            state.withLock { state in
                if let outcome = state.outcome {
                    continuation.resume(returning: outcome)
                } else {
                    state.waiter = continuation
                }
            }
        }.get()
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        state.withLock { state in
            state.startTime = Monotonic.nanoseconds()
            state.startProcessorTime = Self.processorTime()
        }
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        state.withLock { state in
            if state.filled + message.count > state.buffer.count { state.filled = 0 }
            state.buffer.withUnsafeMutableBytes { buffer in
                UnsafeMutableRawBufferPointer(rebasing: buffer[state.filled...]).copyMemory(from: message)
            }
            state.filled += message.count
            state.count += 1
            guard state.count == messages else { return }
            let seconds = Double(Monotonic.nanoseconds() - state.startTime) / 1e9
            let processor = Double(Self.processorTime() - state.startProcessorTime)
            finish(
                .success(
                    Result(
                        messagesPerSecond: Double(messages) / seconds,
                        processorNanoseconds: processor / Double(messages))),
                &state)
        }
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        state.withLock { finish(.failure(reason), &$0) }
    }

    private func finish(_ outcome: Swift.Result<Result, NetworkError>, _ state: inout State) {
        guard state.outcome == nil else { return }
        state.outcome = outcome
        state.waiter.take()?.resume(returning: outcome)
    }

    /// Of the calling thread, which is the client's.
    private static func processorTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
