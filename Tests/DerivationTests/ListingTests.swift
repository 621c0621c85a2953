import Database
import Derivation
import Indicators
import Market
import Storage
import TestKit
import Testing

/// Series follow the list of markets: a listing that ended is not bridged, and a new name goes on.
@Suite struct ListingTests {
    private static let hour = Timeframe.hour1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -12 * 3_600)

    private func trade(_ minute: Int64, _ price: Int, _ symbol: String = "KRW-BTC") throws -> Trade {
        let time = Self.hour.adding(seconds: minute * 60 + 10)
        return Trade(
            time: time, symbol: try Symbol(symbol), sequentialID: time.milliseconds << 20,
            price: Decimal8(price), volume: Decimal8(1), side: .buy, receivedAt: time)
    }

    private func minute(_ minute: Int64) -> Instant { Self.hour.adding(seconds: minute * 60) }

    private func database() async throws -> DerivationDatabase {
        try await DerivationDatabase.make(
            .native, now: Self.hour,
            settings: try DerivationSettings(timeframes: [.minute1, .minute5, .hour1]))
    }

    /// A trade in each of the minutes, committed one after another as they come.
    private func trades(
        _ minutes: Range<Int64>, _ database: DerivationDatabase, _ symbol: String = "KRW-BTC"
    ) throws {
        for number in minutes {
            database.clock.now = max(database.clock.now, minute(number).adding(seconds: 20))
            try database.commit([try trade(number, 1_000 + Int(number * 37 % 91), symbol)], isBacklog: false)
        }
    }

    private func list(
        _ symbol: String, _ database: DerivationDatabase, from: Instant, formerly: String? = nil
    ) throws {
        try database.connection.query(
            """
            INSERT INTO market.markets (symbol, valid_from, quote, base, state, renamed_from)
            VALUES ($1, $2, 'KRW', split_part($1, '-', 2), 'ACTIVE', $3::text)
            """,
            [
                .text(symbol), .timestamp(microseconds: from.microseconds),
                formerly.map { .text($0) } ?? .null,
            ])
    }

    private func delist(_ symbol: String, _ database: DerivationDatabase, at time: Instant) throws {
        try database.connection.query(
            """
            UPDATE market.markets SET valid_to = $2, delisted_at = $2, state = 'DELISTED'
            WHERE symbol = $1 AND valid_to IS NULL
            """, [.text(symbol), .timestamp(microseconds: time.microseconds)])
    }

    private func values(
        _ database: DerivationDatabase, _ timeframe: String, from: Instant
    ) throws -> [String] {
        try database.lines(
            """
            SELECT time, ma_5, ema_8, obv, rsi_14, atr_14 FROM market.technical_indicators
            WHERE timeframe = '\(timeframe)' AND time >= '\(from)' ORDER BY symbol, time
            """)
    }

    private func check(_ database: DerivationDatabase) throws {
        let report = try database.verify()
        #expect(report.findingCount == 0 && report.underRepair.isEmpty, "\(report.findings.prefix(3))")
    }

    /// What the minutes give on a database that has seen nothing before.
    private func alone(_ minutes: Range<Int64>, until end: Int64) async throws -> [String] {
        let fresh = try await database()
        try trades(minutes, fresh)
        fresh.clock.now = minute(end)
        try fresh.settle()
        return try values(fresh, "1m", from: minute(minutes.lowerBound))
    }

    @Test(arguments: [false, true])
    func aMarketThatIsListedAgainBeginsAnew(_ isRestarted: Bool) async throws {
        let database = try await database()
        try list("KRW-BTC", database, from: minute(-60))
        try trades(0..<20, database)
        try delist("KRW-BTC", database, at: minute(22))
        // Nothing closes after the end: no interval is filled.
        database.clock.now = minute(40)
        try database.settle()
        let latest = "SELECT time < '\(minute(22))' FROM market.latest_indicators WHERE timeframe = '1m'"
        #expect(try database.lines(latest) == ["(t)"])
        try list("KRW-BTC", database, from: minute(50))
        if isRestarted { try database.restart() }
        try trades(52..<75, database)
        if isRestarted { try database.restart() }
        database.clock.now = minute(130)
        try database.settle()
        #expect(try values(database, "1m", from: minute(52)) == (try await alone(52..<75, until: 130)))
        try check(database)
        // The hour holds trades of both, and counts to the later.
        #expect(
            try database.lines("SELECT trades FROM market.candles WHERE timeframe = '1h' ORDER BY time")
                == ["(28)", "(15)"])
        // A late trade of the first listing changes nothing of the second.
        let before = try values(database, "1m", from: minute(52))
        var late = try trade(5, 5_000)
        late.sequentialID += 1
        try database.commit([late])
        try database.settle()
        #expect(try values(database, "1m", from: minute(52)) == before)
        try check(database)
    }

    @Test func anEndThatIsLearnedLateIsARepair() async throws {
        let database = try await database()
        try list("KRW-BTC", database, from: minute(-60))
        try trades(0..<10, database)
        try trades(30..<45, database)
        database.clock.now = minute(50)
        try database.settle()
        let bridged = try values(database, "1m", from: minute(30))
        try delist("KRW-BTC", database, at: minute(20))
        try list("KRW-BTC", database, from: minute(25))
        database.clock.now = minute(55)
        try database.settle()
        let anew = try values(database, "1m", from: minute(30))
        #expect(anew != bridged)
        #expect(anew == (try await alone(30..<45, until: 55)))
        try check(database)
    }

    @Test(arguments: [false, true])
    func aRenamedMarketGoesOn(_ isRestarted: Bool) async throws {
        let database = try await database()
        try list("KRW-BTC", database, from: minute(-60))
        try list("KRW-OLD", database, from: minute(-60))
        try trades(0..<230, database, "KRW-OLD")
        database.clock.now = minute(231)
        try database.settle()
        let renamed = minute(231)
        try delist("KRW-OLD", database, at: renamed)
        try list("KRW-NEW", database, from: renamed, formerly: "KRW-OLD")
        if isRestarted { try database.restart() }
        try trades(232..<260, database, "KRW-NEW")
        if isRestarted { try database.restart() }
        database.clock.now = minute(310)
        try database.settle()
        try check(database)
        let whole = try await self.database()
        try trades(0..<230, whole, "KRW-NEW")
        try trades(232..<260, whole, "KRW-NEW")
        whole.clock.now = minute(310)
        try whole.settle()
        for timeframe in ["1m", "5m"] {
            let from = timeframe == "1m" ? minute(232) : minute(235)
            let rows = try database.lines(
                """
                SELECT time, ma_200, ema_200, obv, rsi_14, atr_14 FROM market.technical_indicators
                WHERE timeframe = '\(timeframe)' AND symbol = 'KRW-NEW' AND time >= '\(from)' ORDER BY time
                """)
            let expected = try whole.lines(
                """
                SELECT time, ma_200, ema_200, obv, rsi_14, atr_14 FROM market.technical_indicators
                WHERE timeframe = '\(timeframe)' AND time >= '\(from)' ORDER BY time
                """)
            #expect(rows.count > 4)
            #expect(
                rows == expected, "\(zip(rows, expected).first { $0 != $1 } ?? ("", ""))"
            )
        }
        // The former name's part of a candle is not in it.
        #expect(
            try database.lines(
                """
                SELECT source, complete, trades FROM market.candles
                WHERE symbol = 'KRW-NEW' AND timeframe = '1h' AND time = '\(minute(180))'
                """) == ["(trades,f,8)"])
        // A trade of the time before, under the new name, is in the candles of the former one already.
        let before = try values(database, "1m", from: minute(232))
        try database.commit([try trade(228, 5_000, "KRW-NEW")])
        try database.settle()
        #expect(try values(database, "1m", from: minute(232)) == before)
        try check(database)
    }
}
