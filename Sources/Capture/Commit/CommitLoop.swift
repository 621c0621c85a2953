import Database
import Diagnostics
import Market
import Network
import Storage
import Synchronization

/// The thread that commits: performs what `CommitMachine` decides, on one connection.
package final class CommitLoop {
    /// How long it waits for rows before it looks whether something else is due.
    private static let takeMilliseconds: Int64 = 50

    private let settings: CommitSettings
    private let slot: BatchSlot
    private let lease: Lease
    private let time: ExchangeTime
    private let figures: CaptureFiguresBox
    private let logger: Logger
    private let participants: [any CommitParticipant]
    private let timed: [any TimedParticipant]
    private let quarantine: Quarantine

    private var machine = CommitMachine()
    private var alarms = Alarms()
    private var connection: BlockingConnection?
    private var writer: MarketWriter?
    private var screen: TimeScreen?
    private var ending: PositionParticipant
    private var batch = PreparedBatch()
    private var storedAt: Instant?
    private var lastCommitAt = Monotonic.milliseconds()
    private let stopRequest: StopRequest
    /// What ended it before anything was stored: the database is for something else.
    package private(set) var refusal: (any Error)?

    /// Asks a commit loop, from any thread, to come to its end.
    package final class StopRequest: Sendable {
        private let isMade = Mutex(false)
        package init() {}
        package func make() { isMade.withLock { $0 = true } }
        package var isSet: Bool { isMade.withLock { $0 } }
    }

    package init(
        _ settings: CommitSettings, slot: BatchSlot, lease: Lease, time: ExchangeTime,
        figures: CaptureFiguresBox, participants: [any CommitParticipant], stopRequest: StopRequest,
        logger: Logger
    ) {
        self.settings = settings
        self.slot = slot
        self.lease = lease
        self.time = time
        self.figures = figures
        self.participants = participants
        timed = participants.compactMap { $0 as? any TimedParticipant }
        self.stopRequest = stopRequest
        self.logger = logger
        quarantine = Quarantine(folder: settings.quarantineFolder, logger: logger.named("quarantine"))
        ending = PositionParticipant(lease)
    }

    /// Returns when stopped and drained, or when the database is refused.
    package func run(feedCommitted: (UInt64) -> Void) {
        var event = CommitMachine.Event.begin
        while true {
            if stopRequest.isSet, !machine.isStopping {
                machine.stop(deadline: Monotonic.milliseconds() + settings.drainMilliseconds)
            }
            let action = machine.next(
                event, now: Monotonic.milliseconds(), jitter: Double.random(in: 0..<1))
            figures.update { $0.isStoring = machine.isReady }
            if action == .finish || refusal != nil { break }
            event = perform(action, feedCommitted)
        }
        try? connection?.close()
        figures.update { $0.isStoring = false }
    }

    private func perform(
        _ action: CommitMachine.Action, _ feedCommitted: (UInt64) -> Void
    ) -> CommitMachine.Event {
        do {
            switch action {
            case .connect:
                try? connection?.close()
                connection = nil
                connection = try BlockingConnection.connect(settings.options)
                return .connected
            case .open:
                let position = try open()
                if let position { feedCommitted(position) }
                return .opened(position)
            case .take(let notBefore): return take(notBefore)
            case .commit(let rows, let isLast, let suspects):
                try commit(rows, isLast, suspects)
                if isLast { feedCommitted(batch.position) }
                return .committed
            case .wait(let milliseconds):
                slot.pause(milliseconds: milliseconds)
                return .waited
            case .check:
                guard let connection else { throw lease.lost() }
                return .checked(try ending.check(on: connection))
            case .goBack(let position):
                goBack(to: position)
                return .wentBack
            case .finish: return .ended
            }
        } catch {
            return failed(error)
        }
    }

    // MARK: The steps

    private func open() throws -> UInt64? {
        guard let connection else { throw lease.lost() }
        try InstanceRecord.require(
            settings.instance, schema: settings.schemaVersion, on: connection)
        try lease.beginSession(on: connection)
        for participant in timed { participant.sessionBegan() }
        writer = try MarketWriter(connection)
        screen = try TimeScreen(connection)
        ending = PositionParticipant(lease)
        let found = try PositionParticipant.read(shard: lease.shard, journal: lease.journal, on: connection)
        storedAt = found?.committedAt
        if let lasted = alarms.recovered(now: Monotonic.milliseconds()) {
            logger.info("the database takes rows again", ["after seconds": "\(lasted / 1_000)"])
        }
        return found?.position
    }

    private func take(_ notBefore: Int64) -> CommitMachine.Event {
        let deadline = max(notBefore, Monotonic.milliseconds()) + Self.takeMilliseconds
        switch slot.take(notBefore: notBefore, idleSince: lastCommitAt, deadline: deadline) {
        case .batch(let taken):
            batch = taken
            screen?.apply(to: &batch, now: time.now)
            // Only a gap: the position stays.
            if taken.isEmpty { batch.position = machine.committed ?? 0 }
            return .taken(rows: batch.rowCount, position: batch.position)
        case .nothing(let throughNanoseconds):
            guard let committed = machine.committed, isDue(throughNanoseconds) else { return .nothing }
            batch = PreparedBatch()
            batch.position = committed
            batch.throughNanoseconds = throughNanoseconds
            return .taken(rows: 0, position: committed)
        case .ended: return .ended
        }
    }

    private func isDue(_ throughNanoseconds: Int64?) -> Bool {
        let through = throughNanoseconds.flatMap { time.at(monotonicNanoseconds: $0) }
        return timed.contains { $0.isDue(at: through) }
    }

    private func commit(_ rows: Range<Int>, _ isLast: Bool, _ suspects: [Int]) throws {
        guard var writer else { throw lease.lost() }
        if isLast {
            putAside(suspects)
            ending.position = batch.position
            ending.holes = batch.holes
            ending.symbols = batch.holes.isEmpty ? [] : settings.symbols()
        } else {
            ending.position = nil
            ending.holes = []
        }
        defer { self.writer = writer }
        // A part of a batch says nothing of what comes with the others.
        let through = isLast ? batch.throughNanoseconds.flatMap { time.at(monotonicNanoseconds: $0) } : nil
        for participant in timed { participant.willCommit(through: through) }
        let report = try writer.commit(
            batch.rows(rows), now: time.now, participants: participants + [ending])
        // A time that became impossible since it was looked at.
        for row in report.rejectedTrades {
            quarantine.put([QuarantineEntry.of(row.row, .wrongTime, row.error.what)])
        }
        lastCommitAt = Monotonic.milliseconds()
        count(report, isLast)
    }

    private func goBack(to position: UInt64) {
        if let known = figures.value.commits > 0 ? figures.value.position : nil, known != position {
            logger.warning(
                "the database is another than before (a backup, a replica): the journal is read again",
                ["from": "\(position)", "instead of": "\(known)"])
        }
        batch = PreparedBatch()
        slot.goBack(to: position, since: storedAt)
    }

    // MARK: What is told

    private func failed(_ error: any Error) -> CommitMachine.Event {
        let failure = CommitFailure(error)
        let now = Monotonic.milliseconds()
        figures.update { $0.failures += 1 }
        if failure == .passing { lease.noteBlocked() }
        if failure == .instance, figures.value.commits == 0 {
            refusal = error
            return .ended
        }
        if failure != .lease, alarms.takes(failure, now: now) {
            let explained = error as? any ExplainedError
            logger.error(
                "the database does not take rows: \(explained?.what ?? "\(error)")",
                ["kind": failure.rawValue, "where": explained?.place ?? "", "remedy": failure.remedy])
        }
        return .failed(failure, isOpen: connection?.connection.isOpen ?? false)
    }

    private func count(_ report: CommitReport, _ isLast: Bool) {
        let lag = (Monotonic.nanoseconds() &- batch.newestNanoseconds) / 1_000
        let aside = quarantine.counts
        figures.update { figures in
            figures.commits += 1
            figures.count(accepted: report.accepted.trades)
            figures.tickers += report.accepted.tickers.count
            figures.orderBooks += report.accepted.orderBooks.count
            figures.duplicates += report.duplicates
            figures.quarantinedBy = aside
            figures.quarantined = aside.values.reduce(0, +)
            guard isLast else { return }
            figures.frames += batch.frames
            figures.copies += batch.copies
            figures.position = batch.position
            if batch.frames > 0, lag >= 0 { figures.lag.add(microseconds: lag, times: batch.frames) }
        }
    }

    /// Before the position moves past them.
    private func putAside(_ suspects: [Int]) {
        quarantine.put(batch.aside, uncounted: batch.asideUncounted)
        batch.aside = []
        batch.asideUncounted = [:]
        let entries = suspects.flatMap { number in
            QuarantineEntry.of(
                batch.rows(number..<(number + 1)), .refused, "the database refused the row")
        }
        quarantine.put(entries)
    }
}
