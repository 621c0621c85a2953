import Market

/// What a market of the built-in exchange is: its names, its size, and when it traded.
package struct MarketSpec: Sendable {
    /// The code that it is traded under now.
    package var symbol: Symbol
    /// The code that it was listed under: what it traded does not change with its name.
    package let origin: Symbol
    package var koreanName: String
    package var englishName: String
    /// In the quote currency.
    package let price: Double
    /// Expected trades a minute on an average day.
    package let tradesPerMinute: Double
    /// Deviation of a minute's price change, as a part of the price.
    package let volatility: Double
    package var listedMinute: Int64
    /// The first minute without trading.
    package var delistedMinute: Int64?
    package var hasWarning: Bool
    package var tickChanges: [TickChange]

    package init(
        symbol: Symbol, koreanName: String, englishName: String, price: Double, tradesPerMinute: Double,
        volatility: Double, listedMinute: Int64
    ) {
        self.symbol = symbol
        origin = symbol
        self.koreanName = koreanName
        self.englishName = englishName
        self.price = price
        self.tradesPerMinute = tradesPerMinute
        self.volatility = volatility
        self.listedMinute = listedMinute
        delistedMinute = nil
        hasWarning = false
        tickChanges = []
    }

    /// What half of the trades are smaller than, in the quote currency.
    var medianTicket: Double {
        switch symbol.quote {
        case "KRW": 123_000
        case "BTC": 0.000_8
        default: 85
        }
    }
}
