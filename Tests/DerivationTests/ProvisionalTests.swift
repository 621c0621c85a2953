import Database
import Derivation
import Market
import Storage
import TestKit
import Testing

/// Provisional values: of open candles, once a second a row, rarer beside an old snapshot, and not in a backlog.
@Suite struct ProvisionalTests {
    /// Half a day ago, at the start of an hour, so that every time is within what the tables take.
    private static let hour = Timeframe.hour1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -12 * 3_600)

    private static let row = """
        SELECT symbol, provisional_trades, provisional_close FROM market.latest_indicators
        WHERE timeframe = '4h' AND provisional_time IS NOT NULL ORDER BY 1
        """

    private func trade(_ seconds: Int64, _ price: Int, _ symbol: String = "KRW-BTC") throws -> Trade {
        let time = Self.hour.adding(seconds: seconds)
        return Trade(
            time: time, symbol: try Symbol(symbol), sequentialID: time.milliseconds << 20,
            price: Decimal8(price), volume: Decimal8(1), side: .buy, receivedAt: time)
    }

    /// The values show the first of two trades; the second came half a second later.
    private func twoTradesWithinASecond() async throws -> DerivationDatabase {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 10)
        try database.commit([try trade(9, 100)])
        database.clock.now = Self.hour.adding(milliseconds: 10_500)
        try database.commit([try trade(10, 110)])
        #expect(try database.lines(Self.row) == ["(KRW-BTC,1,100)"])
        return database
    }

    @Test func theyComeAtMostOnceASecond() async throws {
        let database = try await twoTradesWithinASecond()
        database.clock.now = Self.hour.adding(milliseconds: 11_000)
        try database.commit([try trade(11, 120)])
        #expect(try database.lines(Self.row) == ["(KRW-BTC,3,120)"])
    }

    @Test func aTradeWithinTheSecondIsShownAtItsEndWithoutAnother() async throws {
        let database = try await twoTradesWithinASecond()
        #expect(!database.derivation.isDue(at: Self.hour.adding(milliseconds: 10_999)))
        database.clock.now = Self.hour.adding(milliseconds: 11_000)
        #expect(database.derivation.isDue(at: database.clock.now))
        try database.settle()
        #expect(try database.lines(Self.row) == ["(KRW-BTC,2,110)"])
    }

    @Test func anOpenCandleWithAGapBeforeItsLastMinuteIsNotComplete() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 10)
        try database.commit([try trade(10, 100)])
        database.clock.now = Self.hour.adding(seconds: 130)
        try database.commit([try trade(130, 110)])
        #expect(
            try database.lines(
                """
                SELECT timeframe, provisional_trades, provisional_complete FROM market.latest_indicators
                WHERE timeframe IN ('1m', '4h') ORDER BY 1
                """) == ["(1m,1,t)", "(4h,2,f)"])
    }

    /// As the role that captures, which is not told since when others run.
    @Test(arguments: DerivationDatabase.engines)
    func besideAnOldSnapshotTheyAreRarer(_ engine: EngineName) async throws {
        let database = try await DerivationDatabase.make(engine, now: Self.hour)
        try database.connection.query("SET ROLE yeoul_ingest")
        let analyst = try BlockingConnection.connect(database.scratch.options)
        try analyst.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try analyst.query("SELECT count(*) FROM market.latest_indicators")
        var second: Int64 = 0
        /// How often they were written meanwhile.
        func written(in seconds: Int64) throws -> Int64 {
            let before = try revision(database)
            for _ in 0..<seconds {
                second += 1
                database.clock.now = Self.hour.adding(seconds: second)
                try database.commit([try trade(second, 100)])
            }
            return try revision(database) - before
        }
        #expect(try written(in: 31) == 31)
        #expect((27...33).contains(try written(in: 60)), "a thirtieth of the age: 30 ln 3")
        _ = try written(in: 270)
        #expect((9...11).contains(try written(in: 100)), "ten seconds at most")
        try analyst.query("COMMIT")
        // Until it is looked at again, and what was to be waited for is over.
        _ = try written(in: 15)
        #expect(try written(in: 30) == 30)
        try analyst.close()
    }

    private func revision(_ database: DerivationDatabase) throws -> Int64 {
        try database.connection.query(
            "SELECT coalesce(max(revision) + 1, 0) FROM market.latest_indicators WHERE timeframe = '4h'"
        ).single().value(0)
    }

    @Test func inABacklogNoneIsWrittenAndAtItsEndAllAreWithoutATrade() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 600)
        try database.commit([try trade(10, 100), try trade(20, 50, "KRW-ETH")])
        try database.commit([try trade(590, 110)])
        #expect(try database.lines(Self.row).isEmpty, "ten seconds behind")
        #expect(try database.verify().findingCount == 0)
        // Not by a commit that is behind as well: there would be one after the other.
        #expect(!database.derivation.isDue(at: Self.hour.adding(seconds: 594)))
        #expect(database.derivation.isDue(at: Self.hour.adding(seconds: 595)))
        try database.settle()
        #expect(try database.lines(Self.row) == ["(KRW-BTC,2,110)", "(KRW-ETH,1,50)"])
        #expect(!database.derivation.isDue(at: database.clock.now))
    }

    @Test func theFirstTradeBehindABacklogBringsThoseOfAllMarkets() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 600)
        try database.commit([try trade(20, 50, "KRW-ETH")])
        try database.commit([try trade(595, 110)])
        #expect(try database.lines(Self.row) == ["(KRW-BTC,1,110)", "(KRW-ETH,1,50)"])
    }

    @Test func aProcessThatEndsInABacklogOwesThemToTheNext() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 50)
        try database.commit([try trade(20, 50, "KRW-ETH")])
        try database.restart()
        try database.commit([try trade(21, 60)])
        #expect(try database.lines(Self.row).isEmpty)
        try database.settle()
        #expect(try database.lines(Self.row) == ["(KRW-BTC,1,60)", "(KRW-ETH,1,50)"])
    }

    @Test func whatIsOverTheBoundOfACommitComesWithTheNext() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour)
        database.clock.now = Self.hour.adding(seconds: 11)
        let rows = "SELECT count(*) FROM market.latest_indicators WHERE provisional_close = 7"
        try database.commit(try (0..<60).map { try trade(10, 7, "KRW-M\($0)") })
        #expect(try database.lines(rows) == ["(\(ProvisionalPace.marketsMax * 11))"])
        #expect(database.derivation.isDue(at: database.clock.now))
        try database.settle()
        #expect(try database.lines(rows) == ["(660)"])
    }
}
