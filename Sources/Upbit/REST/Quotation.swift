import Market

/// The requests that need no key. Answers are read by `RESTDecoder`.
package struct Quotation: Hashable, Sendable {
    package static let candlesMax = 200
    package static let tradesMax = 500
    package static let daysAgoMax = 7
    /// More codes would make the address longer than servers take.
    package static let marketsMax = 200

    package let profile: Profile

    package init(_ profile: Profile) { self.profile = profile }

    private func name(_ snake: String, _ camel: String) -> String { profile.usesCamelCase ? camel : snake }

    /// Every market, with its warnings.
    package func markets() -> RESTRequest {
        RESTRequest(.market, "/v1/market/all", [(name("is_details", "isDetails"), "true")])
    }

    /// Candles before `end` (exclusive; nil is now), newest first.
    package func candles(
        _ symbol: Symbol, _ timeframe: Timeframe, before end: Instant? = nil, count: Int = candlesMax
    ) throws(UpbitError) -> RESTRequest {
        guard profile.offers(timeframe) else {
            throw UpbitError(.badRequest, "\(profile.name) has no candles of \(timeframe)")
        }
        try check(count, 1...Self.candlesMax, "candles")
        let unit =
            switch timeframe {
            case .second1: "seconds"
            case .day1: "days"
            case .week1: "weeks"
            case .month1: "months"
            default: "minutes/\((timeframe.seconds ?? 60) / 60)"
            }
        return RESTRequest(
            .candles, "/v1/candles/\(unit)",
            [("market", symbol.description), ("to", end.map(profile.candleEnd)), ("count", "\(count)")])
    }

    /// Candles of whole years, which only REST has and which are no timeframe of ours.
    package func yearCandles(
        _ symbol: Symbol, before end: Instant? = nil, count: Int = candlesMax
    ) throws(UpbitError) -> RESTRequest {
        guard profile.hasYearCandles else {
            throw UpbitError(.badRequest, "\(profile.name) has no candles of years")
        }
        try check(count, 1...Self.candlesMax, "candles")
        return RESTRequest(
            .candles, "/v1/candles/years",
            [("market", symbol.description), ("to", end.map(profile.candleEnd)), ("count", "\(count)")])
    }

    /// Trades before the one with the id `cursor`, newest first. `daysAgo` is the UTC day of the trades
    /// wanted: nil is today, and a cursor of another day needs it.
    package func trades(
        _ symbol: Symbol, cursor: Int64? = nil, daysAgo: Int? = nil, before time: CivilTime? = nil,
        count: Int = tradesMax
    ) throws(UpbitError) -> RESTRequest {
        try check(count, 1...Self.tradesMax, "trades")
        if let daysAgo { try check(daysAgo, 1...Self.daysAgoMax, "days ago") }
        return RESTRequest(
            .trades, "/v1/trades/ticks",
            [
                ("market", symbol.description), ("to", time.map { String($0.text.dropFirst(11).prefix(8)) }),
                ("count", "\(count)"), ("cursor", cursor.map { "\($0)" }),
                (name("days_ago", "daysAgo"), daysAgo.map { "\($0)" }),
            ])
    }

    /// The `daysAgo` that reaches `instant` at the exchange's time `now`; nil for today.
    /// Throws when it is further back than the exchange keeps trades.
    package static func daysAgo(of instant: Instant, now: Instant) throws(UpbitError) -> Int? {
        let today = CivilTime(now).date.daysSinceEpoch
        let days = today - CivilTime(instant).date.daysSinceEpoch
        guard days <= daysAgoMax else {
            throw UpbitError(
                .badRequest,
                "trades of \(CivilTime(instant).date) are gone: the exchange keeps \(daysAgoMax) days")
        }
        return days <= 0 ? nil : days
    }

    package func tickers(_ symbols: [Symbol]) throws(UpbitError) -> RESTRequest {
        RESTRequest(.ticker, "/v1/ticker", [("markets", try list(symbols))])
    }

    /// The tickers of all markets with these quote currencies.
    package func allTickers(quotes: [String]) throws(UpbitError) -> RESTRequest {
        guard profile.hasAllTickers else {
            throw UpbitError(
                .badRequest, "\(profile.name) has no request for all tickers", remedy: "Name the markets.")
        }
        guard !quotes.isEmpty else { throw UpbitError(.badRequest, "all tickers of no quote currency") }
        return RESTRequest(
            .ticker, "/v1/ticker/all",
            [(name("quote_currencies", "quoteCurrencies"), quotes.joined(separator: ","))])
    }

    package func orderBooks(
        _ symbols: [Symbol], level: Decimal8? = nil, count: Int = BookSide.levelsMax
    ) throws(UpbitError) -> RESTRequest {
        try check(count, 1...BookSide.levelsMax, "levels")
        return RESTRequest(
            .orderbook, "/v1/orderbook",
            [("markets", try list(symbols)), ("level", level?.description), ("count", "\(count)")])
    }

    /// Tick sizes and price levels.
    package func instruments(_ symbols: [Symbol]) throws(UpbitError) -> RESTRequest {
        guard profile.hasInstruments else {
            throw UpbitError(.badRequest, "\(profile.name) does not tell its tick sizes")
        }
        return RESTRequest(.orderbook, "/v1/orderbook/instruments", [("markets", try list(symbols))])
    }

    private func list(_ symbols: [Symbol]) throws(UpbitError) -> String {
        try check(symbols.count, 1...Self.marketsMax, "markets")
        return symbols.map(\.description).joined(separator: ",")
    }

    private func check(_ number: Int, _ range: ClosedRange<Int>, _ what: String) throws(UpbitError) {
        guard range.contains(number) else {
            throw UpbitError(
                .badRequest, "\(number) \(what) in one request",
                remedy: "Ask for \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
