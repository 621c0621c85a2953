import Market
import Upbit

extension RESTEngine {
    private static let dayMilliseconds: Int64 = 86_400_000
    /// Candles of a second are kept for three months.
    private static let secondCandlesDays: Int64 = 92

    mutating func body(_ route: RESTRoute, _ query: RESTQuery) throws(RESTRefusal) -> [UInt8] {
        switch route {
        case .markets: markets(query)
        case .candles(let unit): try candles(unit, query)
        case .trades: try trades(query)
        case .tickers: RESTEncoder.tickers(tickers(try markets(named: query)))
        case .allTickers: RESTEncoder.tickers(tickers(try markets(quotedIn: query)))
        case .orderBooks: try orderBooks(query)
        case .instruments: RESTEncoder.instruments(instruments(try markets(named: query)))
        case .supportedLevels: RESTEncoder.supportedLevels(instruments(try markets(named: query)))
        }
    }

    private func markets(_ query: RESTQuery) -> [UInt8] {
        let listed = histories.lazy.map(\.model.spec).filter(isListed)
        let listings = listed.map { spec in
            MarketListing(
                symbol: spec.symbol, koreanName: spec.koreanName, englishName: spec.englishName,
                hasWarning: spec.hasWarning)
        }
        let hasDetails = query.text("is_details", "isDetails") == "true"
        return RESTEncoder.markets(Array(listings), hasDetails: hasDetails)
    }

    private func markets(named query: RESTQuery) throws(RESTRefusal) -> [Int] {
        var numbers: [Int] = []
        for code in try query.required("markets").split(separator: ",", omittingEmptySubsequences: false) {
            numbers.append(try number(String(code)))
        }
        return numbers
    }

    private func markets(quotedIn query: RESTQuery) throws(RESTRefusal) -> [Int] {
        guard let text = query.text("quote_currencies", "quoteCurrencies"), !text.isEmpty else {
            throw .missing
        }
        let quotes = Set(text.split(separator: ",").map(String.init))
        return histories.indices.filter {
            let spec = histories[$0].model.spec
            return quotes.contains(spec.symbol.quote) && isListed(spec)
        }
    }

    private mutating func candles(_ unit: CandleUnit, _ query: RESTQuery) throws(RESTRefusal) -> [UInt8] {
        let market = try number(try query.required("market"))
        let count = try query.count(
            max: Quotation.candlesMax, standard: 1, clamps: questions.clampsCount)
        let end = try query.candleEnd(profile) ?? seen + 1
        let visible = seenByReplica(unit.replica)
        let oldest = unit == .second ? seen - Self.secondCandlesDays * Self.dayMilliseconds : 0
        let found = histories[market].candles(
            unit, before: min(end, seen + 1), seen: visible, count: count, notBefore: oldest,
            clock: questions.candleClock)
        let translation = Translation(spec: histories[market].model.spec)
        let rows = found.map { figures in
            var previous: Int64?
            if unit == .day {
                previous = histories[market].closeBefore(
                    day: figures.start / Self.dayMilliseconds, seen: visible)
            }
            return translation.row(
                figures, unit, model: histories[market].model, previousClose: previous)
        }
        return RESTEncoder.candles(rows)
    }

    private mutating func trades(_ query: RESTQuery) throws(RESTRefusal) -> [UInt8] {
        let market = try number(try query.required("market"))
        let count = try query.count(max: Quotation.tradesMax, standard: 1, clamps: questions.clampsCount)
        let daysAgo = try query.integer("days_ago", "daysAgo") ?? 0
        guard (0...Int64(Quotation.daysAgoMax)).contains(daysAgo) else { throw .invalid }
        let cursor = try query.integer("cursor")
        let day = seen / Self.dayMilliseconds - daysAgo
        let start = day * Self.dayMilliseconds
        var end = start + Self.dayMilliseconds
        if let time = try query.timeOfDay() { end = start + time }
        if let cursor { end = min(end, cursor / ModelTrade.perMillisecondMax + 1) }
        let translation = Translation(spec: histories[market].model.spec)
        let symbol = translation.spec.symbol
        let model = histories[market].model
        let previous = histories[market].closeBefore(day: day, seen: seen)
        let mayLose = fates.mayLose
        let fates = fates
        var rows: [TradeRow] = []
        histories[market].walkBack(from: start, to: end, seen: seen) { trade in
            if let cursor, trade.sequentialID >= cursor { return true }
            if mayLose {
                let published = model.publication(trade.milliseconds)
                if fates.fate(trade, of: symbol, published: published) == .lost { return true }
            }
            rows.append(translation.row(trade, previousClose: previous))
            return rows.count < count
        }
        return RESTEncoder.trades(rows)
    }

    private mutating func tickers(_ markets: [Int]) -> [Ticker] {
        var tickers: [Ticker] = []
        for market in markets {
            guard let figures = histories[market].ticker(seen: seen) else { continue }
            tickers.append(
                Translation(spec: histories[market].model.spec).ticker(
                    figures, milliseconds: seen, nil))
        }
        return tickers
    }

    private mutating func orderBooks(_ query: RESTQuery) throws(RESTRefusal) -> [UInt8] {
        let markets = try markets(named: query)
        let depth = try query.count(
            max: BookSide.levelsMax, standard: BookSide.levelsMax, clamps: questions.clampsCount)
        var level: Int64 = 0
        if let text = query.text("level"), !text.isEmpty {
            guard let amount = try? Decimal8(text) else { throw .mistyped }
            level = Int64(clamping: amount.unscaled)
        }
        var books: [OrderBook] = []
        for market in markets {
            let model = histories[market].model
            guard let last = histories[market].lastTrade(seen: seen) else { continue }
            let levels = PriceLevels.supported(model, price: last.price, minute: seen / 60_000)
            // An unknown level is answered with nothing, not with an error.
            guard levels.contains(level) else { continue }
            books.append(
                Translation(spec: model.spec).orderBook(
                    BookModel(model), after: last, milliseconds: seen, depth: depth, level: level,
                    thinBook: questions.thinBook, nil))
        }
        return RESTEncoder.orderBooks(books)
    }

    private mutating func instruments(_ markets: [Int]) -> [Instrument] {
        var instruments: [Instrument] = []
        for market in markets {
            let model = histories[market].model
            let minute = seen / 60_000
            guard let last = histories[market].lastTrade(seen: seen) else { continue }
            let tick = model.ticks.tick(at: last.price, minute: minute)
            let levels = PriceLevels.supported(model, price: last.price, minute: minute)
            instruments.append(
                Instrument(
                    symbol: model.spec.symbol, tickSize: Decimal8(unscaled: Int128(tick)),
                    supportedLevels: levels.map { Decimal8(unscaled: Int128($0)) }))
        }
        return instruments
    }
}

extension CandleUnit {
    /// Which replica answers for it.
    var replica: Int64 {
        switch self {
        case .second: 0
        case .minutes: 1
        case .day, .week: 2
        case .month, .year: 3
        }
    }
}
