import Market

/// What a market can be listened to for.
package enum Channel: Hashable, Sendable, CustomStringConvertible {
    case trade
    case ticker
    case orderBook
    /// Up to four hours; see `Timeframe.streamTypeName`.
    case candle(Timeframe)

    /// The `type` of a request; nil for candles that the WebSocket does not have.
    package var typeName: String? {
        switch self {
        case .trade: "trade"
        case .ticker: "ticker"
        case .orderBook: "orderbook"
        case .candle(let timeframe): timeframe.streamTypeName
        }
    }

    package init?(typeName: some StringProtocol) {
        switch typeName {
        case "trade": self = .trade
        case "ticker": self = .ticker
        case "orderbook": self = .orderBook
        default:
            guard typeName.hasPrefix("candle."), let timeframe = Timeframe(unitName: typeName.dropFirst(7))
            else {
                return nil
            }
            self = .candle(timeframe)
        }
    }

    package var description: String { typeName ?? "candle" }
}
