/// What the exchange counts together. The raw value is the place in a shared record: never reuse one.
package enum RateGroup: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case market = 0
    case candles = 1
    case trades = 2
    case ticker = 3
    case orderbook = 4
    case exchangeDefault = 5
    case order = 6
    case orderTest = 7
    case orderCancelAll = 8
    case webSocketConnect = 9
    case webSocketMessage = 10

    /// The name in a `Remaining-Req` header, which is not always the documented one.
    package var headerName: String {
        switch self {
        case .market: "market"
        case .candles: "candles"
        case .trades: "crix-trades"
        case .ticker: "ticker"
        case .orderbook: "orderbook"
        case .exchangeDefault: "default"
        case .order: "order"
        case .orderTest: "order-test"
        case .orderCancelAll: "order-cancel-all"
        case .webSocketConnect: "websocket-connect"
        case .webSocketMessage: "websocket-message"
        }
    }

    /// Understands the real and the documented names.
    package init?(headerName: some StringProtocol) {
        switch headerName {
        case "candle": self = .candles
        case "trade", "trades": self = .trades
        default:
            guard let group = RateGroup.allCases.first(where: { $0.headerName == headerName }) else {
                return nil
            }
            self = group
        }
    }

    package var description: String { headerName }
}
