import Database
import Indicators
import Market
import Storage

/// Candles in their tables: merged in place, read for a continuation.
package enum CandleTables {
    /// Sums to be merged into the stored candle of an interval, or to become it.
    package struct Delta: Sendable {
        package var key: SeriesKey
        package var entry: CandleFold.Entry
        /// The candle was closed before: its revision grows.
        package var isLate: Bool
        package var isComplete: Bool
    }

    static let layout = Columns.Layout([
        ("time", .time), ("first_time", .time), ("first_id", .integer), ("last_time", .time),
        ("last_id", .integer), ("trades", .integer), ("revision", .integer), ("complete", .flag),
        ("open", .number), ("high", .number), ("low", .number), ("close", .number), ("volume", .number),
        ("value", .number), ("buy_volume", .number), ("sell_volume", .number), ("symbol", .text),
        ("timeframe", .text),
    ])

    private static let revisedLayout = "symbol, timeframe, time, close, complete, revision"

    /// Merges commutatively, so the order of arrival does not matter. The exchange's own candles hold their
    /// late trades already and stay as they are. Returns the candles that were closed before.
    static func merge(_ deltas: [Delta], on connection: BlockingConnection) throws -> [Revised] {
        var revised: [Revised] = []
        let families = Dictionary(grouping: deltas) { Candle.table(of: $0.key.timeframe) }
        for (table, group) in families.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let rows = group.sorted { ($0.key, $0.entry.key.start) < ($1.key, $1.entry.key.start) }.map(
                fields)
            // Nearly every commit has nothing late: then there is nothing to be told.
            guard group.contains(where: \.isLate) else {
                try connection.prepared(merging(table), layout.parameters(rows))
                continue
            }
            let result = try connection.prepared(revising(table), layout.parameters(rows))
            for row in result { revised.append(try Revised(row)) }
        }
        return revised
    }

    /// A stored candle that changed after its close.
    package struct Revised: Sendable {
        package var key: SeriesKey
        package var time: Instant
        package var close: Decimal8
        package var isComplete: Bool
        package var revision: Int64

        package init(_ candle: Candle) {
            key = SeriesKey(candle.symbol, candle.timeframe)
            time = candle.time
            close = candle.close
            isComplete = candle.isComplete
            revision = candle.revision
        }

        init(_ row: Row) throws {
            key = SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String))
            time = Instant(microseconds: try row.value(2, as: Timestamp.self).microseconds)
            close = try CandleReader.decimal8(row, 3)
            isComplete = try row.value(4)
            revision = try row.value(5)
        }
    }

    private static func fields(_ delta: Delta) -> [DatabaseValue] {
        let sums = delta.entry.sums
        return [
            DatabaseValue(delta.entry.key.start), DatabaseValue(sums.firstTime), .int64(sums.firstID),
            DatabaseValue(sums.lastTime), .int64(sums.lastID), .int64(sums.trades),
            .int64(delta.isLate ? 1 : 0),
            .bool(delta.isComplete), DatabaseValue(sums.open), DatabaseValue(sums.high),
            DatabaseValue(sums.low),
            DatabaseValue(sums.close), DatabaseValue(sums.volume), DatabaseValue(sums.value),
            DatabaseValue(sums.buyVolume), DatabaseValue(sums.sellVolume), DatabaseValue(delta.key.symbol),
            DatabaseValue(delta.key.timeframe),
        ]
    }

    private static func merging(_ table: TimeTable) -> String {
        let before = "(excluded.first_time, excluded.first_id) < (c.first_time, c.first_id)"
        let after = "(excluded.last_time, excluded.last_id) > (c.last_time, c.last_id)"
        func chosen(_ condition: String, _ names: String...) -> String {
            names.map { "\($0) = CASE WHEN \(condition) THEN excluded.\($0) ELSE c.\($0) END" }
                .joined(separator: ", ")
        }
        func summed(_ names: String...) -> String {
            // Without trailing zeros, so that the digits do not tell how the trades were grouped.
            names.map { "\($0) = trim_scale(c.\($0) + excluded.\($0))" }.joined(separator: ", ")
        }
        return """
            INSERT INTO \(table.qualifiedName) AS c (\(layout.list), vwap, source)
            SELECT \(layout.list), market.average_price(value, volume), 'trades' FROM \(layout.source)
            ON CONFLICT (symbol, timeframe, time) DO UPDATE SET
                \(chosen(before, "first_time", "first_id", "open")),
                \(chosen(after, "last_time", "last_id", "close")),
                high = greatest(c.high, excluded.high), low = least(c.low, excluded.low),
                \(summed("volume", "value", "buy_volume", "sell_volume")),
                vwap = market.average_price(c.value + excluded.value, c.volume + excluded.volume),
                trades = c.trades + excluded.trades, revision = c.revision + excluded.revision
            WHERE c.source = 'trades'
            """
    }

    /// The same, and what became of the candles that were closed before.
    private static func revising(_ table: TimeTable) -> String {
        """
        WITH merged AS (\(merging(table)) RETURNING \(revisedLayout))
        SELECT \(revisedLayout) FROM merged m
        WHERE EXISTS (
            SELECT FROM \(layout.source) WHERE n.revision > 0 AND n.symbol = m.symbol
                AND n.timeframe = m.timeframe AND n.time = m.time)
        ORDER BY symbol, timeframe, time
        """
    }
}
