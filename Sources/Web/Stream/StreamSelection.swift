/// What a client chose in the stream's address.
struct StreamSelection: Sendable, Equatable {
    static let symbolsMax = 20

    static let parameters = [
        Parameter("symbols", .symbols(countMax: symbolsMax), "Markets to follow, with commas between"),
        Parameter("timeframe", .timeframe, standard: "1m", "Length of a candle; 1m unless given"),
        Parameter(
            "channels", .choices(["markets", "status", "candles", "indicators", "book"]),
            standard: "candles,indicators,book", "What to follow, with commas between"),
    ]

    let topics: Set<StreamTopic>

    init(_ arguments: Arguments) throws(WebError) {
        let symbols = arguments.texts("symbols")
        let timeframe = arguments.text("timeframe") ?? "1m"
        var topics: Set<StreamTopic> = [.problem]
        for channel in arguments.texts("channels") {
            switch channel {
            case "markets": topics.insert(.markets)
            case "status": topics.insert(.status)
            default:
                guard !symbols.isEmpty else {
                    throw .parameter(
                        "symbols", "the channel \(channel) needs markets",
                        remedy: "Add symbols=KRW-BTC, or leave the channel out.")
                }
                for symbol in symbols {
                    switch channel {
                    case "candles": topics.insert(.candles(symbol: symbol, timeframe: timeframe))
                    case "indicators": topics.insert(.indicators(symbol: symbol, timeframe: timeframe))
                    default: topics.insert(.book(symbol: symbol))
                    }
                }
            }
        }
        self.topics = topics
    }
}
