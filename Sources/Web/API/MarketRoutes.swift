import Database
import Market
import Network

/// The addresses of market data.
struct MarketRoutes: Sendable {
    /// Rows of one answer.
    static let rowsMax = 1_000
    static let offsetMax = 1_000_000
    static let symbolsMax = 20

    let database: MarketDatabase

    var routes: [Route] { [markets, candles, indicators, latest, orderBook, gaps, reconciliations] }

    static let symbol = Parameter("symbol", .symbol, isRequired: true, "Market, such as KRW-BTC")
    static let timeframe = Parameter(
        "timeframe", .timeframe, standard: "1m", "Length of a candle; 1m unless given")
    static let from = Parameter("from", .time, "Start of the range: ISO 8601 or Unix seconds")
    static let to = Parameter("to", .time, "End of the range, not included: ISO 8601 or Unix seconds")
    static let limit = Parameter(
        "limit", .integer(1...rowsMax), standard: "500", "At most so many rows; 500 unless given")
    static let offset = Parameter(
        "offset", .integer(0...offsetMax), standard: "0",
        "So many rows are left out: next_offset of the page before")
    private static let unknownMarket = [404: "there is no such market"]
    private static let someSymbol = Parameter("symbol", .symbol, "Only this market")

    private var markets: Route {
        Route(
            "/api/markets", "Markets with last price, previous day's close and the last hour's closes",
            [
                Parameter(
                    "quote", .choice(["KRW", "BTC", "USDT", "SGD", "IDR", "THB"]), "Only markets in it"),
                Parameter("sparkline", .boolean, standard: "true", "Whether with the last hour's closes"),
            ],
            schema: Schemas.object([("markets", Schemas.list(Schemas.market))]), sharedMilliseconds: 2_000
        ) { [database] arguments in
            try await Self.json(
                database.text(MarketQueries.list, [arguments["quote"], arguments["sparkline"]]))
        }
    }

    private var candles: Route {
        Route(
            "/api/candles", "Candles of a market, the newest of the range, in the order of time",
            [
                Self.symbol, Self.timeframe, Self.from, Self.to, Self.limit,
                Parameter(
                    "filled", .boolean, standard: "false",
                    "Whether intervals without a trade repeat the close before them"),
            ],
            schema: Schemas.object([
                ("symbol", Schemas.text), ("timeframe", Schemas.text),
                ("candles", Schemas.list(Schemas.candle)),
                ("next_to", Schemas.optionalTime),
            ]), statuses: Self.unknownMarket, sharedMilliseconds: 500
        ) { [database] arguments in
            var range = (arguments["from"], arguments["to"])
            let isFilled = arguments.isTrue("filled")
            if isFilled { range = Self.boundedRange(arguments, now: WallClock.unixMicroseconds()) }
            return try await Self.marketJSON(
                database.text(
                    isFilled ? CandleQueries.filled : CandleQueries.stored,
                    [
                        arguments["symbol"], arguments["timeframe"], range.0, range.1, arguments["limit"],
                    ]), arguments)
        }
    }

    /// Filling makes a row for each interval, so the range holds no more of them than are asked for.
    static func boundedRange(
        _ arguments: Arguments, now: Int64
    ) -> (DatabaseValue, DatabaseValue) {
        let timeframe = arguments.text("timeframe").flatMap { Timeframe(rawValue: $0) } ?? .minute1
        let intervals = Int64(max(1, arguments.integer("limit")))
        // Months count as the longest; the statement takes the newest rows of what is too many.
        let length = (timeframe.seconds ?? 31 * 86_400) * 1_000_000
        let end = min(arguments.microseconds("to") ?? .max, now + 1_000_000)
        let start = max(arguments.microseconds("from") ?? .min, end - intervals * length)
        return (.timestamp(microseconds: start), .timestamp(microseconds: end))
    }

    private var indicators: Route {
        Route(
            "/api/indicators", "Indicators of a market, the newest of the range, in the order of time",
            [
                Self.symbol, Self.timeframe, Self.from, Self.to, Self.limit,
                Parameter("names", .choices(IndicatorColumns.all), "Only these; all unless given"),
            ],
            schema: Schemas.object([
                ("symbol", Schemas.text), ("timeframe", Schemas.text),
                (
                    "indicators",
                    Schemas.list(
                        Schemas.object([
                            ("time", Schemas.time), ("revision", Schemas.integer),
                            ("closed", Schemas.boolean),
                        ]))
                ),
                ("next_to", Schemas.optionalTime),
            ]), statuses: Self.unknownMarket, sharedMilliseconds: 500
        ) { [database] arguments in
            let chosen = arguments.texts("names")
            return try await Self.marketJSON(
                database.text(
                    CandleQueries.indicators(chosen.isEmpty ? IndicatorColumns.all : chosen),
                    [
                        arguments["symbol"], arguments["timeframe"], arguments["from"], arguments["to"],
                        arguments["limit"],
                    ]), arguments)
        }
    }

