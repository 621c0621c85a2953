import Market

/// Any message, as a copy that may be kept.
package enum Message: Equatable, Sendable {
    case trade(TradeMessage)
    case ticker(Ticker)
    case orderBook(OrderBook)
    case candle(CandleMessage)
    case status(String)
    case refusal(RefusalMessage)
    case subscriptions(SubscriptionsMessage)

    /// Not a status, a refusal or an answer about subscriptions.
    package var isMarketData: Bool {
        switch self {
        case .trade, .ticker, .orderBook, .candle: true
        case .status, .refusal, .subscriptions: false
        }
    }
}
