import Database
import Indicators
import Market
import Storage

/// Computes candles from the stored trades, in SQL, and indicators from the stored candles, through the engine,
/// and compares every column. It reads one snapshot and changes nothing.
package struct DerivedVerifier {
    /// Candles read at once.
    private static let pageMax = 5_000
    /// For the trades of a day, or all of them for weeks and months.
    private static let statementSeconds = 3_600
    /// Behind every candle: the year 2286.
    private static let end = Instant(microseconds: 10_000_000_000_000_000)

    private let settings: DerivationSettings

    package init(_ settings: DerivationSettings) { self.settings = settings }

    /// With a market, only that one.
    package func verify(_ symbol: Symbol? = nil, on connection: BlockingConnection) throws -> DerivedReport {
        try connection.transaction(TransactionMode(isolation: .repeatableRead, isReadOnly: true)) {
            connection in
            var report = DerivedReport()
            let repairs = Set(
                try RepairTable.open(Timeframe.allCases, on: connection).map(\.key))
            report.underRepair = repairs.sorted()
            let listings = try ListingTable.read(on: connection)
            let days = try days(on: connection)
            // Weeks and months do not lie within a day.
            let all = days.prefix(1).map { $0.lowerBound..<Self.end }
            for timeframe in settings.timeframes {
                for range in timeframe > .day1 ? all : days {
                    try verifyCandles(timeframe, range, symbol, &report, on: connection)
                }
                for key in try series(timeframe, symbol, on: connection) where !repairs.contains(key) {
                    try verifyIndicators(key, listings.ends(of: key.symbol), &report, on: connection)
                }
            }
            return report
        }
    }

    // MARK: Candles

    /// Each day of the stored trades, which retention drops by whole days; the last one has no end.
    private func days(on connection: BlockingConnection) throws -> [Range<Instant>] {
        let bounds = try connection.query("SELECT min(time), max(time) FROM market.transactions").single()
        guard let first = try bounds.optional(0, as: Timestamp.self),
            let last = try bounds.optional(1, as: Timestamp.self)
        else { return [] }
        var starts = [Timeframe.day1.start(of: Instant(microseconds: first.microseconds))]
        let lastDay = Timeframe.day1.start(of: Instant(microseconds: last.microseconds))
        while let day = starts.last, day < lastDay { starts.append(Timeframe.day1.next(after: day)) }
        return zip(starts, starts.dropFirst() + [Self.end]).map { $0..<$1 }
    }

    /// Intervals that begin in a range of stored trades.
    private func verifyCandles(
        _ timeframe: Timeframe, _ range: Range<Instant>, _ symbol: Symbol?, _ report: inout DerivedReport,
        on connection: BlockingConnection
    ) throws {
        let rows = try connection.query(
            statement(timeframe),
            [
                DatabaseValue(timeframe), symbol.map { DatabaseValue($0) } ?? .null,
                DatabaseValue(range.lowerBound), DatabaseValue(range.upperBound),
            ], within: .seconds(Self.statementSeconds))
        for row in rows {
            let symbol = try Symbol(row.value(0))
            report.candles += Int(try row.value(2, as: Int64.self))
            guard let time = try row.optional(1, as: Timestamp.self) else { continue }
            report.add(
                DerivedFinding(
                    key: SeriesKey(symbol, timeframe), time: Instant(microseconds: time.microseconds),
                    detail: try row.value(3)))
        }
    }

    private static let compared = [
        "open", "high", "low", "close", "volume", "value", "vwap", "trades", "buy_volume", "sell_volume",
        "first_time", "first_id", "last_time", "last_id",
    ]

    private func statement(_ timeframe: Timeframe) -> String {
        let isSmallest = timeframe == settings.smallest
        let differences = Self.compared.map {
            "CASE WHEN c.\($0) IS DISTINCT FROM t.\($0) THEN format('\($0) %s, should be %s', c.\($0), t.\($0)) END"
        }
        // Larger candles have rows once they are closed.
        let closed =
            isSmallest
            ? "true"
            : """
            t.time <= (SELECT l.time FROM market.latest_indicators l
                WHERE l.symbol = t.symbol AND l.timeframe = $1)
            """
        return """
            WITH traded AS (
                SELECT x.symbol, market.interval_start($1, x.time) AS time,
                    (array_agg(x.price ORDER BY x.time, x.sequential_id))[1] AS open, max(x.price) AS high,
                    min(x.price) AS low,
                    (array_agg(x.price ORDER BY x.time DESC, x.sequential_id DESC))[1] AS close,
                    sum(x.volume) AS volume, sum(x.price * x.volume) AS value,
                    market.average_price(sum(x.price * x.volume), sum(x.volume)) AS vwap, count(*) AS trades,
                    coalesce(sum(x.volume) FILTER (WHERE x.side = 'buy'), 0) AS buy_volume,
                    coalesce(sum(x.volume) FILTER (WHERE x.side = 'sell'), 0) AS sell_volume,
                    min(x.time) AS first_time,
                    (array_agg(x.sequential_id ORDER BY x.time, x.sequential_id))[1] AS first_id,
                    max(x.time) AS last_time,
                    (array_agg(x.sequential_id ORDER BY x.time DESC, x.sequential_id DESC))[1] AS last_id
                FROM market.transactions x
                WHERE x.time >= $3 AND x.time < $4 AND ($2::text IS NULL OR x.symbol = $2) GROUP BY 1, 2
            ), t AS (
                SELECT t.* FROM traded t WHERE t.time >= $3 AND \(closed)
            ), c AS (
                SELECT c.* FROM \(Candle.table(of: timeframe).qualifiedName) c
                WHERE c.timeframe = $1 AND c.time >= $3 AND c.time < $4
                    AND ($2::text IS NULL OR c.symbol = $2)
            ), judged AS (
                SELECT coalesce(c.symbol, t.symbol) AS symbol, coalesce(c.time, t.time) AS time,
                    CASE WHEN c.time IS NULL THEN 'there is no candle' WHEN t.time IS NULL THEN 'there is no trade'
                    ELSE nullif(concat_ws('; ', \(differences.joined(separator: ", "))), '') END AS detail
                FROM c FULL JOIN t ON t.symbol = c.symbol AND t.time = c.time
                WHERE c.source IS NULL OR c.source = 'trades'
            )
            SELECT symbol, time, 1::bigint, detail FROM judged WHERE detail IS NOT NULL
            UNION ALL SELECT symbol, NULL, count(*), NULL FROM judged WHERE detail IS NULL GROUP BY symbol
            ORDER BY 1, 2
            """
    }

    // MARK: Indicators

    private func series(
        _ timeframe: Timeframe, _ symbol: Symbol?, on connection: BlockingConnection
    ) throws -> [SeriesKey] {
        try connection.query(
            """
            SELECT DISTINCT symbol FROM market.latest_indicators
            WHERE timeframe = $1 AND ($2::text IS NULL OR symbol = $2) ORDER BY symbol
            """, [DatabaseValue(timeframe), symbol.map { DatabaseValue($0) } ?? .null]
        ).map { SeriesKey(try Symbol($0.value(0)), timeframe) }
    }

    private func verifyIndicators(
        _ key: SeriesKey, _ listingEnds: [Instant], _ report: inout DerivedReport,
        on connection: BlockingConnection
    ) throws {
        let closedUntil = try connection.prepared(
            "SELECT time FROM market.latest_indicators WHERE symbol = $1 AND timeframe = $2 AND time IS NOT NULL",
            [DatabaseValue(key.symbol), DatabaseValue(key.timeframe)]
        ).first.map { key.timeframe.next(after: try CandleReader.instant($0, 0)) }
        guard let closedUntil else { return }
        var (series, from) = try start(key, on: connection)
        series.listingEnds = listingEnds
        while true {
            let candles = try CandleReader.read(
                key, from: from, to: closedUntil, limit: Self.pageMax, on: connection)
            guard let first = candles.first, let last = candles.last else { return }
            var stored = try rows(key, from: first.time, to: last.time, on: connection)
            for candle in candles {
                let values = try series.close(candle)
                report.indicators += 1
                guard let row = stored.removeValue(forKey: candle.time) else {
                    report.add(DerivedFinding(key: key, time: candle.time, detail: "there are no indicators"))
                    continue
                }
                compare(row, values, key, candle.time, &report)
            }
            for time in stored.keys.sorted() {
                report.add(DerivedFinding(key: key, time: time, detail: "indicators of no candle"))
            }
            from = key.timeframe.next(after: last.time)
        }
    }

    /// From the first candle while its warm-up is stored, otherwise from the oldest state that is kept.
    private func start(
        _ key: SeriesKey, on connection: BlockingConnection
    ) throws -> (IndicatorSeries, Instant) {
        let fresh = (IndicatorSeries(key.timeframe), TimeBounds.earliest)
        let first = try connection.prepared(
            """
            SELECT ma_5 IS NULL FROM \(IndicatorTables.table(key.timeframe).qualifiedName)
            WHERE symbol = $1 AND timeframe = $2 ORDER BY time LIMIT 1
            """, [DatabaseValue(key.symbol), DatabaseValue(key.timeframe)]
        ).first
        if try first?.value(0) ?? true { return fresh }
        let states = try connection.prepared(
            """
            SELECT time, version, state FROM market.indicator_states
            WHERE symbol = $1 AND timeframe = $2 ORDER BY time LIMIT 1
            """, [DatabaseValue(key.symbol), DatabaseValue(key.timeframe)])
        guard let row = states.first else { return fresh }
        let time = try CandleReader.instant(row, 0)
        let state = try RecursiveState(try row.value(2), version: try row.value(1))
        let recent = try CandleReader.window(key, before: time, on: connection)
        return (
            try IndicatorSeries(key.timeframe, after: time, state, recent: recent),
            key.timeframe.next(after: time)
        )
    }

    private func rows(
        _ key: SeriesKey, from: Instant, to: Instant, on connection: BlockingConnection
    ) throws -> [Instant: [Double?]] {
        var result: [Instant: [Double?]] = [:]
        let rows = try connection.prepared(
            """
            SELECT time, \(Indicator.columns.joined(separator: ", "))
            FROM \(IndicatorTables.table(key.timeframe).qualifiedName)
            WHERE symbol = $1 AND timeframe = $2 AND time >= $3 AND time <= $4
            """,
            [DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(from), DatabaseValue(to)])
        for row in rows {
            result[try CandleReader.instant(row, 0)] = try (0..<Indicator.count).map {
                try row.optional($0 + 1)
            }
        }
        return result
    }

    /// Bit for bit.
    private func compare(
        _ row: [Double?], _ values: IndicatorValues, _ key: SeriesKey, _ time: Instant,
        _ report: inout DerivedReport
    ) {
        var differences: [String] = []
        for indicator in Indicator.allCases {
            let (stored, right) = (row[indicator.rawValue], values[indicator])
            guard stored?.bitPattern != right?.bitPattern else { continue }
            func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "NULL" }
            differences.append("\(indicator.column) \(text(stored)), should be \(text(right))")
        }
        guard !differences.isEmpty else { return }
        report.add(DerivedFinding(key: key, time: time, detail: differences.joined(separator: "; ")))
    }
}
