import Capture
import Database
import Diagnostics
import Exchange
import Foundation
import Market
import Network
import Quotation
import Storage
import Synchronization
import TestKit
import Testing
import Upbit

/// Refill and proof for real: the built-in exchange, PostgreSQL, and a capture that makes mistakes. The
/// market runs 20 times as fast as the clock, so that a minute takes three seconds.
@Suite(.serialized) struct ProofServiceTests {
    private static let speed = 20.0

    private struct Result {
        var ranges: [ReconciledRange]
        var drifts: [ReconciliationTable.Drift]
        var gaps: [Gap]
        /// What the exchange printed while it was watched.
        var ledger: [LedgerEntry]
        var stored: [Symbol: Set<Int64>]
        var proof: ProofService.Figures
        var refill: RefillService.Figures
        var watched: Range<Instant>
        /// Markets that the proof still follows, by candles and by tickers.
        var followed: (candles: Set<Symbol>, tickers: Int)
    }

    /// Lets the market run with faults for a while, and until so many trades are there (some days are
    /// calm), then waits until everything before is judged.
    private func run(
        faults: FaultSettings, seconds: Double, unprovenSeconds: Double = 0, tradesMin: Int = 500,
        spoil: @escaping @Sendable (Trade) -> Trade? = { $0 },
        delists: Symbol? = nil,
        meanwhile: @escaping @Sendable (Connection, Instant) async throws -> Void = { _, _ in }
    ) async throws -> Result {
        let folder = try TemporaryFolder(named: "yeoul-proof")
        var settings = ExchangeSettings()
        settings.markets = 3
        settings.tradesPerSecond = 12
        settings.speed = Self.speed
        settings.isLimited = false
        settings.ledgerPath = folder.path(of: "ledger")
        settings.faults = faults
        let exchange = try ExchangeServer(settings)
        let scratch = try await ScratchDatabase.make()
        defer { withExtendedLifetime(scratch) {} }
        _ = try await Migrator(
            scratch.options, instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "t"),
            engine: .native, program: "test", set: .embedded()
        ).migrate()
        let output = LogOutput(level: .critical, descriptor: 2)
        let logger = Logger(component: "test", output: output)
        var stream = StreamProof.Settings()
        stream.windowMilliseconds = 1_500
        stream.settleMilliseconds = 500
        // An earlier run had other tickers, so then only candles may tell.
        if unprovenSeconds > 0 { stream.windowMilliseconds = 86_400_000 }
        let tap = TickerTap(stream)
        let capture = MiniCapture(tap: tap, spoil: spoil)
        let profile = Profile.builtIn(port: Int(try Address(exchange.addresses.rest).port))
        let quotation = QuotationClient(
            profile, http: try HTTPClient(),
            budget: try RateBudgetFile(path: folder.path(of: "budget"), table: .upbit))
        var pooled = PoolSettings()
        pooled.waitLimit = .seconds(60)
        let pool = Pool(try scratch.options, pooled)
        defer { pool.close() }
        let book = GapBook()
        let refill = RefillService(
            quotation: quotation, database: pool, host: capture, book: book, logger: logger)
        var proofSettings = ProofService.Settings()
        proofSettings.candle.settleMilliseconds = 12_000
        proofSettings.candle.secondLookMilliseconds = 1_000
        proofSettings.candle.callMilliseconds = 150
        proofSettings.candle.failureMilliseconds = 500
        proofSettings.disputes.pausesMilliseconds = [200, 400, 800]
        proofSettings.disputes.failureMilliseconds = 500
        let proof = ProofService(
            proofSettings, quotation: quotation, database: pool, host: capture, book: book, refill: refill,
            tap: tap, logger: logger)

