import Market

/// One market's candles of one timeframe.
package struct SeriesKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var symbol: Symbol
    package var timeframe: Timeframe

    package init(_ symbol: Symbol, _ timeframe: Timeframe) {
        self.symbol = symbol
        self.timeframe = timeframe
    }

    package static func == (left: SeriesKey, right: SeriesKey) -> Bool {
        left.symbol == right.symbol && left.timeframe == right.timeframe
    }

    /// By the timeframe's length: its word, which is what it is by itself, takes many times as long.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(symbol)
        hasher.combine(timeframe.seconds ?? 0)
    }

    package var description: String { "\(symbol) \(timeframe)" }

    package static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        left.symbol == right.symbol ? left.timeframe < right.timeframe : left.symbol < right.symbol
    }
}
