/// The whole order book of a market to the depth that was asked for. About 2 kB, stored inline.
package struct OrderBook: Sendable, Equatable {
    package var time: Instant
    package var symbol: Symbol
    /// Offers to sell, the lowest price first.
    package var asks: BookSide
    /// Offers to buy, the highest price first.
    package var bids: BookSide
    /// The exchange's sums over the levels.
    package var totalAskVolume: Decimal16
    package var totalBidVolume: Decimal16
    /// The size of the price buckets; zero is the market's own tick.
    package var level: Decimal8?
    package var streamType: StreamType?
    package var receivedAt: Instant

    package init(symbol: Symbol, time: Instant = .epoch, receivedAt: Instant = .epoch) {
        self.time = time
        self.symbol = symbol
        asks = BookSide()
        bids = BookSide()
        totalAskVolume = .zero
        totalBidVolume = .zero
        self.receivedAt = receivedAt
    }

    /// Lowest ask − highest bid; nil when a side is empty.
    package var spread: Decimal8? {
        guard let ask = asks.best, let bid = bids.best else { return nil }
        return ask.price.subtracting(bid.price)
    }

    /// Halfway between the best prices, exactly; nil when a side is empty.
    package var midPrice: Decimal16? {
        guard let ask = asks.best, let bid = bids.best, let sum = ask.price.adding(bid.price)?.widened
        else { return nil }
        return Decimal16(unscaled: sum.unscaled / 2)
    }
}
