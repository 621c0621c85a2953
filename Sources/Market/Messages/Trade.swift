/// One execution. Its key is (time, symbol, sequentialID); the id's order means nothing.
package struct Trade: Hashable, Sendable {
    /// When it was executed, by the exchange's clock, to the millisecond.
    package var time: Instant
    package var symbol: Symbol
    package var sequentialID: Int64
    package var price: Decimal8
    package var volume: Decimal8
    /// The taker's side.
    package var side: Side
    /// When the exchange published it; nil when it came over REST, which does not say.
    package var publishedAt: Instant?
    /// When we received it, by our clock.
    package var receivedAt: Instant

    package init(
        time: Instant, symbol: Symbol, sequentialID: Int64, price: Decimal8, volume: Decimal8, side: Side,
        publishedAt: Instant? = nil, receivedAt: Instant
    ) {
        self.time = time
        self.symbol = symbol
        self.sequentialID = sequentialID
        self.price = price
        self.volume = volume
        self.side = side
        self.publishedAt = publishedAt
        self.receivedAt = receivedAt
    }

    /// Price × volume, exactly; nil when it does not fit.
    package var value: Decimal16? { price.multiplied(by: volume) }
}
