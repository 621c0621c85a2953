/// A time table of schema `market`.
package enum TimeTable: String, Sendable, CaseIterable {
    case transactions
    case tickers
    case orderbooks
    case candlesSeconds = "candles_seconds"
    case candlesIntraday = "candles_intraday"
    case candlesLong = "candles_long"
    case technicalIndicatorsSeconds = "technical_indicators_seconds"
    case technicalIndicatorsIntraday = "technical_indicators_intraday"
    case technicalIndicatorsLong = "technical_indicators_long"

    package var name: String { rawValue }
    /// With the schema, for SQL: all names here are plain.
    package var qualifiedName: String { "market." + rawValue }
}