        let symbols = try await quotation.markets().map(\.symbol)
        let loop = try EventLoop(named: "proof-test")
        defer { loop.stop() }
        let inbox = try await listen(to: symbols, exchange, loop)
        let storing = try await scratch.connect()
        let asking = try await scratch.connect()
        let watchedFrom = Mutex(Instant.epoch)
        let tasks = [
            Task { await capture.receive(inbox) },
            Task { do { try await capture.store(storing) } catch { Issue.record(error) } },
            Task { await refill.run() }, Task { await proof.run() },
        ]
        while capture.exchangeNow == .epoch { try await Task.sleep(for: .milliseconds(20)) }
        let start = capture.exchangeNow
        watchedFrom.withLock { $0 = start }
        if unprovenSeconds > 0 { try await Task.sleep(for: .seconds(unprovenSeconds)) }
        let begin = capture.exchangeNow
        await proof.begin(Dictionary(uniqueKeysWithValues: symbols.map { ($0, begin) }))
        try await Task.sleep(for: .seconds(seconds / 2))
        try await meanwhile(asking, capture.exchangeNow)
        if let delists { try await delist(delists, exchange) { capture.exchangeNow } }
        if let delists { await proof.end([delists: capture.exchangeNow]) }
        try await Task.sleep(for: .seconds(seconds / 2))
        let first = Timeframe.minute1.next(after: start)
        try await waitForTrades(tradesMin, since: first, asking) { capture.exchangeNow }
        let end = Timeframe.minute1.start(of: capture.exchangeNow)
        // From here on nothing goes wrong any more: else there would always be something under repair.
        try await order(
            "faults", exchange,
            """
            {"drop_share":0,"lose_share":0,"corrupt_share":0,"duplicate_share":0,"reorder_share":0}
            """)
        // Everything before this minute is judged, and nothing is being repaired.
        for _ in 0..<600 {
            try await Task.sleep(for: .milliseconds(200))
            let progress = await proof.progress.values.min() ?? .epoch
            if progress >= end, await proof.openDisputes == 0, await refill.isIdle { break }
        }
        #expect((await proof.progress.values.min() ?? .epoch) >= end, "the proof has come to its end")
        exchange.stop()
        try await Task.sleep(for: .milliseconds(300))
        for task in tasks { task.cancel() }
        for task in tasks.dropFirst() { await task.value }
        var stored: [Symbol: Set<Int64>] = [:]
        for symbol in symbols {
            let trades = try await TradeQueries.list(symbol, first..<end, most: 1_000_000, on: asking)
            stored[symbol] = Set(trades?.map(\.sequentialID) ?? [])
        }
        return Result(
            ranges: try await ReconciliationTable.list(since: .epoch, symbol: nil, on: asking),
            drifts: try await ReconciliationTable.drifts(
                since: .epoch, now: end, symbol: nil, on: asking),
            gaps: try await GapTable.list(
                since: .epoch, symbol: nil, status: nil, limit: 100_000, on: asking),
            ledger: try Ledger(path: folder.path(of: "ledger")).entries.filter {
                (first..<end).contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
            }, stored: stored, proof: await proof.figures, refill: await refill.figures,
            watched: first..<end,
            followed: (Set(await proof.progress.keys), tap.with { $0.marketsCount }))
    }

    /// Until whole minutes of the market hold so many stored trades; a minute of ours at most.
    private func waitForTrades(
        _ count: Int, since first: Instant, _ asking: Connection, now: () -> Instant
    ) async throws {
        for _ in 0..<300 {
            let isEnough = try await asking.query(
                """
                SELECT (count(*) >= \(count))::text FROM market.transactions
                WHERE time >= '\(first)' AND time < '\(Timeframe.minute1.start(of: now()))'
                """
            ).single().optional(0, as: String.self)
            if isEnough == "true" { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        Issue.record("the market printed fewer than \(count) trades")
    }

    private func order(_ what: String, _ exchange: ExchangeServer, _ json: String) async throws {
        let answer = try await HTTPClient().perform(
            HTTPCall(
                try Address(exchange.addresses.control + "/control/\(what)"), method: "POST",
                body: Array(json.utf8), firstByteMillisecondsMax: 60_000, totalMillisecondsMax: 60_000))
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// The market's last minute ends; the capture notices it two minutes later.
    private func delist(
        _ symbol: Symbol, _ exchange: ExchangeServer, now: () -> Instant
    ) async throws {
        try await order("markets", exchange, "{\"delist\":\"\(symbol)\"}")
        let noticed = Timeframe.minute1.next(after: now()).adding(seconds: 120)
        while now() < noticed { try await Task.sleep(for: .milliseconds(50)) }
    }

    private func listen(
        to symbols: [Symbol], _ exchange: ExchangeServer, _ loop: EventLoop
    ) async throws -> WebSocketInbox {
        let inbox = WebSocketInbox(messagesMax: 1_000_000)
        _ = WebSocketClient(on: loop).connect(
            WebSocketRequest(to: try Address(exchange.addresses.websocket), openMillisecondsMax: 60_000),
            consumer: inbox)
        guard case .opened = await inbox.next() else {
            Issue.record("no connection")
            return inbox
        }
        let codes = symbols.map { "\"\($0)\"" }.joined(separator: ",")
        _ = try #require(inbox.connection).send(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\(codes)]},{\"type\":\"ticker\",\"codes\":[\(codes)]}]"
        )
        return inbox
    }

    private func missing(_ result: Result) -> [LedgerEntry] {
        result.ledger.filter {
            $0.fate != .lost && !(result.stored[$0.symbol]?.contains($0.trade.sequentialID) ?? false)
        }
    }

    @Test func withoutFaultsEverythingIsProvenAndNothingIsAccused() async throws {
        let result = try await run(faults: FaultSettings(), seconds: 6)
        #expect(result.proof.disputes == 0 && result.gaps.isEmpty && result.drifts.isEmpty)
        #expect(result.ranges.allSatisfy { [.proven, .provenEmpty, .boundary].contains($0.status) })
        #expect(Set(result.ranges.map(\.method)) == [.ticker, .candle])
        #expect(missing(result).isEmpty && result.ledger.count > 300)
    }

    @Test func aDelistedMarketIsProvenToItsLastTradeAndThenCostsNothing() async throws {
        let gone = try Symbol("KRW-ETH")
        let result = try await run(faults: FaultSettings(), seconds: 12, delists: gone)
        #expect(!result.followed.candles.contains(gone) && result.followed.candles.count == 2)
        #expect(result.followed.tickers == 2)
        #expect(result.proof.disputes == 0 && result.drifts.isEmpty && missing(result).isEmpty)
        let rows = result.ranges.filter { $0.symbol == gone }
        #expect(rows.allSatisfy { [.proven, .provenEmpty, .boundary, .unprovable].contains($0.status) })
        // By tickers to its last trade; by candles as far as the exchange has told, and that is said.
        let last = try #require(
            result.ledger.filter { $0.symbol == gone }.map(\.trade.milliseconds).max().flatMap {
                Instant(milliseconds: $0)
            })
        #expect(last < result.watched.upperBound.adding(seconds: -60), "it is gone")
        let tickers = rows.filter { $0.method == .ticker }
        #expect(tickers.allSatisfy { $0.status == .proven })
        #expect(tickers.map(\.interval.upperBound).max() == last.adding(milliseconds: 1))
        let candles = rows.filter { $0.method == .candle }.sorted {
            $0.interval.lowerBound < $1.interval.lowerBound
        }
        #expect(candles.contains { $0.status == .proven })
        #expect(candles.last?.status == .unprovable, "the exchange refuses at once")
        #expect(try #require(candles.last).interval.upperBound > last)
        #expect(
            zip(candles, candles.dropFirst()).allSatisfy { $0.interval.upperBound == $1.interval.lowerBound })
    }

    @Test func whatARunHeardThatEndedBeforeItJudgedAnythingIsJudged() async throws {
        var faults = FaultSettings()
        faults.dropShare = 0.02
        // The proof begins two minutes of the market late, as after a restart.
        let result = try await run(faults: faults, seconds: 4, unprovenSeconds: 7)
        let missing = missing(result)
        #expect(missing.isEmpty, "\(missing.count), such as \(missing.first?.line ?? "")")
        #expect(result.ledger.contains { $0.fate == .dropped })
        #expect(result.ranges.allSatisfy { $0.status != .different && $0.method == .candle })
        // From where it heard the first market: with a subscription comes the last trade before it.
        let first = try #require(result.ranges.map(\.interval.lowerBound).min())
        #expect(first <= result.watched.lowerBound)
    }

    @Test func droppedTradesComeBackAndLostOnesAreGapsOfExactlyTheirTime() async throws {
        var faults = FaultSettings()
        faults.dropShare = 0.01
        faults.loseShare = 0.004
        faults.corruptShare = 0.002
        faults.duplicateShare = 0.02
        faults.reorderShare = 0.02
        let result = try await run(faults: faults, seconds: 8, tradesMin: 2_500)
        let missing = missing(result)
        #expect(
            missing.isEmpty,
            "\(missing.count) of \(result.ledger.count), such as \(missing.first?.line ?? "")")
        #expect(result.ranges.allSatisfy { $0.status != .different } && result.drifts.isEmpty)
        #expect(result.refill.tradesFilled > 0 && result.proof.disputes > 0)
        #expect(result.refill.pagesKnown > 0, "pages whose trades are all stored are not journalled")
        let lost = result.ledger.filter { $0.fate == .lost }
        #expect(!lost.isEmpty, "the test is worth nothing without one")
        let unfillable = result.gaps.filter { $0.status == .unfillable }
        for entry in lost {
            let time = Instant(microseconds: entry.trade.milliseconds * 1_000)
            #expect(
                unfillable.contains { $0.symbol == entry.symbol && $0.interval.contains(time) },
                "hidden: \(entry.line)")
        }
        for gap in unfillable where result.watched.contains(gap.interval.lowerBound) {
            #expect(
                lost.contains {
                    $0.symbol == gap.symbol
                        && gap.interval.contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
                }, "nothing is lost in \(gap.symbol) \(gap.interval)")
        }
        #expect(result.gaps.allSatisfy { $0.status != .open })
    }

    @Test func whatOnlyProofCanSeeIsFoundRepairedAndReported() async throws {
        let count = Mutex(0)
        let result = try await run(
            faults: FaultSettings(), seconds: 8,
            spoil: { trade in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                var trade = trade
                // Left out behind the socket; another volume.
                if number % 400 == 150 { return nil }
                if number % 400 == 350 { trade.volume = Decimal8(unscaled: trade.volume.unscaled * 2) }
                return trade
            },
            meanwhile: { connection, now in
                try await connection.query(
                    """
                    DELETE FROM market.transactions WHERE (time, symbol, sequential_id) IN (
                        SELECT time, symbol, sequential_id FROM market.transactions ORDER BY time DESC LIMIT 2)
                    """)
                // The same trade once more under another id.
                try await connection.query(
                    """
                    INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
                    SELECT time, sequential_id + 7777, received_at, price, volume, symbol, side
                    FROM market.transactions WHERE symbol = (SELECT max(symbol) FROM market.transactions)
                    ORDER BY time DESC LIMIT 1
                    """)
            })
        #expect(missing(result).isEmpty, "dropped and deleted rows are back")
        #expect(result.proof.corrected > 0)
        #expect(result.ranges.contains { $0.status == .repaired })
        let different = result.ranges.filter { $0.status == .different }
        #expect(!different.isEmpty && different.count <= 3, "the duplicate is reported, and only that")
        #expect(different.allSatisfy { $0.ours.volume > $0.exchange.volume && $0.attempts == 3 })
        #expect(result.proof.alarms == different.count)
    }
}
