import Database
import Indicators
import Market
import Storage

/// Rows of technical_indicators.
package enum IndicatorTables {
    package struct Entry: Sendable {
        package var key: SeriesKey
        package var time: Instant
        package var values: IndicatorValues
    }

    /// What one statement writes at most: bounds its memory.
    static let rowsMax = 2_000

    static let layout = Columns.Layout(
        [("time", Columns.Kind.time), ("symbol", .text), ("timeframe", .text)]
            + Indicator.columns.map { ($0, Columns.Kind.double) })

    static func table(_ timeframe: Timeframe) -> TimeTable {
        switch Candle.table(of: timeframe) {
        case .candlesSeconds: .technicalIndicatorsSeconds
        case .candlesLong: .technicalIndicatorsLong
        default: .technicalIndicatorsIntraday
        }
    }

    /// A row that is there already gets the new values and a higher revision, unless nothing changed.
    static func write(_ entries: [Entry], on connection: BlockingConnection) throws {
        let families = Dictionary(grouping: entries) { table($0.key.timeframe) }
        for (table, group) in families.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let sorted = group.sorted { ($0.key, $0.time) < ($1.key, $1.time) }
            for start in stride(from: 0, to: sorted.count, by: rowsMax) {
                let rows = sorted[start..<min(start + rowsMax, sorted.count)].map(fields)
                try connection.prepared(statement(table), layout.parameters(rows))
            }
        }
    }

    private static func fields(_ entry: Entry) -> [DatabaseValue] {
        [DatabaseValue(entry.time), DatabaseValue(entry.key.symbol), DatabaseValue(entry.key.timeframe)]
            + Indicator.allCases.map { DatabaseValue(entry.values[$0]) }
    }

    private static func statement(_ table: TimeTable) -> String {
        let changes = Indicator.columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let ours = Indicator.columns.map { "i.\($0)" }.joined(separator: ", ")
        let news = Indicator.columns.map { "excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO \(table.qualifiedName) AS i (\(layout.list))
            SELECT \(layout.list) FROM \(layout.source)
            ON CONFLICT (symbol, timeframe, time) DO UPDATE SET \(changes), revision = i.revision + 1
            WHERE (\(ours)) IS DISTINCT FROM (\(news))
            """
    }
}
