import Database
import Market
import Storage
import TestKit
import Testing

/// `complete` of stored candles follows the gaps, whoever writes them and however many at once.
@Suite struct GapTriggerTests {
    private static let symbols = ["KRW-BTC", "KRW-ETH", "BTC-XRP"]
    /// In a part of its own, three weeks ago, in the middle of an hour.
    private static let old = Timeframe.hour1.start(of: Instant(microseconds: clockMicroseconds()))
        .adding(seconds: -21 * 86_400 + 1_000)
    /// Such that every timeframe has two candles and more.
    private static let recent = Timeframe.hour1.start(of: Instant(microseconds: clockMicroseconds()))
        .adding(seconds: -90_000)

    /// Candles of every timeframe around both times.
    private func fill(_ connection: Connection) async throws {
        for start in [Self.old, Self.recent] {
            try await connection.query(
                "SELECT ops.ensure_partitions(t, $1, $2) FROM unnest(array['candles_seconds', 'candles_intraday']) t",
                [
                    .timestamp(microseconds: start.adding(seconds: -86_400).microseconds),
                    .timestamp(microseconds: start.adding(seconds: 86_400).microseconds),
                ])
            try await connection.query(
                "SELECT ops.ensure_partitions('candles_long', $1, $2)",
                [
                    .timestamp(microseconds: start.adding(seconds: -40 * 86_400).microseconds),
                    .timestamp(microseconds: start.microseconds),
                ])
            for timeframe in Timeframe.allCases {
                var times: [Instant] = []
                var time = timeframe.start(of: start)
                // Not each interval has a candle.
                for index in 0..<100 where time < start.adding(seconds: 86_400) {
                    if index % 7 != 3 { times.append(time) }
                    time = timeframe.next(after: time)
                }
                try await connection.query(
                    """
                    INSERT INTO \(Candle.table(of: timeframe).qualifiedName)
                        (time, symbol, timeframe, open, high, low, close, volume, value, source, complete)
                    SELECT t, s, $3, 1, 1, 1, 1, 1, 1, 'trades', true
                    FROM unnest($1::timestamptz[]) t, unnest($2::text[]) s ON CONFLICT DO NOTHING
                    """,
                    [
                        .timestampArray(times.map { Timestamp(microseconds: $0.microseconds) }),
                        .textArray(Self.symbols), .text(timeframe.rawValue),
                    ])
            }
        }
    }

    private struct Stored {
        var key: String
        var symbol: String
        var interval: Range<Instant>
        var isComplete: Bool
        var revision: Int64
    }

    private func candles(_ connection: Connection) async throws -> [Stored] {
        try await connection.query(
            "SELECT symbol, timeframe, time, complete, revision FROM market.candles ORDER BY 1, 2, 3"
        ).map { row in
            let timeframe = try Timeframe(row.value(1) as String)
            let time = Instant(microseconds: try row.value(2, as: Timestamp.self).microseconds)
            let symbol: String = try row.value(0)
            return Stored(
                key: "\(symbol) \(timeframe) \(time)", symbol: symbol, interval: timeframe.interval(of: time),
                isComplete: try row.value(3), revision: try row.value(4))
        }
    }

    /// Whether each candle is as the gaps say, and counted up where it changed and nowhere else. How many
    /// changed.
    private func check(_ before: [Stored], _ after: [Stored], _ connection: Connection, _ what: String)
        async throws -> Int
    {
        let gaps = try await connection.query(
            "SELECT symbol, from_time, to_time FROM market.gaps WHERE channel = 'trade' AND status <> 'filled'"
        ).map { row -> (symbol: String, interval: Range<Instant>) in
            let from = Instant(microseconds: try row.value(1, as: Timestamp.self).microseconds)
            let to = Instant(microseconds: try row.value(2, as: Timestamp.self).microseconds)
            return (try row.value(0), from..<to)
        }
        var changed = 0
        try #require(before.count == after.count)
        for (old, new) in zip(before, after) {
            let isMissing = gaps.contains { $0.symbol == new.symbol && $0.interval.overlaps(new.interval) }
            #expect(new.isComplete == !isMissing, "\(what): \(new.key)")
            let isChanged = new.isComplete != old.isComplete
            #expect(new.revision == old.revision + (isChanged ? 1 : 0), "\(what): \(new.key)")
            if isChanged { changed += 1 }
        }
        return changed
    }

