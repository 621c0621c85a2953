import Database
import Indicators
import Market

/// `market.latest_indicators`: one row a market and timeframe.
package enum LatestTable {
    package struct Entry: Sendable {
        package var key: SeriesKey
        package var candle: Candle
        package var isFilled: Bool
        package var values: IndicatorValues
    }

    private static let candleColumns: [(String, Columns.Kind)] = [
        ("open", .number), ("high", .number), ("low", .number), ("close", .number), ("volume", .number),
        ("value", .number), ("candle_vwap", .number), ("buy_volume", .number), ("sell_volume", .number),
        ("trades", .integer), ("complete", .flag), ("time", .time),
    ]

    private static let closedLayout = Columns.Layout(
        [
            ("symbol", Columns.Kind.text), ("timeframe", .text), ("data_time", .time), ("last_time", .time),
            ("source", .text),
        ]
            + candleColumns + Indicator.columns.map { ($0, Columns.Kind.double) })

    private static let provisionalLayout = Columns.Layout(
        [("symbol", Columns.Kind.text), ("timeframe", .text), ("data_time", .time)]
            + candleColumns.map { ("provisional_" + $0.0, $0.1) }
            + Indicator.columns.map { ("provisional_" + $0, Columns.Kind.double) })

    /// The newest closed interval of each series.
    static func closedTimes(on connection: BlockingConnection) throws -> [SeriesKey: Instant] {
        var result: [SeriesKey: Instant] = [:]
        for row in try connection.query(
            "SELECT symbol, timeframe, time FROM market.latest_indicators WHERE time IS NOT NULL")
        {
            let key = SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String))
            result[key] = try CandleReader.instant(row, 2)
        }
        return result
    }

    /// The closed values of a series become those of another name's.
    static func copy(_ key: SeriesKey, to symbol: Symbol, on connection: BlockingConnection) throws {
        let list = closedLayout.names.dropFirst(2).joined(separator: ", ")
        try connection.query(
            """
            INSERT INTO market.latest_indicators (symbol, timeframe, \(list))
            SELECT $2, timeframe, \(list) FROM market.latest_indicators
            WHERE symbol = $1 AND timeframe = $3 AND time IS NOT NULL ON CONFLICT DO NOTHING
            """, [DatabaseValue(key.symbol), DatabaseValue(symbol), DatabaseValue(key.timeframe)])
    }

    static func writeClosed(_ entries: [Entry], on connection: BlockingConnection) throws {
        try write(entries, closedLayout, isProvisional: false, on: connection) { entry in
            let end = entry.key.timeframe.next(after: entry.candle.time)
            return [
                DatabaseValue(entry.key.symbol), DatabaseValue(entry.key.timeframe), DatabaseValue(end),
                DatabaseValue(entry.candle.lastTime),
                entry.isFilled ? .null : .text(entry.candle.source.rawValue),
            ]
        }
    }

    static func writeProvisional(_ entries: [Entry], on connection: BlockingConnection) throws {
        try write(entries, provisionalLayout, isProvisional: true, on: connection) { entry in
            [
                DatabaseValue(entry.key.symbol), DatabaseValue(entry.key.timeframe),
                DatabaseValue(entry.candle.lastTime ?? entry.candle.time),
            ]
        }
    }

    private static func write(
        _ entries: [Entry], _ layout: Columns.Layout, isProvisional: Bool, on connection: BlockingConnection,
        _ head: (Entry) -> [DatabaseValue]
    ) throws {
        guard !entries.isEmpty else { return }
        let changes = layout.names.dropFirst(3).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let sorted = entries.sorted { $0.key < $1.key }
        let rows = sorted.map { entry in
            head(entry) + candle(entry.candle) + Indicator.allCases.map { DatabaseValue(entry.values[$0]) }
        }
        // A row that only has an open candle is not complete: nothing has closed.
        try connection.prepared(
            """
            INSERT INTO market.latest_indicators AS l (\(layout.list)\(isProvisional ? ", complete" : ""))
            SELECT \(layout.list)\(isProvisional ? ", false" : "") FROM \(layout.source)
            ON CONFLICT (symbol, timeframe) DO UPDATE SET \(changes),
                data_time = greatest(l.data_time, excluded.data_time), revision = l.revision + 1
            """, layout.parameters(rows))
    }

    private static func candle(_ candle: Candle) -> [DatabaseValue] {
        [
            DatabaseValue(candle.open), DatabaseValue(candle.high), DatabaseValue(candle.low),
            DatabaseValue(candle.close), DatabaseValue(candle.volume), DatabaseValue(candle.value),
            DatabaseValue(candle.vwap), DatabaseValue(candle.buyVolume), DatabaseValue(candle.sellVolume),
            DatabaseValue(candle.trades), .bool(candle.isComplete), DatabaseValue(candle.time),
        ]
    }
}
