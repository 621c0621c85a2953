import Database

/// Decides what the commit loop does next: connect, read the position back, store, halve, wait, go back.
///
/// It has no socket, clock or thread: each event comes with the time, each answer is one action.
package struct CommitMachine: Sendable {
    package static let rowsMaxStandard = 20_000
    /// From the beginning of a commit to that of the next: at most 100 a second.
    package static let paceMilliseconds: Int64 = 10
    /// A failure that nobody knows: so often tried as it is, then halved.
    package static let strangeFailuresMax = 5
    /// So many rows refused alone, one after another, and none accepted: then it is not the rows.
    package static let suspectsMax = 16
    /// How often a standby looks whether the lease is free.
    package static let leaseMilliseconds: Int64 = 100
    /// With nothing to store, the server is asked so often whether it still has what it had.
    package static let idleCheckMilliseconds: Int64 = 2_000

    package enum Event: Sendable, Equatable {
        case begin
        case connected
        /// The schema is ours, the lease is held, and this is the stored position; nil: there is none.
        case opened(UInt64?)
        case taken(rows: Int, position: UInt64)
        /// Nothing came while waiting.
        case nothing
        /// The lease is still ours, and this is the stored position.
        case checked(UInt64?)
        /// Nothing will come any more.
        case ended
        case committed
        case failed(CommitFailure, isOpen: Bool)
        case waited
        case wentBack
    }

    package enum Action: Sendable, Equatable {
        case connect
        /// Check the schema, wait for the lease, read the position.
        case open
        /// Wait for rows, not before this time.
        case take(notBefore: Int64)
        /// Store these rows of the batch in one transaction; with the last ones the position, and before it
        /// these single rows are put into quarantine.
        case commit(rows: Range<Int>, isLast: Bool, suspects: [Int])
        case wait(milliseconds: Int64)
        /// Ask for the lease and the position: no commit has shown for a while that the server is there.
        case check
        /// Forget what was taken, and read the journal from behind this frame.
        case goBack(to: UInt64)
        case finish
    }

    private enum Step: Sendable { case connect, open, store, take }

    private let rowsMax: Int
    private var work: CommitWork?
    private var step = Step.connect
    private var backoff = Backoff()
    private var stopDeadline: Int64?
    private var refusedInARow = 0
    private var lastCommitAt = Int64.min / 2
    /// When the server last showed that it is there, and ours.
    private var lastAnswerAt = Int64.min / 2
    /// What the database holds, as far as we know; nil before it was read.
    package private(set) var committed: UInt64?
    package private(set) var isReady = false

    package init(rowsMax: Int = rowsMaxStandard) { self.rowsMax = rowsMax }

    /// From now on it finishes when nothing is left, or when the database does not take it, or at `deadline`.
    package mutating func stop(deadline: Int64) { stopDeadline = deadline }

    package var isStopping: Bool { stopDeadline != nil }

    /// `jitter` is a random number in 0..<1.
    package mutating func next(_ event: Event, now: Int64, jitter: Double) -> Action {
        if let stopDeadline, now >= stopDeadline { return .finish }
        switch event {
        case .begin: return .connect
        case .connected:
            step = .open
            return .open
        case .opened(let position):
            backoff.succeeded()
            isReady = true
            lastAnswerAt = now
            return opened(position ?? 0, now)
        case .taken(let rows, let position):
            work = CommitWork(rowCount: rows, position: position, rowsMax: rowsMax)
            return commit(now)
        case .nothing: return now - lastAnswerAt >= Self.idleCheckMilliseconds ? .check : take()
        case .checked(let position): return checked(position, now)
        case .wentBack: return take()
        case .ended: return .finish
        case .committed: return committedPart(now)
        case .failed(let failure, let isOpen): return failed(failure, isOpen, jitter, now)
        case .waited: return resume(now)
        }
    }

    private mutating func opened(_ position: UInt64, _ now: Int64) -> Action {
        if var work {
            if position == committed {
                // Parts that were stored without the position may be gone with a server that failed.
                work.restart(rowsMax: rowsMax)
                self.work = work
                return commit(now)
            }
            // The answer was lost, and the commit was not.
            if position == work.position {
                self.work = nil
                committed = position
                return take()
            }
        } else if position == committed {
            return take()
        }
        // First of all; or the database is another one than before: a backup, an older standby.
        work = nil
        committed = position
        return .goBack(to: position)
    }

    private mutating func checked(_ position: UInt64?, _ now: Int64) -> Action {
        lastAnswerAt = now
        guard (position ?? 0) != committed else { return take() }
        // A pooler leads to another server than before. A new session finds out what it has.
        isReady = false
        step = .connect
        return .connect
    }

    private mutating func take() -> Action {
        step = .take
        return .take(notBefore: lastCommitAt + Self.paceMilliseconds)
    }

    private mutating func commit(_ now: Int64) -> Action {
        guard let work else { return take() }
        step = .store
        lastCommitAt = now
        return .commit(rows: work.next, isLast: work.isLast, suspects: work.isLast ? work.suspects : [])
    }

    private mutating func committedPart(_ now: Int64) -> Action {
        backoff.succeeded()
        lastAnswerAt = now
        guard var current = work else { return take() }
        let wasLast = current.isLast
        if !current.next.isEmpty { refusedInARow = 0 }
        current.accepted()
        guard wasLast else {
            work = current
            return commit(now)
        }
        committed = current.position
        work = nil
        return take()
    }

    private mutating func failed(
        _ failure: CommitFailure, _ isOpen: Bool, _ jitter: Double, _ now: Int64
    ) -> Action {
        if failure == .row, isOpen, step == .store { return refused(now, jitter) }
        if failure == .lease, isOpen {
            isReady = false
            step = .open
            return isStopping ? .finish : .wait(milliseconds: Self.leaseMilliseconds)
        }
        if failure == .other, isOpen, step == .store, var current = work {
            current.strangeFailures += 1
            work = current
            if current.strangeFailures >= Self.strangeFailuresMax { return refused(now, jitter) }
        }
        // The journal keeps it, and the database is not there to take it.
        if isStopping, step == .connect || step == .open { return .finish }
        // What only reads is another server after the next connect, when the address names several.
        let mustReconnect = !isOpen || failure == .outcomeUnknown || failure == .readOnly
        if mustReconnect || step == .connect {
            isReady = false
            step = .connect
        }
        return pause(jitter)
    }

    /// Halves the batch, until the rows that are refused stand alone.
    private mutating func refused(_ now: Int64, _ jitter: Double) -> Action {
        guard var current = work else { return take() }
        if current.next.count == 1 { refusedInARow += 1 }
        current.refused()
        let isSystemic = current.acceptedParts == 0 && refusedInARow >= Self.suspectsMax
        let isStrange = current.strangeFailures >= Self.strangeFailuresMax
        let isAllStrange = isStrange && current.pending.isEmpty && current.acceptedParts == 0
        if isSystemic || isAllStrange {
            // Not the rows but the table: they are not put aside, and nothing moves on.
            current.restart(rowsMax: rowsMax)
            current.strangeFailures = 0
            work = current
            return pause(jitter)
        }
        work = current
        return commit(now)
    }

    private mutating func pause(_ jitter: Double) -> Action {
        let pause = backoff.failed(jitter: jitter).components
        let milliseconds = pause.seconds * 1_000 + pause.attoseconds / 1_000_000_000_000_000
        return .wait(milliseconds: max(1, milliseconds))
    }

    private mutating func resume(_ now: Int64) -> Action {
        switch step {
        case .connect: .connect
        case .open: .open
        case .store: commit(now)
        case .take: take()
        }
    }
}
