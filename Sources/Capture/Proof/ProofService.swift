import Database
import Diagnostics
import Market
import Network
import Quotation
import Storage
import Synchronization
import Upbit

/// Performs both proofs and the repairs that they ask for, beside the capture and never in its way.
package actor ProofService {
    private static let stepMilliseconds: Int64 = 250
    /// Ranges that extend are written so often.
    private static let flushMilliseconds: Int64 = 60_000
    /// Between two tries to write into the database.
    private static let databaseMilliseconds: Int64 = 2_000

    package struct Settings: Sendable {
        package var candle = CandleProof.Settings()
        package var disputes = DisputeBook.Settings()

        package init() {}
    }

    package struct Figures: Sendable, Equatable {
        package var candleCalls = 0
        package var windows = 0
        package var minutes = 0
        package var disputes = 0
        package var ranges: [ProofStatus: Int] = [:]
        package var corrected = 0
        package var alarms = 0
        package var rowsWritten = 0
    }

    let quotation: QuotationClient
    let database: Pool
    let host: any RefillHost
    let book: GapBook
    let refill: RefillService
    let tap: TickerTap
    let logger: Logger
    var candles: CandleProof
    var disputes: DisputeBook
    var ranges = ProofRanges()
    private var watch = CommitWatch()
    private var flushAt = Int64.min
    private var writeNotBefore = Int64.min
    var isAskingWindows = false
    var questionsUnderWay = 0
    private let start: ProofStart
    /// Where an earlier run's candle proof came to; nil before it was read.
    private var resumeAt: [Symbol: Instant]?
    /// What that run left without a verdict, for lack of room among the disputes.
    private var holes: [ReconciledRange] = []
    package internal(set) var figures = Figures()

    package init(
        _ settings: Settings = Settings(), quotation: QuotationClient, database: Pool, host: any RefillHost,
        book: GapBook, refill: RefillService, tap: TickerTap, logger: Logger
    ) {
        self.quotation = quotation
        self.database = database
        self.host = host
        self.book = book
        self.refill = refill
        self.tap = tap
        self.logger = logger
        start = ProofStart(database: database, logger: logger)
        candles = CandleProof(settings.candle)
        disputes = DisputeBook(settings.disputes)
    }

    /// Differences that are being repaired.
    package var openDisputes: Int { disputes.count }
    /// Up to where each market's minutes are judged.
    package var progress: [Symbol: Instant] { candles.progress }

    /// These markets are heard since then. They are proven from where an earlier run came to; when that has
    /// proven nothing of a market, from where it began to hear it; or from here.
    package func begin(_ since: [Symbol: Instant]) async {
        let now = host.exchangeNow
        if resumeAt == nil {
            let newest = await start.newest(now: now)
            for (symbol, intervals) in await start.holes(now: now) {
                holes += intervals.map {
                    ReconciledRange(symbol, .candle, $0, .different, ours: .zero, exchange: .zero)
                }
            }
            for range in newest { ranges.resume(range) }
            resumeAt = Dictionary(uniqueKeysWithValues: newest.map { ($0.symbol, $0.interval.upperBound) })
        }
        let isNew = since.keys.contains { resumeAt?[$0] == nil }
        let heard = isNew ? await start.heard(now: now) : [:]
        for (symbol, instant) in since {
            let ended = resumeAt?[symbol].map { max($0, ProofStart.oldest(now)) }
            candles.begin(symbol, at: ended ?? min(instant, heard[symbol] ?? instant))
        }
    }

    private func resumeHoles() {
        while let hole = holes.last, disputes.resume(hole, now: Monotonic.milliseconds()) {
            holes.removeLast()
        }
    }

    /// These markets are gone, and were heard last then. What they traded before is still proven, as far as the
    /// exchange tells; then they cost nothing any more.
    package func end(_ gone: [Symbol: Instant]) {
        let now = Monotonic.milliseconds()
        for (symbol, lastHeard) in gone {
            if let end = candles.end(symbol, at: lastHeard) { resumeAt?[symbol] = end }
            if !candles.follows(symbol) { ranges.close(symbol, .candle) }
            tap.with { $0.end(symbol, now: now) }
            logger.info(
                "a market is gone: its proof ends", ["market": "\(symbol)", "heard until": "\(lastHeard)"])
        }
    }

    /// Runs until its task is cancelled, then writes what it has.
    package func run() async {
        await refill.whenFinished { [weak self] outcome in await self?.refilled(outcome) }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let now = clock
                watch.look(
                    last: host.lastSequence, committed: host.committedSequence, at: now.milliseconds)
                if host.isActive {
                    if !ranges.isFull { ask(now, &group) }
                    resumeHoles()
                    for action in disputes.actions(now: now.milliseconds) { perform(action, &group) }
                    await write(all: now.milliseconds >= flushAt)
                }
                try? await Task.sleep(for: .milliseconds(Self.stepMilliseconds))
            }
        }
        // Not in the cancelled task, whose statements are cancelled, too.
        await Task.detached { await self.write(all: true) }.value
    }

    var clock: ProofClock {
        ProofClock(milliseconds: Monotonic.milliseconds(), exchange: host.exchangeNow)
    }

    private func ask(_ now: ProofClock, _ group: inout DiscardingTaskGroup) {
        let book = book
        let committed = watch.committedMilliseconds
        // What cannot be repaired now waits; windows grow meanwhile.
        let room = DisputeBook.openMax - disputes.count - questionsUnderWay
        guard room > 0 else { return }
        if !isAskingWindows {
            let questions = tap.with {
                $0.questions(
                    now: now.milliseconds, committedMilliseconds: committed, most: room,
                    isHeld: { book.isOpen($0, $1) })
            }
            if !questions.isEmpty {
                isAskingWindows = true
                questionsUnderWay += questions.count
                group.addTask { await self.compare(questions) }
            }
        }
        let behind = now.milliseconds - max(committed, now.milliseconds - 86_400_000)
        let question = candles.question(
            now, committed: now.exchange.adding(milliseconds: -behind),
            openFrom: { book.openFrom($0, $1) })
        if let question { group.addTask { await self.compare(question) } }
    }

    func add(_ range: ReconciledRange) {
        figures.ranges[range.status, default: 0] += 1
        ranges.add(range)
    }

    private func write(all: Bool) async {
        let now = Monotonic.milliseconds()
        guard all || ranges.hasOthers, now >= writeNotBefore else { return }
        let rows = ranges.take(all: all)
        if all { flushAt = now + Self.flushMilliseconds }
        guard !rows.isEmpty else { return }
        do {
            try await database.withConnection { connection in
                try await ReconciliationTable.write(rows, on: connection)
            }
            figures.rowsWritten += rows.count
        } catch {
            logger.debug("what is proven cannot be written now: \(error)")
            ranges.restore(rows)
            writeNotBefore = now + Self.databaseMilliseconds
        }
    }
}