    private var latest: Route {
        Route(
            "/api/indicators/latest",
            "The newest closed and the provisional values, with the age of their data",
            [
                Parameter("symbol", .symbols(countMax: Self.symbolsMax), "Only these markets"),
                Parameter("timeframe", .timeframe, "Only this length of a candle"),
                Self.limit, Self.offset,
            ],
            schema: Schemas.object([
                (
                    "indicators",
                    Schemas.list(
                        Schemas.object([
                            ("symbol", Schemas.text), ("timeframe", Schemas.text),
                            ("data_time", Schemas.time),
                            ("age_seconds", Schemas.number), ("complete", Schemas.boolean),
                            ("revision", Schemas.integer),
                        ]))
                ),
                ("next_offset", Schemas.optionalInteger),
            ]), sharedMilliseconds: 500
        ) { [database] arguments in
            try await Self.json(
                database.text(
                    CandleQueries.latest,
                    [arguments["symbol"], arguments["timeframe"], arguments["limit"], arguments["offset"]]))
        }
    }

    private var orderBook: Route {
        Route(
            "/api/orderbook", "The newest order book of a market, best prices first", [Self.symbol],
            schema: Schemas.orderBook, statuses: [404: "no order book of the last hour"],
            sharedMilliseconds: 500
        ) { [database] arguments in
            let symbol = arguments.text("symbol") ?? ""
            let text = try await database.text(MarketQueries.books, [.textArray([symbol])]) ?? "[]"
            guard text != "[]" else {
                throw WebError(
                    .request, "there is no order book of \(symbol) of the last hour",
                    place: "query parameter symbol", remedy: "/api/markets lists the markets.", status: 404)
            }
            return .json(String(text.dropFirst().dropLast()))
        }
    }

    private var gaps: Route {
        Route(
            "/api/gaps", "Times for which data is or was missing, newest first",
            [
                Self.someSymbol,
                Parameter("status", .choice(["open", "filled", "unfillable"]), "Only these"),
                Self.from, Self.to, Self.limit, Self.offset,
            ],
            schema: Schemas.object([
                ("gaps", Schemas.list(Schemas.gap)), ("next_offset", Schemas.optionalInteger),
            ]), sharedMilliseconds: 1_000
        ) { [database] arguments in
            try await Self.json(database.text(ProofQueries.gaps, Self.pageValues(arguments)))
        }
    }

    private var reconciliations: Route {
        Route(
            "/api/reconciliations", "Our trades against the exchange's own figures, newest first",
            [
                Self.someSymbol,
                Parameter(
                    "status",
                    .choice(["proven", "proven_empty", "boundary", "different", "repaired", "unprovable"]),
                    "Only these"),
                Self.from, Self.to, Self.limit, Self.offset,
            ],
            schema: Schemas.object([
                ("reconciliations", Schemas.list(Schemas.reconciliation)),
                ("next_offset", Schemas.optionalInteger),
            ]), sharedMilliseconds: 1_000
        ) { [database] arguments in
            try await Self.json(database.text(ProofQueries.reconciliations, Self.pageValues(arguments)))
        }
    }

    private static func pageValues(_ arguments: Arguments) -> [DatabaseValue] {
        ["symbol", "status", "from", "to", "limit", "offset"].map { arguments[$0] }
    }

    private static func json(_ text: String?) throws(WebError) -> HTTPResponse {
        guard let text else {
            throw WebError(
                .request, "the database returned nothing", remedy: "Run `yeoul db status`", status: 503)
        }
        return .json(text)
    }

    private static func marketJSON(_ text: String?, _ arguments: Arguments) throws(WebError) -> HTTPResponse {
        guard let text else {
            throw WebError(
                .request, "there is no market \(arguments.text("symbol") ?? "")",
                place: "query parameter symbol", remedy: "/api/markets lists the markets.", status: 404)
        }
        return .json(text)
    }
}