    /// Statements of many gaps, as any writer may send them, from any time zone.
    private func statement(_ random: inout SeededRandom) -> String {
        func gap() -> String {
            let base = Bool.random(using: &random) ? Self.old : Self.recent
            let from = base.adding(milliseconds: Int64.random(in: -3_600_000..<86_400_000, using: &random))
            let length = [1, 900, 40_000, 5_000_000][Int.random(in: 0..<4, using: &random)] as Int64
            let to = from.adding(milliseconds: Int64.random(in: 1...length, using: &random))
            let symbol = Self.symbols[Int.random(in: 0..<3, using: &random)]
            let channel = Int.random(in: 0..<6, using: &random) == 0 ? "ticker" : "trade"
            let status = ["open", "unfillable", "filled"][Int.random(in: 0..<3, using: &random)]
            return "('\(symbol)', '\(channel)', 'test', '\(status)', '\(from)', '\(to)')"
        }
        let columns = "(symbol, channel, reason, status, from_time, to_time)"
        let some = "hashtext(symbol || from_time) % 3 = \(Int.random(in: 0..<3, using: &random))"
        let list = (0..<Int.random(in: 1...30, using: &random)).map { _ in gap() }.joined(separator: ", ")
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return "DELETE FROM market.gaps WHERE \(some)"
        case 1: return "UPDATE market.gaps SET status = 'filled' WHERE \(some)"
        case 2: return "UPDATE market.gaps SET status = 'open' WHERE \(some)"
        case 3:
            return "UPDATE market.gaps SET from_time = from_time - interval '1 m', "
                + "to_time = to_time + interval '47 s' WHERE \(some)"
        case 4:
            return "UPDATE market.gaps SET to_time = from_time + (to_time - from_time) / 2 WHERE \(some)"
        case 5: return "UPDATE market.gaps SET channel = 'ticker' WHERE \(some)"
        case 6: return "UPDATE market.gaps SET reason = 'other', updated_at = now()"
        case 7:
            return """
                INSERT INTO market.gaps AS g \(columns) SELECT symbol, channel, 'again', 'unfillable', from_time,
                    to_time + interval '90 s' FROM market.gaps WHERE \(some)
                ON CONFLICT (symbol, channel, from_time) DO UPDATE SET to_time = excluded.to_time, status = 'open'
                """
        default:
            return "INSERT INTO market.gaps \(columns) VALUES \(list) ON CONFLICT DO NOTHING"
        }
    }

    @Test(arguments: TestEngines.all)
    func completeIsWhatTheGapsSayWhateverIsWrittenAtOnce(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try await fill(connection)
        if engine == .timescale { try await compress(connection) }
        try await connection.execute("SET timezone = 'America/New_York'")
        var random = SeededRandom(seed: 14)
        var before = try await candles(connection)
        #expect(before.count > 2_000)
        #expect(before.allSatisfy { $0.isComplete })
        var changes = 0
        for _ in 0..<30 {
            let sql = statement(&random)
            try await connection.execute(sql)
            let after = try await candles(connection)
            changes += try await check(before, after, connection, sql)
            before = after
        }
        #expect(changes > 200)
        try await connection.execute("DELETE FROM market.gaps")
        let after = try await candles(connection)
        #expect(after.allSatisfy { $0.isComplete })
        _ = try await check(before, after, connection, "all deleted")
    }

    /// What is three weeks old goes into the columnstore.
    private func compress(_ connection: Connection) async throws {
        try await connection.execute(
            """
            ALTER TABLE market.candles_intraday SET (timescaledb.compress,
                timescaledb.compress_segmentby = 'symbol, timeframe', timescaledb.compress_orderby = 'time');
            ALTER TABLE market.candles_seconds SET (timescaledb.compress,
                timescaledb.compress_segmentby = 'symbol, timeframe', timescaledb.compress_orderby = 'time')
            """)
        let chunks = try await connection.query(
            """
            SELECT compress_chunk(c)::text FROM unnest(array['market.candles_intraday', 'market.candles_seconds']) t,
                show_chunks(t::regclass, older_than => interval '10 days') c
            """)
        #expect(chunks.count >= 2)
    }

    @Test func aGapUnpacksOnlyItsMarketsRows() async throws {
        guard TestEngines.hasTimescale else { return }
        let database = try await TestDatabase.make(.timescale)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try await fill(connection)
        try await compress(connection)
        // A series has 86 of the rows, the chunk more than 1,500.
        try await connection.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 700")
        let before = try await candles(connection)
        let gap = Gap(
            try Symbol("KRW-ETH"), Self.old..<Self.old.adding(seconds: 30), reason: Gap.Reason.disconnect)
        try await GapTable.write([gap], on: connection)
        let changed = try await check(before, try await candles(connection), connection, "one gap")
        #expect(changed >= 8)
    }

    /// Not the time that it takes, which a busy machine decides.
    @Test func manyGapsAtOnceAreLookedAtOnce() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try await fill(connection)
        let lines = try await connection.query(
            """
            EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off)
            INSERT INTO market.gaps (symbol, channel, reason, status, from_time, to_time)
            SELECT 'KRW-M' || n, 'trade', 'before_capture', 'unfillable', now() - interval '20 days', now()
            FROM generate_series(1, 250) n
            """
        ).lines()
        let triggers = lines.filter { $0.contains("gaps_mark_candles") }
        #expect(triggers.count == 1)
        #expect(triggers.first?.contains("calls=1") == true, "\(triggers)")
    }
}
