import Upbit

/// What an address asks for.
enum RESTRoute: Sendable, Equatable {
    case markets
    case candles(CandleUnit)
    case trades
    case tickers
    case allTickers
    case orderBooks
    case instruments
    /// Deprecated in favour of the instruments, and still there.
    case supportedLevels

    /// Nil when the exchange has nothing there.
    init?(_ path: String, _ profile: Profile) {
        switch path {
        case "/v1/market/all": self = .markets
        case "/v1/trades/ticks": self = .trades
        case "/v1/ticker": self = .tickers
        case "/v1/ticker/all" where profile.hasAllTickers: self = .allTickers
        case "/v1/orderbook": self = .orderBooks
        case "/v1/orderbook/instruments" where profile.hasInstruments: self = .instruments
        case "/v1/orderbook/supported_levels" where profile.hasInstruments: self = .supportedLevels
        case "/v1/candles/seconds" where profile.hasSecondCandles: self = .candles(.second)
        case "/v1/candles/days": self = .candles(.day)
        case "/v1/candles/weeks": self = .candles(.week)
        case "/v1/candles/months": self = .candles(.month)
        case "/v1/candles/years" where profile.hasYearCandles: self = .candles(.year)
        default:
            guard path.hasPrefix("/v1/candles/minutes/"), let unit = Int64(path.dropFirst(20)),
                CandleUnit.minuteUnits.contains(unit)
            else { return nil }
            self = .candles(.minutes(unit))
        }
    }

    var group: RateGroup {
        switch self {
        case .markets: .market
        case .candles: .candles
        case .trades: .trades
        case .tickers, .allTickers: .ticker
        case .orderBooks, .instruments, .supportedLevels: .orderbook
        }
    }
}
