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
}
