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
        // One step down the key for each market, not a scan of all rows. The timeframe is no part of the step: a
        // partition without any candle of it would be searched to its end each time.
        return try connection.query(
            """
            WITH RECURSIVE symbols AS (
                (SELECT symbol FROM \(table) ORDER BY symbol LIMIT 1)
                UNION ALL
                SELECT (SELECT c.symbol FROM \(table) c WHERE c.symbol > s.symbol ORDER BY c.symbol LIMIT 1)
                FROM symbols s WHERE s.symbol IS NOT NULL
            )
            SELECT s.symbol, f.start FROM symbols s CROSS JOIN LATERAL (
                SELECT min(c.time) AS start FROM \(table) c WHERE c.symbol = s.symbol AND c.timeframe = $1
            ) f WHERE f.start IS NOT NULL
            """, [DatabaseValue(timeframe)]
        ).map { (try Symbol($0.value(0)), try instant($0, 1)) }
    }

    /// The candles that a continuation after each of the times needs, the longest window and the one before it:
    /// those of all markets of a timeframe with one statement.
    ///
    /// They hold what a continuation looks at and nothing else: half a million of them are read before the first
    /// commit, and each column counts. OFFSET 0 keeps the planner from joining with all that is stored.
    static func windows(
        _ timeframe: Timeframe, before times: [(SeriesKey, Instant)], on connection: BlockingConnection
    ) throws -> [SeriesKey: [Candle]] {
        guard !times.isEmpty else { return [:] }
        let table = Candle.table(of: timeframe).qualifiedName
        let rows = try connection.query(
            """
            SELECT c.*, n.number
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
                WITH ORDINALITY AS n (symbol, start, last, number)
            CROSS JOIN LATERAL (
                SELECT coalesce(max(b.time), n.start) AS first FROM \(table) b
                WHERE b.symbol = n.symbol AND b.timeframe = $4 AND b.time <= n.start
            ) f
            CROSS JOIN LATERAL (
                SELECT c.time, c.high, c.low, c.close, c.volume, c.value, c.last_time FROM \(table) c
                WHERE c.symbol = n.symbol AND c.timeframe = $4 AND c.time >= f.first AND c.time <= n.last
                ORDER BY c.time OFFSET 0
            ) c
            ORDER BY n.number, c.time
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
        var (key, candles): (SeriesKey?, [Candle]) = (nil, [])
        for row in rows {
            let next = times[Int(try row.value(7, as: Int64.self)) - 1].0
            if next != key {
                if let key { result[key] = candles }
                key = next
                candles.removeAll()
            }
            candles.append(try windowCandle(row, next))
        }
        if let key { result[key] = candles }
        return result
    }

    private static func windowCandle(_ row: Row, _ key: SeriesKey) throws -> Candle {
        let close = try decimal8(row, 3)
        var candle = Candle(
            time: try instant(row, 0), symbol: key.symbol, timeframe: key.timeframe, open: close,
            high: try decimal8(row, 1), low: try decimal8(row, 2), close: close,
            volume: try decimal16(row, 4), value: try decimal16(row, 5), source: .trades)
        candle.lastTime = try row.optional(6, as: Timestamp.self).map {
            Instant(microseconds: $0.microseconds)
        }
        return candle
    }
}
