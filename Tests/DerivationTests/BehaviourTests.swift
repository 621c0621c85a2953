import Database
import Derivation
import Glibc
import Indicators
import Market
import Storage
import TestKit
import Testing

@Suite struct BehaviourTests {
    /// Half a day ago, at the start of an hour, so that every time is within what the tables take.
    private static let hour = Timeframe.hour1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -12 * 3_600)

    private func trade(
        _ seconds: Int64, _ price: Int, _ symbol: String = "KRW-BTC", id: Int64? = nil
    ) throws -> Trade {
        let time = Self.hour.adding(seconds: seconds)
        return Trade(
            time: time, symbol: try Symbol(symbol), sequentialID: id ?? time.milliseconds << 20,
            price: Decimal8(price), volume: Decimal8(1), side: .buy, receivedAt: time)
    }

    private func database(_ engine: EngineName = .native, grace: Int64 = 2_000) async throws
        -> DerivationDatabase
    {
        try await DerivationDatabase.make(
            engine, now: Self.hour, settings: try DerivationSettings(graceMilliseconds: grace))
    }

    @Test func theOpenCandleOfTheSmallestTimeframeCommitsWithItsTrades() async throws {
        let database = try await database()
        database.clock.now = Self.hour.adding(seconds: 30)
        try database.commit([try trade(10, 100), try trade(20, 130)])
        let rows = try database.lines("SELECT timeframe, open, high, low, close, trades FROM market.candles")
        #expect(rows == ["(1m,100,130,100,130,2)"])
        try database.commit([try trade(25, 90)])
        #expect(
            try database.lines("SELECT open, low, close, volume, value, trades FROM market.candles")
                == ["(100,90,90,3,320,3)"])
    }

    @Test func candlesCloseByTheClockAfterTheGraceWithoutATrade() async throws {
        let database = try await database()
        database.clock.now = Self.hour.adding(seconds: 11)
        try database.commit([try trade(10, 100)])
        database.clock.now = Self.hour.adding(milliseconds: 61_900)
        #expect(!database.derivation.isDue(at: database.clock.now))
        database.clock.now = Self.hour.adding(milliseconds: 62_000)
        #expect(database.derivation.isDue(at: database.clock.now))
        try database.commit()
        let closed =
            "SELECT timeframe, time, close, complete FROM market.latest_indicators WHERE time IS NOT NULL"
        #expect(try database.lines(closed).count == 1)
        database.clock.now = Self.hour.adding(seconds: 302)
        try database.commit()
        #expect(try database.lines(closed).count == 3)
        #expect(
            try database.lines("SELECT timeframe, trades FROM market.candles ORDER BY 1") == [
                "(1m,1)", "(3m,1)", "(5m,1)",
            ])
        // Filled ones are in the latest row only.
        #expect(
            try database.lines(
                "SELECT close, volume, trades, source IS NULL FROM market.latest_indicators WHERE timeframe = '1m'"
            )
                == ["(100,0,0,t)"])
    }

    @Test func aBacklogClosesNothingBeforeItsTradesAreRead() async throws {
        let database = try await database()
        database.clock.now = Self.hour.adding(seconds: 5_000)
        try database.commit([try trade(10, 100), try trade(70, 110)])
        try database.commit([try trade(71, 120), try trade(50, 90, id: 5)])
        // 50 s is in the first minute, which the trades at 70 s have closed; the second one is still open.
        #expect(try database.lines("SELECT 1 FROM market.repairs").isEmpty == false)
        try database.commit([try trade(100, 130)])
        #expect(
            try database.lines(
                "SELECT trades, revision FROM market.candles WHERE timeframe = '1m' ORDER BY time")
                == ["(2,1)", "(3,0)"])
        #expect(try database.verify().findingCount == 0)
    }

    @Test func aLateTradeRevisesItsCandlesAndTellsIt() async throws {
        let database = try await database()
        let listener = try NotificationListener(
            database.scratch.options, channels: ["candle_closed", "candle_revised"])
        var events = listener.makeAsyncIterator()
        // It says first that what was before is unknown.
        _ = try await events.next()
        database.clock.now = Self.hour.adding(seconds: 11)
        try database.commit([try trade(10, 100)])
        database.clock.now = Self.hour.adding(seconds: 200)
        try database.settle()
        try database.commit([try trade(20, 150, id: 77)])
        var heard: [(String, String)] = []
        while heard.count < 4, let event = try await events.next() {
            if case .heard(let said) = event { heard.append((said.channel, said.payload)) }
        }
        let revised = heard.filter { $0.0 == "candle_revised" }.map(\.1)
        let closed = heard.filter { $0.0 == "candle_closed" }.map(\.1)
        #expect(revised.count == 2 && closed.count == 2)
        #expect(revised.allSatisfy { $0.contains("\"close\":\"150\"") && $0.contains("\"revision\":1") })
        #expect(closed.contains { $0.contains("\"timeframe\":\"1m\"") && $0.contains("\"filled\":true") })
        #expect(heard.allSatisfy { $0.1.utf8.count < 500 && $0.1.hasPrefix("{\"version\":1,") })
        #expect(
            try database.lines("SELECT timeframe, closed_at IS NOT NULL FROM market.repairs ORDER BY 1")
                == ["(1m,t)", "(3m,t)"])
        // Who heard nothing reads what is newer than the revision that it knows.
        #expect(
            try database.lines(
                "SELECT revision > 1, close FROM market.latest_indicators WHERE timeframe = '3m'")
                == ["(t,150)"])
    }

    @Test(arguments: DerivationDatabase.engines)
    func aLongRepairGoesInSlicesAndLeavesEqualRows(_ engine: EngineName) async throws {
        let settings = try DerivationSettings(timeframes: [.minute1, .hour1])
        let start = Self.hour.adding(seconds: -6 * 86_400)
        let database = try await DerivationDatabase.make(engine, now: start, settings: settings)
        var trades: [Trade] = []
        for minute in 0..<6_000 as Range<Int64> {
            let seconds = minute * 60 - 6 * 86_400
            trades.append(try trade(seconds, 1_000 + Int(minute * 37 % 211)))
        }
        database.clock.now = Self.hour
        try database.commit(trades)
        try database.settle()
        let revision = try database.lines("SELECT max(revision) FROM market.technical_indicators")
        #expect(revision == ["(0)"])
        try database.commit([try trade(-6 * 86_400 + 30, 5_000, id: 1)])
        #expect(database.derivation.repairCount == 1)
        #expect(
            try database.lines("SELECT timeframe FROM market.repairs WHERE closed_at IS NULL") == ["(1m)"])
        #expect(try database.verify().underRepair.map(\.description) == ["KRW-BTC 1m"])
        // The process dies in the middle of it; live trades go on.
        try database.restart()
        try database.commit([try trade(-6 * 86_400 + 6_000 * 60, 1_111)])
        try database.settle()
        let report = try database.verify()
        #expect(report.findingCount == 0 && report.underRepair.isEmpty, "\(report.findings.prefix(2))")
        #expect(report.indicators > 6_000)
        #expect(try database.lines("SELECT 1 FROM market.repairs WHERE closed_at IS NULL").isEmpty)
        // A checkpoint a day, and the newest.
        let states = try database.lines("SELECT time FROM market.indicator_states WHERE timeframe = '1m'")
        #expect((5...7).contains(states.count), "\(states)")
    }

    @Test func completeFollowsTheGaps() async throws {
        let database = try await database()
        database.clock.now = Self.hour.adding(seconds: 30)
        try database.commit([try trade(10, 100)])
        let complete =
            "SELECT timeframe, time, complete FROM market.candles WHERE timeframe = '1m' ORDER BY time"
        // Begun before the first trade that we saw.
        #expect(try database.lines(complete).first?.hasSuffix(",f)") == true)
        database.clock.now = Self.hour.adding(seconds: 90)
        try database.commit([try trade(80, 100)])
        #expect(try database.lines(complete).last?.hasSuffix(",t)") == true)
        let from = Self.hour.adding(seconds: 85)
        try database.connection.query(
            """
            INSERT INTO market.gaps (symbol, channel, reason, status, from_time, to_time)
            VALUES ('KRW-BTC', 'trade', 'disconnect', 'open', $1, $2)
            """,
            [
                .timestamp(microseconds: from.microseconds),
                .timestamp(microseconds: from.adding(seconds: 1).microseconds),
            ])
        #expect(try database.lines(complete).last?.hasSuffix(",f)") == true)
        database.clock.now = Self.hour.adding(seconds: 200)
        try database.settle()
        let latest = "SELECT complete FROM market.latest_indicators WHERE timeframe = '3m'"
        #expect(try database.lines(latest) == ["(f)"])
        try database.connection.execute("UPDATE market.gaps SET status = 'filled'")
        let open = "SELECT 1 FROM market.candles WHERE NOT complete"
        #expect(try database.lines(open).isEmpty)
    }

    @Test func settingsWithoutASmallestTimeframeAreRefused() {
        #expect(throws: (any Error).self) { try DerivationSettings(timeframes: [.minute3, .minute5]) }
        #expect(throws: DerivationError.self) { try DerivationSettings(graceMilliseconds: -1) }
        #expect(throws: DerivationError.self) { try DerivationSettings(provisionalMilliseconds: 10) }
    }
}

