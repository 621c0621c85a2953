import Database
import Indicators
import Market
import Storage

/// The gaps in trades that make candles incomplete.
package struct GapTable {
    private var gaps: [Symbol: [Range<Instant>]] = [:]

    package init() {}

    /// Those that overlap any of the intervals.
    static func read(
        _ intervals: [(SeriesKey, Instant)], on connection: BlockingConnection
    ) throws -> GapTable {
        var table = GapTable()
        guard let from = intervals.map(\.1).min(),
            let to = intervals.map({ $0.0.timeframe.next(after: $0.1) }).max()
        else { return table }
        let symbols = Set(intervals.map(\.0.symbol)).sorted().map { "\($0)" as String? }
        let rows = try connection.prepared(
            """
            SELECT symbol, from_time, to_time FROM market.gaps
            WHERE symbol = ANY ($1) AND channel = 'trade' AND status <> 'filled' AND from_time < $2 AND to_time > $3
            """, [.textArray(symbols), DatabaseValue(to), DatabaseValue(from)])
        for row in rows {
            table.gaps[try Symbol(row.value(0)), default: []].append(
                try CandleReader.instant(row, 1)..<(try CandleReader.instant(row, 2)))
        }
        return table
    }

    func isComplete(_ key: SeriesKey, at start: Instant) -> Bool {
        let interval = start..<key.timeframe.next(after: start)
        return !(gaps[key.symbol]?.contains { $0.overlaps(interval) } ?? false)
    }

    /// What was traded before our first trade of a market is not known: a gap that no request fills.
    ///
    /// Unless the market was listed while we looked on: the list of markets had been kept before it was in
    /// there, so nothing was traded before, and capture opens a gap of its own until the market is heard. What a
    /// renamed market traded before is stored under its former name.
    static func note(_ unknown: [(symbol: Symbol, range: Range<Instant>)], on connection: BlockingConnection)
        throws
    {
        guard !unknown.isEmpty else { return }
        try connection.prepared(
            """
            INSERT INTO market.gaps (symbol, channel, reason, status, from_time, to_time)
            SELECT symbol, 'trade', '\(Gap.Reason.beforeCapture)', 'unfillable', from_time, to_time
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS n (symbol, from_time, to_time)
            WHERE NOT coalesce((SELECT min(m.valid_from) FROM market.markets m WHERE m.symbol = n.symbol)
                > (SELECT min(m.valid_from) FROM market.markets m)
                AND NOT EXISTS (SELECT FROM market.markets m
                    WHERE m.symbol = n.symbol AND m.renamed_from IS NOT NULL), false)
            ON CONFLICT DO NOTHING
            """,
            [
                .textArray(unknown.map { "\($0.symbol)" }),
                .timestampArray(unknown.map { Timestamp(microseconds: $0.range.lowerBound.microseconds) }),
                .timestampArray(unknown.map { Timestamp(microseconds: $0.range.upperBound.microseconds) }),
            ])
    }
}
