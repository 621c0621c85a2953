import Database
import Diagnostics
import Glibc
import Journal
import Market
import Network
import Storage
import Synchronization

/// The capture of one shard, wired: sockets → journal → rows → one transaction at a time.
package final class CaptureService: Sendable {
    private let journal: Journal
    private let sink: JournalSink
    private let loop: EventLoop
    private let sessions: SessionRunner
    private let probes: ProbeBox
    private let marketTask: Task<Void, Never>
    private let proofTask: Task<Void, Never>?
    private let slot: BatchSlot
    private let keeper: LeaseKeeper
    private let standby: StandbyReader
    private let stopRequest: CommitLoop.StopRequest
    private let outcome: Outcome
    private let box: CaptureFiguresBox
    private let watch: JournalWatch
    private let pool: Pool
    private let threads: Mutex<[DedicatedThread]>
    /// Refill and proof, when the capture has them.
    package let proof: ProofParts?
    /// The exchange's time, as its messages tell it.
    package let time: ExchangeTime
    /// What opening the journal found.
    package var recovery: RecoveryReport { journal.report }

    /// How long the end waits for the commit loop, which itself stops storing before.
    private static let endMillisecondsMax: Int64 = 6_500

    /// Why the commit loop ended by itself, when it did.
    private final class Outcome: Sendable {
        let refusal = Mutex<(any Error)?>(nil)
        let isEnded = Atomic(false)
    }

    /// Runs when it returns, whether the database can be reached or not.
    package init(_ parts: CaptureParts, logger: Logger) throws {
        let journal = try Journal.open(
            folder: parts.journalFolder, settings: parts.journal, committedPosition: nil)
        for line in journal.report.lines { logger.named("journal").info(line) }
        let (time, slot, box) = (parts.time, BatchSlot(), CaptureFiguresBox())
        let (stopRequest, outcome) = (CommitLoop.StopRequest(), Outcome())
        let lease = Lease(
            shard: parts.shard,
            owner: Lease.owner(
                host: Self.hostName, process: getpid(),
                token: String(UInt32.random(in: .min ... .max), radix: 16), journal: journal.id.text),
            journal: journal.id.text)
        let notes = MarketNotes(parts.selection, time: parts.time)
        var settings = parts.commit
        settings.symbols = { notes.symbols }
        // The list of markets first: derivation looks at it when a market is new.
        let participants: [any CommitParticipant & Sendable] = [notes] + parts.participants
        let commitSettings = settings
        let clockFrom = journal.report.nextSequence
        let tap = parts.proof.map { TickerTap($0.stream) }
        let intake = IntakeLoop(
            parts.intake, slot: slot, time: time, clockFrom: clockFrom, tap: tap,
            logger: logger.named("intake"))
        keeper = try LeaseKeeper(lease, options: parts.directOptions, logger: logger.named("lease"))
        try keeper.start()
        standby = StandbyReader(
            lease, options: parts.directOptions, quarantineFolder: parts.commit.quarantineFolder,
            logger: logger.named("standby"))
        try standby.start { JournalFrames(journal) }
        threads = Mutex([
            try DedicatedThread(named: "yeoul-intake") { intake.run(JournalFrames(journal)) },
            try DedicatedThread(named: "yeoul-commit") {
                let loop = CommitLoop(
                    commitSettings, slot: slot, lease: lease, time: time, figures: box,
                    participants: participants, stopRequest: stopRequest, logger: logger.named("commit"))
                loop.run { journal.committed(through: $0) }
                outcome.refusal.withLock { $0 = loop.refusal }
                outcome.isEnded.store(true, ordering: .releasing)
            },
        ])
        let loop = try EventLoop(named: "yeoul-sockets")
        let sink = JournalSink(journal)
        let shared = ProbeBox()
        let reporter = SessionReporter(logger.named("sessions")) { shared.probe() }
        let sessions = SessionRunner(
            parts.sessions, connecting: WebSocketClient(on: loop), budget: parts.budget, sink: sink,
            observer: reporter)
        let markets = MarketService(
            parts.selection, plan: parts.plan, quotation: parts.quotation, sessions: sessions,
            observer: notes, logger: logger.named("markets"))
        shared.set(markets)
        try sessions.start()
        watch = JournalWatch(journal, slot: slot, logger: logger.named("journal"))
        try watch.start()
        marketTask = Task { await markets.run() }
        let pool = Pool(parts.commit.options, Self.proofPool)
        let proof = tap.map { tap in
            ProofParts(
                parts.proof ?? ProofParts.Settings(), quotation: parts.quotation,
                database: pool,
                host: CaptureHost(journal: journal, figures: box, time: time) { sessions.counts }, tap: tap,
                connections: { sessions.coverage() }, logger: logger)
        }
        proofTask = proof.map { proof in Task { await proof.run() } }
        (self.proof, self.pool) = (proof, pool)
        (self.journal, self.sink, self.loop, self.sessions) = (journal, sink, loop, sessions)
        probes = shared
        (self.slot, self.box, self.time) = (slot, box, time)
        (self.stopRequest, self.outcome) = (stopRequest, outcome)
    }

    package var figures: CaptureFigures { box.value }
    /// Database connections of refill and proof.
    package var poolCounts: (connections: Int, idle: Int) { pool.counts }
    package var journalFigures: JournalFigures { journal.figures }
    package var sessionFigures: [SessionFigures] { sessions.figures() }

    /// The database is for something else: thrown once that is known. The capture is to be stopped then.
    package func check() throws {
        if let refusal = outcome.refusal.withLock({ $0 }) { throw refusal }
    }

    /// Closes the sockets, commits what was received as far as the database takes it within some seconds, and
    /// ends. What is not committed stays in the journal.
    package func stop() async {
        marketTask.cancel()
        proofTask?.cancel()
        await sessions.stop()
        probes.clear()
        await proof?.ended(withinMilliseconds: Self.proofEndMilliseconds)
        stopRequest.make()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let ending: @Sendable () -> Void = { [self] in
                watch.stop()
                standby.stop()
                journal.close()
                let deadline = Monotonic.milliseconds() + Self.endMillisecondsMax
                while !outcome.isEnded.load(ordering: .acquiring), Monotonic.milliseconds() < deadline {
                    usleep(2_000)
                }
                slot.stop()
                // A statement that the server does not answer must not hold the end up.
                if outcome.isEnded.load(ordering: .acquiring) {
                    let threads = threads.withLock { threads in
                        defer { threads = [] }
                        return threads
                    }
                    for thread in threads { thread.join() }
                }
                keeper.stop()
                loop.stop()
                done.resume()
            }
            do {
                try DedicatedThread(named: "yeoul-ending", ending).detach()
            } catch {
                ending()
            }
        }
    }

    /// So long may the proof write what it knows.
    private static let proofEndMilliseconds: Int64 = 300

    /// Refill and proof ask one thing at a time, mostly.
    private static var proofPool: PoolSettings {
        var settings = PoolSettings()
        settings.size = 2
        settings.overflow = 4
        return settings
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