@Suite struct RebuildTests {
    private static let origin = Timeframe.day1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -3 * 86_400)

    /// A derived database, then damaged in candles, indicators and states.
    private func damaged() async throws -> (DerivationDatabase, rows: [String]) {
        let stream = try TradeStream(seed: 6, start: Self.origin, seconds: 90_000, count: 900, lateShare: 0)
        let database = try await DerivationDatabase.make(.native, now: Self.origin)
        database.clock.now = Self.origin.adding(seconds: 2 * 86_400)
        try database.commit(stream.trades)
        try database.settle()
        let rows = try database.derived()
        try database.connection.execute(
            """
            UPDATE market.candles_intraday SET close = low, volume = volume + 1 WHERE symbol = 'KRW-BTC'
                AND timeframe = '1m' AND first_id % 3 = 0;
            DELETE FROM market.candles_intraday WHERE symbol = 'KRW-BTC' AND timeframe = '1m' AND first_id % 7 = 1;
            UPDATE market.technical_indicators_intraday SET ema_8 = 1 WHERE symbol = 'KRW-BTC' AND timeframe = '1m'
            """)
        return (database, rows)
    }

    @Test func aRebuildLeavesTheRowsThatWereDerivedLive() async throws {
        let (database, rows) = try await damaged()
        #expect(try database.verify().findingCount > 0)
        let key = SeriesKey(try Symbol("KRW-BTC"), .minute1)
        let end = Self.origin.adding(seconds: 2 * 86_400)
        let dry = try Rebuilder(database.settings).rebuild(
            key, from: Self.origin, to: end, isDry: true, on: database.connection)
        #expect(dry.candles.changed > 10)
        #expect(try database.derived() != rows)
        let report = try Rebuilder(database.settings).rebuild(
            key, from: Self.origin, to: end, isDry: false, on: database.connection)
        #expect(report.candles.changed == dry.candles.changed && !report.isLeftToCapture)
        #expect(try database.verify().findingCount == 0)
        #expect(try database.derived() == rows)
    }

    @Test func aRunningCaptureTakesTheRepairOver() async throws {
        let (database, _) = try await damaged()
        try database.connection.execute(
            "INSERT INTO ops.leases (shard, epoch, owner, expires_at) VALUES (0, 1, 'test', now() + interval '1 h')"
        )
        let report = try Rebuilder(database.settings).rebuild(
            SeriesKey(try Symbol("KRW-BTC"), .minute1), from: Self.origin,
            to: Self.origin.adding(seconds: 2 * 86_400), isDry: false, on: database.connection)
        #expect(report.isLeftToCapture)
        #expect(try database.lines("SELECT 1 FROM market.repairs WHERE closed_at IS NULL").count >= 1)
        database.clock.now = database.clock.now.adding(seconds: 120)
        try database.settle()
        #expect(try database.lines("SELECT 1 FROM market.repairs WHERE closed_at IS NULL").isEmpty)
        #expect(try database.verify().findingCount == 0)
    }
}
