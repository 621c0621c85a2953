import Market

/// What trades of one market come to: prices in counts of 10⁻⁸, sums exact.
package struct TradeSummary: Sendable, Equatable {
    package var trades: Int64 = 0
    package var open: Int64 = 0
    package var high: Int64 = 0
    package var low: Int64 = 0
    package var close: Int64 = 0
    /// × 10⁻⁸.
    package var volume: Int128 = 0
    package var buyVolume: Int128 = 0
    /// × 10⁻¹⁶.
    package var value: Int128 = 0
    /// When the last trade was executed.
    package var lastMilliseconds: Int64 = 0

    package init() {}

    package var isEmpty: Bool { trades == 0 }

    /// Adds a trade that comes after all others.
    package mutating func add(_ trade: ModelTrade) {
        if trades == 0 {
            open = trade.price
            high = trade.price
            low = trade.price
        }
        high = max(high, trade.price)
        low = min(low, trade.price)
        close = trade.price
        trades += 1
        volume += trade.volume
        if trade.isBuy { buyVolume += trade.volume }
        value += Int128(trade.price) * trade.volume
        lastMilliseconds = trade.milliseconds
    }

    /// Adds what comes after all that is in it.
    package mutating func add(_ later: TradeSummary) {
        guard !later.isEmpty else { return }
        guard !isEmpty else {
            self = later
            return
        }
        high = max(high, later.high)
        low = min(low, later.low)
        close = later.close
        trades += later.trades
        volume += later.volume
        buyVolume += later.buyVolume
        value += later.value
        lastMilliseconds = later.lastMilliseconds
    }
}
