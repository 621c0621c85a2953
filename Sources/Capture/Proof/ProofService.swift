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
    /// Trades of one dispute that are laid side by side.
    private static let tradesMax = 50_000
    /// Minutes on either side of a dispute that another look takes in.
    private static let neighboursMinutes: Int64 = 2

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

    private let quotation: QuotationClient
    private let database: Pool
    private let host: any RefillHost
    private let book: GapBook
    private let refill: RefillService
    private let tap: TickerTap
    private let logger: Logger
    private var candles: CandleProof
    private var disputes: DisputeBook
    private var ranges = ProofRanges()
    private var watch = CommitWatch()
    private var flushAt = Int64.min
    private var writeNotBefore = Int64.min
    private var isAskingWindows = false
    private var questionsUnderWay = 0
    private let start: ProofStart
    /// Where an earlier run's candle proof came to; nil before it was read.
    private var resumeAt: [Symbol: Instant]?
    /// What that run left without a verdict, for lack of room among the disputes.
    private var holes: [ReconciledRange] = []
    package private(set) var figures = Figures()

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
            candles.begin(symbol, at: resumeAt?[symbol] ?? min(instant, heard[symbol] ?? instant))
        }
    }

    private func resumeHoles() {
        while let hole = holes.last, disputes.resume(hole, now: Monotonic.milliseconds()) {
            holes.removeLast()
        }
    }

    package func end(_ symbols: [Symbol]) {
        for symbol in symbols {
            candles.end(symbol)
            tap.with { $0.forget(symbol) }
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

    private var clock: ProofClock {
        ProofClock(milliseconds: Monotonic.milliseconds(), exchange: host.exchangeNow)
    }

    // MARK: Questions

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

    private func compare(_ questions: [StreamProof.Question]) async {
        defer {
            isAskingWindows = false
            questionsUnderWay -= questions.count
        }
        let windows = questions.map {
            TradeQueries.Window(
                symbol: $0.window.symbol, first: $0.window.first.time, last: $0.window.last.time)
        }
        let found: [TradeQueries.WindowTrades]
        do {
            found = try await database.withConnection { connection in
                try await TradeQueries.windows(windows, on: connection)
            }
        } catch {
            logger.debug("windows cannot be compared now: \(error)")
            let now = Monotonic.milliseconds()
            tap.with { proof in for question in questions { proof.noAnswer(question, now: now) } }
            return
        }
        let now = Monotonic.milliseconds()
        for (question, trades) in zip(questions, found) {
            let window = question.window
            let book = book
            let isLost: @Sendable (Shortfall) -> Bool = {
                book.explains(window.symbol, window.interval, $0)
            }
            let stored = StreamWindow.Stored(
                between: trades.between, atFirst: trades.atFirst, atLast: trades.atLast)
            switch tap.with({ $0.answer(question, stored, now: now, isLost: isLost) }) {
            case .range(let range):
                figures.windows += 1
                add(range)
            case .disputed(let window, let ours):
                figures.windows += 1
                let range = ReconciledRange(
                    window.symbol, .ticker, window.interval, .different, ours: ours, exchange: window.exchange
                )
                open(.stream(window), range)
            case nil: break
            }
        }
    }

    private func compare(_ question: CandleProof.Question) async {
        do {
            figures.candleCalls += 1
            let page = try await page(question.symbol, question.interval)
            let book = book
            let disputes = disputes
            let answer = candles.answer(
                question, page, clock, isLost: { book.explains(question.symbol, $0, $1) },
                isDisputed: { disputes.isDisputed(question.symbol, $0) })
            for range in answer.ranges {
                figures.minutes += 1
                add(range)
            }
            for range in answer.disputes { open(.candle(range.interval), range) }
        } catch {
            logger.debug("candles cannot be compared now: \(error)")
            candles.noAnswer(question, clock)
        }
    }

    /// Both sides of whole minutes, at most a page.
    private func page(_ symbol: Symbol, _ interval: Range<Instant>) async throws -> CandlePage {
        let count = Int(interval.upperBound.microseconds(since: interval.lowerBound) / 60_000_000)
        let rows = try await quotation.candles(
            symbol, .minute1, before: interval.upperBound, count: min(count, Quotation.candlesMax),
            priority: .proof)
        let stored = try await database.withConnection { connection in
            try await TradeQueries.minutes(
                symbol, interval, edgeMilliseconds: CandleMinute.edgeMilliseconds, on: connection)
        }
        return CandleMinute.sides(interval, stored: stored, candles: rows.map(\.candle))
    }

    // MARK: Disputes

    private func open(_ subject: Dispute.Subject, _ range: ReconciledRange) {
        figures.disputes += 1
        logger.warning(
            "stored trades and the exchange's figures differ",
            [
                "market": "\(range.symbol)", "from": "\(range.interval.lowerBound)",
                "to": "\(range.interval.upperBound)", "method": range.method.rawValue,
                "ours": "\(range.ours.volume)", "exchange": "\(range.exchange.volume)",
            ])
        settle(disputes.open(subject, range, now: Monotonic.milliseconds()))
    }

    private func perform(_ action: DisputeBook.Action, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .refill(let request): group.addTask { await self.refill.request(request) }
        case .look(let id, let subject, let symbol):
            group.addTask { await self.look(id, subject, symbol) }
        case .correct(let id, let trades): group.addTask { await self.correct(id, trades) }
        case .settled: settle(action)
        }
    }

    private func refilled(_ outcome: RefillOutcome) async {
        guard outcome.request.tag != 0 else { return }
        let request = outcome.request
        var comparison: TradeComparison?
        if let rest = outcome.trades, outcome.filled == request.interval {
            let ours = try? await database.withConnection { connection in
                try await TradeQueries.list(
                    request.symbol, request.interval, most: Self.tradesMax, on: connection)
            }
            if let ours = ours ?? nil { comparison = TradeComparison(ours: ours, rest: rest) }
        }
        settle(disputes.refilled(request.tag, outcome, comparison, now: Monotonic.milliseconds()))
    }

    private func look(_ id: Int, _ subject: Dispute.Subject, _ symbol: Symbol) async {
        var look: Dispute.Look?
        do {
            switch subject {
            case .stream(let window): look = try await self.look(window)
            case .candle(let interval): look = try await self.look(symbol, interval)
            }
        } catch {
            logger.debug("a difference cannot be looked at now: \(error)")
        }
        settle(disputes.looked(id, look, now: Monotonic.milliseconds()))
    }

    private func look(_ window: StreamWindow) async throws -> Dispute.Look {
        let all = window.first.time..<window.interval.upperBound
        let trades = try await database.withConnection { connection in
            try await TradeQueries.list(window.symbol, all, most: Self.tradesMax, on: connection)
        }
        if let trades { return window.look(trades) }
        // Too many to lay side by side: the sums alone.
        let asked = TradeQueries.Window(
            symbol: window.symbol, first: window.first.time, last: window.last.time)
        let sums = try await database.withConnection { connection in
            try await TradeQueries.windows([asked], on: connection)
        }
        let stored = sums.first.map {
            StreamWindow.Stored(between: $0.between, atFirst: $0.atFirst, atLast: $0.atLast)
        }
        switch window.compare(stored ?? StreamWindow.Stored()) {
        case .equal(let ours): return .equal(ours: ours, exchange: window.exchange)
        case .different(let ours):
            let place = StreamWindow.Place(interval: window.interval, missing: window.exchange - ours)
            return .different(ours: ours, exchange: window.exchange, places: [place])
        }
    }

    private func look(_ symbol: Symbol, _ interval: Range<Instant>) async throws -> Dispute.Look {
        let margin = Self.neighboursMinutes * 60
        let settled = Timeframe.minute1.start(of: host.exchangeNow.adding(seconds: -15))
        let end = max(interval.upperBound, min(interval.upperBound.adding(seconds: margin), settled))
        let page = try await page(symbol, interval.lowerBound.adding(seconds: -margin)..<end)
        return CandleVerdict.look(page, of: symbol, at: interval)
    }

    private func correct(_ id: Int, _ trades: [Trade]) async {
        do {
            let count = try await database.withConnection { connection in
                try await TradeQueries.correct(trades, on: connection)
            }
            figures.corrected += count
            logger.error(
                "stored trades had other values than the exchange's and were corrected",
                ["market": "\(trades.first.map(\.symbol.description) ?? "")", "trades": "\(count)"])
        } catch {
            logger.error("stored trades cannot be corrected: \(error)")
        }
        disputes.corrected(id, now: Monotonic.milliseconds())
    }

    private func settle(_ action: DisputeBook.Action?) {
        guard case .settled(let range, let gaps, let shortfall, let isAlarm) = action else { return }
        add(range)
        // What is known more exactly is not told again.
        let isKnown = shortfall.map { book.explains(range.symbol, range.interval, $0) } ?? false
        if !gaps.isEmpty, !isKnown {
            book.take(gaps)
            Task { await refill.tell(gaps) }
        }
        guard isAlarm else { return }
        figures.alarms += 1
        logger.critical(
            "stored trades differ from the exchange's figures, and repairs did not help",
            [
                "market": "\(range.symbol)", "from": "\(range.interval.lowerBound)",
                "to": "\(range.interval.upperBound)", "ours": "\(range.ours.volume)",
                "exchange": "\(range.exchange.volume)",
                "remedy": "Look with yeoul verify --market \(range.symbol)",
            ])
    }

    // MARK: Rows

    private func add(_ range: ReconciledRange) {
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
