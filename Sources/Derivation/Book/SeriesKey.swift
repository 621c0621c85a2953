import Market

/// One market's candles of one timeframe.
package struct SeriesKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var symbol: Symbol
    package var timeframe: Timeframe

    package init(_ symbol: Symbol, _ timeframe: Timeframe) {
        self.symbol = symbol
        self.timeframe = timeframe
    }

    package var description: String { "\(symbol) \(timeframe)" }

    package static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        left.symbol == right.symbol ? left.timeframe < right.timeframe : left.symbol < right.symbol
    }
}
