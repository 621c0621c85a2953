import Database
import Indicators
import Market
import Storage

/// What a start needs of the stored candles.
extension CandleReader {
    /// The oldest candle of each market.
    static func first(
        _ timeframe: Timeframe, on connection: BlockingConnection
    ) throws -> [(symbol: Symbol, start: Instant)] {
        let table = Candle.table(of: timeframe).qualifiedName
        // One step down the key for each market, not a scan of all rows.
        return try connection.query(
            """
            WITH RECURSIVE symbols AS (
                (SELECT symbol FROM \(table) WHERE timeframe = $1 ORDER BY symbol LIMIT 1)
                UNION ALL
                SELECT (SELECT c.symbol FROM \(table) c WHERE c.timeframe = $1 AND c.symbol > s.symbol
                    ORDER BY c.symbol LIMIT 1) FROM symbols s WHERE s.symbol IS NOT NULL
            )
            SELECT s.symbol, (SELECT min(c.time) FROM \(table) c WHERE c.symbol = s.symbol AND c.timeframe = $1)
            FROM symbols s WHERE s.symbol IS NOT NULL
            """, [DatabaseValue(timeframe)]
        ).map { (try Symbol($0.value(0)), try instant($0, 1)) }
    }

    /// The candles that a continuation after each of the times needs, the longest window and the one before it:
    /// those of all markets of a timeframe with one statement.
    static func windows(
        _ timeframe: Timeframe, before times: [(SeriesKey, Instant)], on connection: BlockingConnection
    ) throws -> [SeriesKey: [Candle]] {
        guard !times.isEmpty else { return [:] }
        let table = Candle.table(of: timeframe).qualifiedName
        let list = columns.map { "c.\($0)" }.joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT \(list), n.symbol
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS n (symbol, start, last)
            CROSS JOIN LATERAL (
                SELECT coalesce(max(b.time), n.start) AS first FROM \(table) b
                WHERE b.symbol = n.symbol AND b.timeframe = $4 AND b.time <= n.start
            ) f
            JOIN \(table) c ON c.symbol = n.symbol AND c.timeframe = $4 AND c.time >= f.first AND c.time <= n.last
            ORDER BY n.symbol, c.time
            """,
            [
                .textArray(times.map { "\($0.0.symbol)" }),
                .timestampArray(
                    times.map {
                        let start = IndicatorSeries.windowStart(timeframe, before: $0.1)
                        return Timestamp(microseconds: start.microseconds)
                    }),
                .timestampArray(times.map { Timestamp(microseconds: $0.1.microseconds) }),
                DatabaseValue(timeframe),
            ])
        var result: [SeriesKey: [Candle]] = [:]
        for row in rows {
            let key = SeriesKey(try Symbol(row.value(columns.count)), timeframe)
            result[key, default: []].append(try candle(row, key))
        }
        return result
    }
}
