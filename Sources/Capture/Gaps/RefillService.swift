import Database
import Diagnostics
import Market
import Network
import Quotation
import Storage
import Upbit

/// Performs what `RefillPlanner` decides: asks for pages, journals them, and keeps `market.gaps`.
package actor RefillService {
    /// Gaps that wait for the database; beyond, they are joined with the last one of their market.
    package static let waitingMax = 20_000
    private static let stepMilliseconds: Int64 = 100
    /// Between two tries to write into the database.
    private static let databaseMilliseconds: Int64 = 2_000
    /// The table is looked through for gaps that somebody else has opened so often.
    private static let pollMilliseconds: Int64 = 5_000

    package struct Figures: Sendable, Equatable {
        package var pages = 0
        /// Of the pages: all of their trades were stored.
        package var pagesKnown = 0
        package var failures = 0
        package var filled = 0
        package var unfillable = 0
        package var tradesFilled: Int64 = 0
        /// Refills that are not finished, and gaps that wait for the database.
        package var underWay = 0
    }

    private let quotation: QuotationClient
    private let database: Pool
    private let host: any RefillHost
    private let book: GapBook
    private let logger: Logger
    private var planner = RefillPlanner()
    /// Not yet in the table; requests of them begin when they are.
    private var toOpen: [(gap: Gap, request: RefillRequest)] = []
    private var toWrite: [Gap] = []
    private var told = ToldGaps()
    private var writeNotBefore = Int64.min
    private var pollAt = Int64.min
    private var finished: @Sendable (RefillOutcome) async -> Void = { _ in }
    package private(set) var figures = Figures()

    package init(
        quotation: QuotationClient, database: Pool, host: any RefillHost, book: GapBook, logger: Logger
    ) {
        self.quotation = quotation
        self.database = database
        self.host = host
        self.book = book
        self.logger = logger
    }

    /// Is told of each refill that is over, also of those that nobody asked for.
    package func whenFinished(_ body: @escaping @Sendable (RefillOutcome) async -> Void) { finished = body }

    /// Nothing is left to fetch and to write.
    package var isIdle: Bool { planner.count == 0 && toOpen.isEmpty && toWrite.isEmpty }

    /// Opens gaps: each is a row, and is fetched.
    package func open(_ gaps: [Gap]) {
        for gap in gaps {
            logger.warning(
                "trades are missing and will be fetched",
                [
                    "market": "\(gap.symbol)", "from": "\(gap.interval.lowerBound)",
                    "to": "\(gap.interval.upperBound)", "reason": gap.reason,
                ])
            request(RefillRequest(gap.symbol, gap.interval, reason: gap.reason))
        }
    }

    /// The same for who waits for the outcome, by its tag.
    package func request(_ request: RefillRequest) {
        if toOpen.count >= Self.waitingMax,
            let last = toOpen.lastIndex(where: {
                $0.request.symbol == request.symbol && $0.request.tag == request.tag
            })
        {
            let known = toOpen[last].request.interval
            let joined =
                min(
                    known.lowerBound, request.interval.lowerBound)..<max(
                    known.upperBound, request.interval.upperBound)
            toOpen[last].request.interval = joined
            toOpen[last].gap.interval = joined
            return
        }
        let gap = Gap(request.symbol, request.interval, reason: request.reason)
        book.take([gap])
        toOpen.append((gap, request))
    }

    /// Gaps that cannot be filled, as found by proof.
    package func tell(_ gaps: [Gap]) {
        book.take(gaps)
        toWrite += gaps
    }

    /// Runs until its task is cancelled; goes on with the gaps that the table has open.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                guard host.isActive else {
                    try? await Task.sleep(for: .milliseconds(Self.stepMilliseconds))
                    continue
                }
                await poll()
                await write()
                planner.committed(through: host.committedSequence)
                planner.setActivity(host.activity)
                for action in planner.actions(clock) {
                    switch action {
                    case .count(let job, let symbol, let interval):
                        group.addTask { await self.count(job, symbol, interval) }
                    case .fetch(let job, let page): group.addTask { await self.fetch(job, page) }
                    case .finished(let outcome): await finish(outcome)
                    }
                }
                figures.underWay = planner.count + toOpen.count
                try? await Task.sleep(for: .milliseconds(Self.stepMilliseconds))
            }
        }
    }

    private var clock: ProofClock {
        ProofClock(milliseconds: Monotonic.milliseconds(), exchange: host.exchangeNow)
    }

    /// What an earlier run left open or found lost, and what `yeoul refill` asks for.
    private func poll() async {
        guard Monotonic.milliseconds() >= pollAt else { return }
        let isFirst = pollAt == .min
        let now = host.exchangeNow
        let past = now.adding(seconds: -Int64(Quotation.daysAgoMax + 2) * 86_400)
        do {
            let (open, lost) = try await database.withConnection { connection in
                let open = try await GapTable.open(on: connection)
                guard isFirst else { return (open, [Gap]()) }
                let unfilled = try await GapTable.unfilled(
                    overlapping: past..<now.adding(seconds: 86_400), on: connection)
                return (open, unfilled.filter { $0.status == .unfillable })
            }
            book.take(lost)
            try await tellAgain()
            let known = Set(
                planner.requests.map { Key($0) } + toOpen.map { Key($0.request) }
                    + toWrite.map { Key(symbol: $0.symbol, from: $0.interval.lowerBound) })
            for gap in open where !known.contains(Key(symbol: gap.symbol, from: gap.interval.lowerBound)) {
                request(RefillRequest(gap.symbol, gap.interval, reason: gap.reason))
            }
            pollAt = Monotonic.milliseconds() + Self.pollMilliseconds
        } catch {
            logger.debug("the open gaps cannot be read now: \(error)")
            if !isFirst { pollAt = Monotonic.milliseconds() + Self.databaseMilliseconds }
        }
    }

    /// The database may be another one by now, which was behind when it took over.
    private func tellAgain() async throws {
        guard let interval = told.interval(now: Monotonic.milliseconds()) else { return }
        let rows = try await database.withConnection { connection in
            try await GapTable.unfilled(overlapping: interval, on: connection)
        }
        toWrite += told.missing(from: rows)
    }

    /// What a row of the table is known by.
    private struct Key: Hashable {
        var symbol: Symbol
        var from: Instant

        init(symbol: Symbol, from: Instant) {
            self.symbol = symbol
            self.from = from
        }

        init(_ request: RefillRequest) {
            self.init(symbol: request.symbol, from: request.interval.lowerBound)
        }
    }

    /// Rows first: what is fetched is in the table.
    private func write() async {
        guard !toOpen.isEmpty || !toWrite.isEmpty, Monotonic.milliseconds() >= writeNotBefore else { return }
        let (opening, telling) = (toOpen, toWrite)
        do {
            try await database.withConnection { connection in
                try await GapTable.write(opening.map(\.gap), on: connection)
                try await GapTable.write(telling, on: connection)
            }
            toOpen.removeFirst(opening.count)
            toWrite.removeFirst(telling.count)
            told.add(telling, now: Monotonic.milliseconds())
            for (index, entry) in opening.enumerated() where !planner.add(entry.request) {
                // No room now: they stay open in the table and wait here.
                toOpen = Array(opening[index...]) + toOpen
                writeNotBefore = Monotonic.milliseconds() + Self.databaseMilliseconds
                return
            }
        } catch {
            logger.debug("gaps cannot be written yet: \(error)")
            writeNotBefore = Monotonic.milliseconds() + Self.databaseMilliseconds
        }
    }

    private func count(_ job: Int, _ symbol: Symbol, _ interval: Range<Instant>) async {
        do {
            let count = try await database.withConnection { connection in
                try await TradeQueries.count(symbol, interval, on: connection)
            }
            planner.counted(job, count)
        } catch {
            planner.failed(job, .temporary("\(error)"), now: clock)
        }
    }

    private func fetch(_ job: Int, _ page: RefillPageRequest) async {
        do {
            let request = try page.request(quotation.requests)
            let answer = try await quotation.answer(request, priority: .refill)
            let received = Instant(microseconds: answer.receivedAt.unixMicroseconds)
            let rows = try answer.body.withUnsafeBytes {
                try RESTDecoder().trades($0, receivedAt: received)
            }
            var sequence: UInt64 = 0
            if await areStored(rows.map(\.trade)) {
                if !rows.isEmpty { figures.pagesKnown += 1 }
            } else {
                guard let taken = host.journal(page: answer.body, of: page.symbol, request: request) else {
                    planner.failed(job, .temporary("the journal is full"), now: clock)
                    return
                }
                sequence = taken
            }
            figures.pages += 1
            planner.page(job, rows.map(\.trade), sequence: sequence, now: clock)
        } catch {
            figures.failures += 1
            planner.failed(job, RefillFailure(error), now: clock)
        }
    }

    /// A page that brings nothing is not journalled: its copies would only send a whole batch down the
    /// writer's slow path. What was seen may be stored no more, so the table is asked, not the memory; when
    /// it does not answer, the page is journalled.
    private func areStored(_ trades: [Trade]) async -> Bool {
        let stored = try? await database.withConnection { connection in
            try await TradeQueries.areStored(trades, on: connection)
        }
        return stored ?? false
    }

    private func finish(_ outcome: RefillOutcome) async {
        let gaps = outcome.gaps
        book.take(gaps)
        toWrite += gaps
        figures.tradesFilled += outcome.tradesFilled
        if outcome.filled != nil { figures.filled += 1 }
        if outcome.unfillable != nil { figures.unfillable += 1 }
        logger.log(
            outcome.unfillable == nil ? .info : .error,
            outcome.unfillable == nil ? "a gap is filled" : "a gap cannot be filled",
            [
                "market": "\(outcome.request.symbol)", "from": "\(outcome.request.interval.lowerBound)",
                "to": "\(outcome.request.interval.upperBound)", "trades": "\(outcome.tradesFilled)",
                "pages": "\(outcome.pages)", "reason": outcome.failure ?? outcome.request.reason,
            ])
        await finished(outcome)
    }
}
