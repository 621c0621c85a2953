import Synchronization

/// The helper threads of the process, few enough that an unreachable server cannot collect them. Work
/// beyond them waits its turn; its own deadline goes on meanwhile.
final class HelperThreads: Sendable {
    static let threadsMax = 64
    static let waitingMax = 1024

    static let shared = HelperThreads()

    private struct State {
        var threads = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// An error when too much waits already, or when no thread can be had.
    func run(_ work: @escaping @Sendable () -> Void) throws(DatabaseError) {
        let isStarting: Bool? = state.withLock { state in
            guard state.threads == Self.threadsMax else {
                state.threads += 1
                return true
            }
            guard state.waiting.count < Self.waitingMax else { return nil }
            state.waiting.append(work)
            return false
        }
        guard let isStarting else {
            throw DatabaseError(
                .limit, "\(Self.waitingMax) connection attempts wait for their turn already",
                remedy: "Wait for them to end: the server does not answer")
        }
        if isStarting { try begin(with: work) }
    }

    private func begin(with work: @escaping @Sendable () -> Void) throws(DatabaseError) {
        do throws(DatabaseError) {
            try startThread {
                var next: (@Sendable () -> Void)? = work
                while let work = next {
                    work()
                    next = self.takeNext()
                }
            }
        } catch {
            state.withLock { $0.threads -= 1 }
            throw error
        }
    }

    /// Nil when nothing waits: the thread ends.
    private func takeNext() -> (@Sendable () -> Void)? {
        state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.threads -= 1
            return nil
        }
    }
}
