/// A market's state as the exchange states it. Fields that only the WebSocket has are optional.
///
/// `changePrice` and the sums are what the exchange computed, so they have 16 decimals.
package struct Ticker: Hashable, Sendable {
    /// When the exchange made the message.
    package var time: Instant
    package var symbol: Symbol
    /// The UTC day's prices; `tradePrice` is the last one.
    package var openingPrice: Decimal8
    package var highPrice: Decimal8
    package var lowPrice: Decimal8
    package var tradePrice: Decimal8
    package var prevClosingPrice: Decimal8
    package var change: PriceChange
    /// Without sign; `signedChangePrice` has it.
    package var changePrice: Decimal16
    package var signedChangePrice: Decimal16
    package var changeRate: Double
    package var signedChangeRate: Double
    /// The last trade.
    package var tradeVolume: Decimal8
    package var tradeTime: Instant
    package var side: Side?
    /// Sums since 00:00 UTC.
    package var accVolume: Decimal16
    package var accValue: Decimal16
    /// Sums of the last 24 hours.
    package var accVolume24h: Decimal16
    package var accValue24h: Decimal16
    package var accAskVolume: Decimal16?
    package var accBidVolume: Decimal16?
    package var highest52WeekPrice: Decimal8?
    package var highest52WeekDate: CalendarDate?
    package var lowest52WeekPrice: Decimal8?
    package var lowest52WeekDate: CalendarDate?
    package var marketState: MarketState?
    package var isTradingSuspended: Bool?
    package var hasWarning: Bool?
    package var delistingDate: CalendarDate?
    package var streamType: StreamType?
    package var receivedAt: Instant

    /// A ticker of the symbol with everything zero or absent.
    package init(symbol: Symbol, time: Instant = .epoch, receivedAt: Instant = .epoch) {
        self.time = time
        self.symbol = symbol
        openingPrice = .zero
        highPrice = .zero
        lowPrice = .zero
        tradePrice = .zero
        prevClosingPrice = .zero
        change = .even
        changePrice = .zero
        signedChangePrice = .zero
        changeRate = 0
        signedChangeRate = 0
        tradeVolume = .zero
        tradeTime = .epoch
        accVolume = .zero
        accValue = .zero
        accVolume24h = .zero
        accValue24h = .zero
        self.receivedAt = receivedAt
    }
}
