import Market

/// What candles and indicators hold. Trades beyond it are no trades of an exchange: capture puts them
/// into quarantine, so that they never meet a sum that they would overflow.
package enum DerivationLimits {
    /// Prices are below this, in the quote currency. Twenty squares of their differences fit in 128 bits.
    package static let priceMax = Decimal8(18_000_000_000)
    /// One trade's volume and value are at most this; a thousand million of them fit in 128 bits.
    package static let tradeVolumeMax = Decimal16(10_000_000_000_000)
    /// A candle's volume and value are at most this, so that windows of them can be summed.
    package static let candleVolumeMax = Decimal16(unscaled: 1 << 120)

    /// Nil when the trade can be derived from.
    package static func fault(of trade: Trade) -> IndicatorsError? {
        guard trade.price > .zero, trade.price < priceMax else { return fault("price", trade.price, trade) }
        guard let volume = trade.volume.widened, volume > .zero, volume <= tradeVolumeMax else {
            return fault("volume", trade.volume, trade)
        }
        guard let value = trade.value, value <= tradeVolumeMax else {
            return fault("price × volume of", trade.volume, trade)
        }
        return nil
    }

    private static func fault(_ what: String, _ number: Decimal8, _ trade: Trade) -> IndicatorsError {
        IndicatorsError(
            .outOfRange, "the \(what) \(number) is beyond what candles hold",
            place: "trade \(trade.sequentialID) of \(trade.symbol) at \(trade.time)",
            remedy: "Prices are below \(priceMax), a trade's volume and value at most \(tradeVolumeMax)")
    }
}
