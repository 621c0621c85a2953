import Glibc
import Market
import Network
import Synchronization
import Upbit

/// The budget of all processes of a host: a small file in the data folder under a file lock.
///
/// The system releases the lock of a process that dies; a torn write leaves the record before it. A file
/// that cannot be understood is begun afresh.
package final class RateBudgetFile: SharedRateBudget {
    /// A lock is held for microseconds. One that is held so long is held by a process that was stopped.
    package static let holdMillisecondsMax: Int64 = 5_000
    private static let retryMicroseconds: Int64 = 500
    private static let retryMicrosecondsMax: Int64 = 20_000

    private let path: String
    private let record: BudgetRecord
    private let holdMillisecondsMax: Int64
    /// Guards the descriptor: a file lock does not keep the threads of one process apart.
    private let descriptor: Mutex<Int32>

    /// Opens or creates the file. All who share it must use the same table.
    package init(
        path: String, table: RateTable, holdMillisecondsMax: Int64 = RateBudgetFile.holdMillisecondsMax
    ) throws {
        self.path = path
        self.holdMillisecondsMax = holdMillisecondsMax
        record = BudgetRecord(table: table)
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw Self.unusable(path, errno) }
        descriptor = Mutex(opened)
    }

    deinit {
        descriptor.withLock { _ = close($0) }
    }

    package func request(
        _ group: RateGroup, priority: RatePriority
    ) async throws -> (decision: RateDecision, now: Instant) {
        try await update { ($0.request(group, priority: priority, now: $1), $1) }
    }

    package func finish(_ permit: RatePermit, _ outcome: RateOutcome) async throws {
        try await update { $0.finish(permit, outcome, now: $1) }
    }

    package func look() async throws -> (budget: RateBudget, now: Instant) {
        try await update { ($0, $1) }
    }

    /// Changes the budget while nobody else can; what `change` returns is returned when the change is kept.
    @discardableResult
    package func update<Output: Sendable>(
        _ change: @Sendable (inout RateBudget, Instant) -> Output
    ) async throws -> Output {
        var waited: Int64 = 0
        var pause = Self.retryMicroseconds
        while true {
            if let output = try attempt(change) { return output }
            guard waited < holdMillisecondsMax * 1_000 else {
                throw QuotationError(
                    .budgetHeld, "another process holds the shared rate budget", at: path,
                    remedy: "Find it with `fuser \(path)`; it was probably suspended.")
            }
            try await Task.sleep(for: .microseconds(pause))
            waited += pause
            pause = min(pause * 2, Self.retryMicrosecondsMax)
        }
    }

    /// Nil when another process has the lock.
    private func attempt<Output: Sendable>(_ change: (inout RateBudget, Instant) -> Output) throws -> Output?
    {
        try descriptor.withLock { descriptor in
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                if errno == EWOULDBLOCK || errno == EINTR { return nil }
                throw Self.unusable(path, errno)
            }
            defer { flock(descriptor, LOCK_UN) }
            var bytes = [UInt8](repeating: 0, count: record.fileBytes)
            let count = pread(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { throw Self.unusable(path, errno) }
            bytes.removeLast(bytes.count - count)
            var (budget, generation) = record.read(bytes)
            let before = budget
            // The wall clock is one for the whole host, and a ban outlives a restart of it.
            let output = change(&budget, Instant(microseconds: WallClock.unixMicroseconds()))
            if budget != before {
                let (offset, fresh) = record.written(budget, generation: generation + 1)
                guard pwrite(descriptor, fresh, fresh.count, off_t(offset)) == fresh.count else {
                    throw Self.unusable(path, errno)
                }
            }
            return output
        }
    }

    private static func unusable(_ path: String, _ number: Int32) -> QuotationError {
        QuotationError(
            .budgetUnusable, "the shared rate budget cannot be used: \(String(cString: strerror(number)))",
            at: path, remedy: "Check the data folder's owner, rights and free space.")
    }
}
