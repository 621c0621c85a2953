import Market

/// What indicators read of a candle, in integers: prices × 10⁸, volume and value × 10¹⁶.
package struct IndicatorInput: Sendable, Equatable {
    // High and low are read together: a pair that lies across two others is slow to load just after a copy.
    package var high: Int64
    package var low: Int64
    package var close: Int64
    /// The candle's day since 1970, UTC: the Upbit day.
    package var day: Int64
    package var volume: Int128
    package var value: Int128

    package init(_ candle: Candle) throws(IndicatorsError) {
        let limit = DerivationLimits.self
        guard candle.low > .zero, candle.high < limit.priceMax, candle.low <= candle.close,
            candle.close <= candle.high, !candle.volume.isNegative, !candle.value.isNegative,
            candle.volume <= limit.candleVolumeMax, candle.value <= limit.candleVolumeMax
        else {
            throw IndicatorsError(
                .outOfRange, "a candle's figures are beyond what indicators hold",
                place: "\(candle.symbol) \(candle.timeframe) \(candle.time)",
                remedy: "Prices are above 0 and below \(limit.priceMax): look where this candle came from")
        }
        day = Self.day(of: candle.time)
        high = Int64(truncatingIfNeeded: candle.high.unscaled)
        low = Int64(truncatingIfNeeded: candle.low.unscaled)
        close = Int64(truncatingIfNeeded: candle.close.unscaled)
        volume = candle.volume.unscaled
        value = candle.value.unscaled
    }

    /// The candle of an interval without a trade: the close before, no volume.
    init(filling time: Instant, close: Int64) {
        day = Self.day(of: time)
        (high, low, self.close) = (close, close, close)
        (volume, value) = (0, 0)
    }

    static func day(of time: Instant) -> Int64 {
        let seconds = time.seconds
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }
}
