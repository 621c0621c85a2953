import Foundation
import Synchronization

/// Waits for Ctrl-C (SIGINT), SIGTERM, or the end of the process that supervises us. From the making of this value on they do not end the process: who
/// made it winds up and ends by itself.
final class Interruption: Sendable {
    private struct State {
        var isInterrupted = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    // Written once; a dispatch source may be used from any thread, which its type does not say.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]
    nonisolated(unsafe) private let parentWatch: (any DispatchSourceTimer)?

    /// In the environment of a supervised role: the process whose end is also ours.
    static let supervisorVariable = "YEOUL_SUPERVISOR"
    private static let parentEveryMilliseconds = 250

    init() {
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        let supervisor = ProcessInfo.processInfo.environment[Self.supervisorVariable].flatMap { Int32($0) }
        parentWatch = supervisor.map { _ in DispatchSource.makeTimerSource(queue: .global()) }
        if let parentWatch, let supervisor {
            parentWatch.schedule(deadline: .now(), repeating: .milliseconds(Self.parentEveryMilliseconds))
            // Whoever has lost its parent gets another.
            parentWatch.setEventHandler { [weak self] in
                if getppid() != supervisor { self?.interrupt() }
            }
            parentWatch.resume()
        }
        for source in sources {
            source.setEventHandler { [weak self] in self?.interrupt() }
            source.resume()
        }
    }

    deinit {
        for source in sources { source.cancel() }
        parentWatch?.cancel()
    }

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// Returns when a signal has come, at once when that was earlier; or after `seconds`.
    func wait(seconds: Int? = nil) async {
        let timer = seconds.map { seconds in
            Task {
                try await Task.sleep(for: .seconds(seconds))
                release()
            }
        }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isInterrupted { state.waiters.append(continuation) }
                return state.isInterrupted
            }
            if isOver { continuation.resume() }
        }
        timer?.cancel()
    }

    private func interrupt() {
        state.withLock { $0.isInterrupted = true }
        release()
    }

    private func release() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
