import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct MarketWriterTests {
    private let now = Instant(microseconds: clockMicroseconds())

    /// Notes what a commit tells it, and fails on demand.
    private final class Witness: CommitParticipant {
        var accepted: [Int] = []
        var ends: [Bool] = []
        var fault: StorageError?
        /// How long the server leaves a suspended writer its transaction.
        var idleLimit: String?

        func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
            self.accepted.append(accepted.trades.count)
            idleLimit = try connection.query("SHOW idle_in_transaction_session_timeout").single().value(0)
            try connection.query(
                "INSERT INTO ops.journal_positions (shard, journal_id, position, epoch) VALUES (0, 'j', $1, 1)",
                [.int64(Int64(accepted.trades.count))])
            if let fault { throw fault }
        }
        func didCommit() { ends.append(true) }
        func didNotCommit() { ends.append(false) }
    }

    private func stored(_ connection: Connection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM market.transactions").single().value(0)
    }

    @Test(arguments: TestEngines.all)
    func whatTheExchangeSentIsWhatIsStored(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try MarketWriter(database.connection.blocking)
        let time = now.adding(seconds: -60)
        let trade = Trade(
            time: time, symbol: try Symbol("KRW-BTC"), sequentialID: 17_934_912_000_000_001,
            price: try Decimal8("0.00009101"), volume: try Decimal8("123456789012.12345678"), side: .sell,
            receivedAt: time.adding(milliseconds: 12))
        var book = OrderBook(symbol: try Symbol("KRW-BTC"), time: time, receivedAt: time)
        book.asks.append(BookLevel(price: Decimal8(101), volume: try Decimal8("0.5")))
        book.bids.append(BookLevel(price: Decimal8(100), volume: Decimal8(2)))
        var ticker = Ticker(symbol: try Symbol("KRW-BTC"), time: time, receivedAt: time)
        ticker.accVolume = try Decimal16("1234.0000000000000001")
        ticker.change = .fall
        let report = try writer.commit(
            MarketBatch(
                trades: [trade],
                tickers: [TickerRow(ticker, bidPrice: Decimal8(100), askPrice: Decimal8(101))],
                orderBooks: [book]), now: now)
        #expect(report.accepted.rowCount == 3 && report.duplicates == 0 && report.rejectedCount == 0)
        let connection = database.connection
        let lines = try await connection.lines(
            "SELECT sequential_id, price, volume, symbol, side, received_at - time AS d FROM market.transactions"
        )
        #expect(lines == ["(17934912000000001,0.00009101,123456789012.12345678,KRW-BTC,sell,00:00:00.012)"])
        let books = try await connection.lines(
            "SELECT bid_prices, ask_volumes, spread, mid_price, level FROM market.orderbooks")
        #expect(books == ["({100},{0.5},1,100.5,0)"])
        let tickers = try await connection.lines(
            "SELECT acc_volume, change, bid_price, spread, market_state, acc_ask_volume FROM market.tickers")
        #expect(tickers == ["(1234.0000000000000001,FALL,100,1,,)"])
    }

    @Test func aSuspendedWriterIsEndedByTheServerAndOnlyInItsTransaction() async throws {
        let database = try await TestDatabase.make(.native)
        let connection = database.connection.blocking
        try connection.query("SET idle_in_transaction_session_timeout = '77s'")
        var writer = try MarketWriter(connection)
        var samples = try Samples(seed: 3, now: now)
        let witness = Witness()
        _ = try writer.commit(MarketBatch(trades: samples.trades(1)), now: now, participants: [witness])
        #expect(witness.idleLimit == "5s")
        let after: String = try connection.query("SHOW idle_in_transaction_session_timeout").single().value(0)
        #expect(after == "77s")
    }

    @Test(arguments: TestEngines.all)
    func duplicatesAreStoredOnceAndParticipantsSeeOnlyWhatIsNew(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try MarketWriter(database.connection.blocking)
        var samples = try Samples(seed: 7, now: now)
        let old = samples.trades(50)
        _ = try writer.commit(MarketBatch(trades: old), now: now)
        let fresh = samples.trades(30)
        let witness = Witness()
        let mixed = Array(old.prefix(20)) + fresh + Array(fresh.prefix(5))
        let report = try writer.commit(MarketBatch(trades: mixed), now: now, participants: [witness])
        #expect(report.accepted.trades == fresh)
        #expect(report.duplicates == 25)
        #expect(witness.accepted == [30] && witness.ends == [false, true])
        #expect(try await stored(database.connection) == 80)
        let again = try writer.commit(MarketBatch(trades: mixed), now: now, participants: [witness])
        #expect(again.accepted.trades.isEmpty && again.duplicates == 55)
        let positions = try await database.connection.lines(
            "SELECT position FROM ops.journal_positions ORDER BY id")
        #expect(positions == ["(30)", "(0)"])
    }

    @Test(arguments: TestEngines.all)
    func aTradeFrom1970Or2099IsRefusedWithoutHarmToItsNeighbours(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try MarketWriter(database.connection.blocking)
        var samples = try Samples(seed: 8, now: now)
        var trades = samples.trades(20)
        trades[3].time = Instant(microseconds: 0)
        trades[4].time = Instant(microseconds: 4_070_908_800_000_000)
        trades[5].time = now.adding(seconds: 300)
        trades[6].time = now.adding(seconds: 299)
        trades[7].time = now.adding(seconds: -9 * 86_400)
        let report = try writer.commit(MarketBatch(trades: trades), now: now)
        #expect(report.rejectedTrades.map(\.row) == [trades[3], trades[4], trades[5], trades[7]])
        #expect(report.rejectedTrades.map(\.fault) == [.tooOld, .tooFarAhead, .tooFarAhead, .tooOld])
        #expect(report.rejectedTrades[1].error.what.contains("2099"))
        #expect(report.accepted.trades.count == 16)
        #expect(try await stored(database.connection) == 16)
        let parts = try await database.connection.lines(
            """
            SELECT 1 FROM pg_class WHERE relkind = 'r' AND relname ~ '^transactions_p|^_hyper.*_chunk$'
            """)
        #expect((1...2).contains(parts.count))
    }

    @Test(arguments: TestEngines.all)
    func lateTradesFindOrMakeTheirPart(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try MarketWriter(database.connection.blocking)
        var samples = try Samples(seed: 9, now: now)
        for _ in 0..<5 {
            _ = try writer.commit(
                MarketBatch(trades: samples.trades(100, secondsBack: 8 * 86_400 - 60)), now: now)
        }
        #expect(try await stored(database.connection) == 500)
        guard engine == .native else { return }
        // Retention takes a partition away under the writer: it is made again.
        let oldest = samples.trade(secondsBack: 1)
        _ = try writer.commit(MarketBatch(trades: [oldest]), now: now)
        let part = try await database.connection.query(
            """
            SELECT partition_name FROM ops.partition_ranges('transactions') WHERE covers @> $1
            """, [.timestamp(microseconds: oldest.time.microseconds)]
        ).single().value(0, as: String.self)
        try await database.connection.execute("DROP TABLE market.\(quotedIdentifier(part))")
        var next = oldest
        next.sequentialID += 1
        let report = try writer.commit(MarketBatch(trades: [next]), now: now)
        #expect(report.accepted.trades == [next])
    }

    @Test(arguments: TestEngines.all)
    func aFailingParticipantTakesTheCommitBack(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try MarketWriter(database.connection.blocking)
        var samples = try Samples(seed: 10, now: now)
        let witness = Witness()
        witness.fault = StorageError(.unexpected, "no")
        let batch = MarketBatch(trades: samples.trades(10))
        #expect(throws: StorageError.self) { try writer.commit(batch, now: now, participants: [witness]) }
        #expect(witness.ends == [false])
        #expect(try await stored(database.connection) == 0)
        witness.fault = nil
        _ = try writer.commit(batch, now: now, participants: [witness])
        #expect(witness.ends == [false, true])
    }

    @Test func aBatchAboveTheBoundIsRefused() async throws {
        let database = try await TestDatabase.make(.native)
        var writer = try MarketWriter(database.connection.blocking)
        var samples = try Samples(seed: 11, now: now)
        let trade = samples.trade()
        let batch = MarketBatch(trades: Array(repeating: trade, count: MarketWriter.batchRowsMax + 1))
        #expect(throws: StorageError.self) { try writer.commit(batch, now: now) }
    }

    @Test(arguments: TestEngines.all)
    func eightYearsOfDailyCandlesLoadInOneGo(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try CandleWriter(database.connection.blocking)
        var samples = try Samples(seed: 12, now: now)
        var template = samples.candle(.day1, back: 0)
        template.symbol = samples.symbols[0]
        var candles: [Candle] = []
        for day in 0..<Int64(8 * 365) {
            var candle = template
            candle.time = Timeframe.day1.start(of: now).adding(seconds: -day * 86_400)
            candles.append(candle)
        }
        let blocking = database.connection.blocking
        try writer.ensureParts(candles, on: blocking)
        let count = try blocking.transaction { try writer.insertNew(candles, on: $0) }
        #expect(count == candles.count)
        #expect(try blocking.transaction { try writer.insertNew(candles, on: $0) } == 0)
        let rows = try await database.connection.lines(
            "SELECT count(*), count(DISTINCT day) FROM market.daily")
        #expect(rows == ["(2920,2920)"])
    }

    @Test(arguments: TestEngines.all)
    func anUpsertReplacesACandle(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var writer = try CandleWriter(database.connection.blocking)
        var samples = try Samples(seed: 13, now: now)
        var candles = Timeframe.allCases.map { samples.candle($0, back: 3) }
        let blocking = database.connection.blocking
        try writer.ensureParts(candles, on: blocking)
        try blocking.transaction { try writer.upsert(candles, on: $0) }
        for index in candles.indices { candles[index].revision = 1_000 + Int64(index) }
        try blocking.transaction { try writer.upsert(candles + [candles[0]], on: $0) }
        let revisions = try await database.connection.query(
            "SELECT revision FROM market.candles ORDER BY revision"
        ).map { try $0.value(0, as: Int64.self) }
        #expect(revisions == candles.map(\.revision))
        candles[0].time = Instant(microseconds: 0)
        let (kept, rejected) = writer.screen(candles, now: now)
        #expect(kept.count == 11 && rejected.map(\.fault) == [.tooOld])
    }
}

/// The wall clock: the tables' horizons follow it.
func clockMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000) * 1_000
}
