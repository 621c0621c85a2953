import Market

/// The figures of an interval's trades. Merging is commutative and associative: whatever the order and the
/// grouping of the trades, the result is the same bit for bit, so nothing waits for a trade that is late.
package struct CandleSums: Hashable, Sendable {
    package private(set) var firstTime: Instant
    package private(set) var firstID: Int64
    package private(set) var lastTime: Instant
    package private(set) var lastID: Int64
    package private(set) var open: Decimal8
    package private(set) var high: Decimal8
    package private(set) var low: Decimal8
    package private(set) var close: Decimal8
    package private(set) var volume: Decimal16
    package private(set) var value: Decimal16
    package private(set) var buyVolume: Decimal16
    package private(set) var trades: Int64

    package init(_ trade: Trade) throws(IndicatorsError) {
        guard let volume = trade.volume.widened, let value = trade.value else {
            throw Self.overflow(trade.symbol)
        }
        (firstTime, lastTime) = (trade.time, trade.time)
        (firstID, lastID) = (trade.sequentialID, trade.sequentialID)
        (open, high, low, close) = (trade.price, trade.price, trade.price, trade.price)
        self.volume = volume
        self.value = value
        buyVolume = trade.side == .buy ? volume : .zero
        trades = 1
    }

    /// The figures of a stored candle; nil when the exchange made it, which does not tell them all.
    package init?(_ candle: Candle) {
        guard let firstTime = candle.firstTime, let firstID = candle.firstID, let lastTime = candle.lastTime,
            let lastID = candle.lastID, let buyVolume = candle.buyVolume, let trades = candle.trades
        else { return nil }
        (self.firstTime, self.firstID, self.lastTime, self.lastID) = (firstTime, firstID, lastTime, lastID)
        (open, high, low, close) = (candle.open, candle.high, candle.low, candle.close)
        (volume, value) = (candle.volume, candle.value)
        self.buyVolume = buyVolume
        self.trades = trades
    }

    /// Adds a trade. A sum that does not fit is an error, and nothing is changed.
    @inline(__always)
    package mutating func add(_ trade: Trade) throws(IndicatorsError) {
        guard let volumeAdded = trade.volume.widened, let valueAdded = trade.value,
            let newVolume = volume.adding(volumeAdded), let newValue = value.adding(valueAdded)
        else { throw Self.overflow(trade.symbol) }
        volume = newVolume
        value = newValue
        // Never more than `volume`, so it fits.
        if trade.side == .buy { buyVolume = Decimal16(unscaled: buyVolume.unscaled &+ volumeAdded.unscaled) }
        trades &+= 1
        if trade.price > high { high = trade.price }
        if trade.price < low { low = trade.price }
        if Self.isBefore(trade.time, trade.sequentialID, firstTime, firstID) {
            (firstTime, firstID, open) = (trade.time, trade.sequentialID, trade.price)
        }
        if Self.isBefore(lastTime, lastID, trade.time, trade.sequentialID) {
            (lastTime, lastID, close) = (trade.time, trade.sequentialID, trade.price)
        }
    }

    /// Adds the figures of other trades.
    package mutating func merge(_ other: CandleSums) throws(IndicatorsError) {
        guard let newVolume = volume.adding(other.volume), let newValue = value.adding(other.value) else {
            throw Self.overflow(nil)
        }
        volume = newVolume
        value = newValue
        buyVolume = Decimal16(unscaled: buyVolume.unscaled &+ other.buyVolume.unscaled)
        trades &+= other.trades
        high = max(high, other.high)
        low = min(low, other.low)
        if Self.isBefore(other.firstTime, other.firstID, firstTime, firstID) {
            (firstTime, firstID, open) = (other.firstTime, other.firstID, other.open)
        }
        if Self.isBefore(lastTime, lastID, other.lastTime, other.lastID) {
            (lastTime, lastID, close) = (other.lastTime, other.lastID, other.close)
        }
    }

    package var sellVolume: Decimal16 { Decimal16(unscaled: volume.unscaled &- buyVolume.unscaled) }

    /// As a candle made of trades.
    package func candle(
        _ symbol: Symbol, _ timeframe: Timeframe, at time: Instant, isComplete: Bool, revision: Int64 = 0
    ) -> Candle {
        var candle = Candle(
            time: time, symbol: symbol, timeframe: timeframe, open: open, high: high, low: low, close: close,
            volume: volume, value: value, source: .trades, isComplete: isComplete, revision: revision)
        (candle.trades, candle.buyVolume, candle.sellVolume) = (trades, buyVolume, sellVolume)
        (candle.firstTime, candle.firstID) = (firstTime, firstID)
        (candle.lastTime, candle.lastID) = (lastTime, lastID)
        return candle
    }

    /// Trades of one millisecond are told apart by their ids: any fixed order will do.
    @inline(__always)
    private static func isBefore(_ time: Instant, _ id: Int64, _ otherTime: Instant, _ otherID: Int64) -> Bool
    {
        time < otherTime || (time == otherTime && id < otherID)
    }

    private static func overflow(_ symbol: Symbol?) -> IndicatorsError {
        IndicatorsError(
            .outOfRange, "the sums of a candle do not fit in 128 bits", place: symbol.map { "\($0)" },
            remedy: "Let only trades within DerivationLimits reach the candles")
    }
}
