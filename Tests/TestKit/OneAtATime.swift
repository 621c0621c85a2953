import Dispatch
import Testing

/// For tests that keep a core busy for long: they run one after another on a thread of their own.
///
/// Swift's own threads are as many as the machine has cores. Two busy tests would take them all, and every
/// test beside them that has a deadline (a socket's, a server's answer) would meet it without having run.
package struct OneAtATime: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing run: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await run() }
        try await withTaskExecutorPreference(BusyThread.shared) { try await run() }
    }
}

extension Trait where Self == OneAtATime {
    /// Keeps a core busy: see `OneAtATime`.
    package static var oneAtATime: Self { OneAtATime() }
}

private final class BusyThread: TaskExecutor {
    static let shared = BusyThread()
    private let queue = DispatchQueue(label: "busy tests")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
