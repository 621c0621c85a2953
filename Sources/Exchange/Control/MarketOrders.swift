import Market

/// Markets that are made while the exchange runs.
enum MarketOrders {
    /// A market of middling size that starts trading at `minute`.
    static func listed(_ code: String, at minute: Int64) throws -> MarketSpec {
        let symbol = try Symbol(code)
        let price: Double =
            switch symbol.quote {
            case "KRW": 1_234
            case "BTC": 0.000_011
            case "USDT": 0.85
            default:
                throw ExchangeError(
                    .badSetting, "\(symbol.quote) is no quote currency here", at: "list",
                    remedy: "Quote in KRW, BTC or USDT.")
            }
        return MarketSpec(
            symbol: symbol, koreanName: symbol.base, englishName: symbol.base, price: price,
            tradesPerMinute: 30, volatility: 0.001, listedMinute: minute)
    }
}
