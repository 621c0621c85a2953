import Market

/// A market as the exchange lists it.
package struct MarketListing: Hashable, Sendable {
    package var symbol: Symbol
    package var koreanName: String
    package var englishName: String
    /// The exchange advises caution for investors.
    package var hasWarning: Bool
    /// Names of the cautions that are on, such as `PRICE_FLUCTUATIONS`, sorted.
    package var cautions: [String]

    package init(
        symbol: Symbol, koreanName: String, englishName: String, hasWarning: Bool = false,
        cautions: [String] = []
    ) {
        self.symbol = symbol
        self.koreanName = koreanName
        self.englishName = englishName
        self.hasWarning = hasWarning
        self.cautions = cautions
    }
}

/// A market's price steps now, from the exchange itself.
package struct Instrument: Hashable, Sendable {
    package var symbol: Symbol
    package var tickSize: Decimal8
    package var supportedLevels: [Decimal8]

    package init(symbol: Symbol, tickSize: Decimal8, supportedLevels: [Decimal8]) {
        self.symbol = symbol
        self.tickSize = tickSize
        self.supportedLevels = supportedLevels
    }
}

/// A trade of `/trades/ticks`, with what stands beside it.
package struct TradeRow: Hashable, Sendable {
    package var trade: Trade
    package var prevClosingPrice: Decimal8?
    /// Signed, unlike the WebSocket's.
    package var changePrice: Decimal16?

    package init(_ trade: Trade, prevClosingPrice: Decimal8? = nil, changePrice: Decimal16? = nil) {
        self.trade = trade
        self.prevClosingPrice = prevClosingPrice
        self.changePrice = changePrice
    }
}

/// A candle of REST. The newest one may be unfinished.
package struct CandleRow: Hashable, Sendable {
    package var candle: Candle
    /// The publication time of the last trade in it.
    package var lastTickAt: Instant
    /// Days only; the change is signed.
    package var prevClosingPrice: Decimal8?
    package var changePrice: Decimal16?
    package var changeRate: Double?
    /// Weeks and months only.
    package var firstDayOfPeriod: CalendarDate?

    package init(_ candle: Candle, lastTickAt: Instant) {
        self.candle = candle
        self.lastTickAt = lastTickAt
    }
}
