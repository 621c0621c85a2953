import Database
import Indicators
import Market
import Storage

/// `market.markets`, as far as series follow it.
enum ListingTable {
    static func read(on connection: BlockingConnection) throws -> ListingHistory {
        let rows = try connection.prepared(
            """
            SELECT symbol, valid_from, CASE WHEN state = 'DELISTED' THEN valid_to END, renamed_from
            FROM market.markets WHERE state = 'DELISTED' OR renamed_from IS NOT NULL ORDER BY valid_from, symbol
            """, [])
        var history = ListingHistory()
        for row in rows {
            let symbol = try Symbol(row.value(0))
            if let old = try row.optional(3, as: String.self) {
                history.renamed(try Symbol(old), to: symbol, at: try CandleReader.instant(row, 1))
            }
            if let end = try row.optional(2, as: Timestamp.self) {
                history.delisted(symbol, at: Instant(microseconds: end.microseconds))
            }
        }
        return history
    }

    /// Copies what a continuation needs under the new name: candles and indicators of the longest window, the
    /// newest state, the latest row. The candles are not of the new name's trades, so their source is `mixed`.
    static func inherit(_ items: [Inheritance], on connection: BlockingConnection) throws {
        for item in items {
            let start = IndicatorSeries.windowStart(item.from.timeframe, before: item.stateTime)
            let parameters: [DatabaseValue] = [
                DatabaseValue(item.from.symbol), DatabaseValue(item.to.symbol),
                DatabaseValue(item.from.timeframe), DatabaseValue(start), DatabaseValue(item.openStart),
            ]
            let candles = Candle.table(of: item.from.timeframe).qualifiedName
            let columns = (CandleReader.columns + ["vwap"]).filter { $0 != "source" }
            try copy(candles, candles, columns, "source", "'mixed'", parameters, on: connection)
            let indicators = IndicatorTables.table(item.from.timeframe).qualifiedName
            try copy(
                indicators, candles, ["time"] + Indicator.columns, "revision", "0", parameters,
                on: connection)
            try connection.query(
                """
                INSERT INTO market.indicator_states (symbol, timeframe, time, version, state)
                SELECT $2, timeframe, time, version, state FROM market.indicator_states
                WHERE symbol = $1 AND timeframe = $3 AND time = $4 ON CONFLICT DO NOTHING
                """, Array(parameters.prefix(3)) + [DatabaseValue(item.stateTime)])
            try LatestTable.copy(item.from, to: item.to.symbol, on: connection)
        }
    }

    /// Rows from the first candle of the window on, as `CandleReader.window` has it.
    private static func copy(
        _ table: String, _ candles: String, _ columns: [String], _ name: String, _ value: String,
        _ parameters: [DatabaseValue], on connection: BlockingConnection
    ) throws {
        let list = columns.joined(separator: ", ")
        try connection.query(
            """
            INSERT INTO \(table) (symbol, timeframe, \(name), \(list))
            SELECT $2, $3, \(value), \(list) FROM \(table)
            WHERE symbol = $1 AND timeframe = $3 AND time < $5 AND time >= coalesce((
                SELECT max(b.time) FROM \(candles) b
                WHERE b.symbol = $1 AND b.timeframe = $3 AND b.time <= $4), $4)
            ON CONFLICT DO NOTHING
            """, parameters)
    }
}
