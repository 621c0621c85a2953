import Market

/// All markets going forward in time together. Pure: time comes in, events come out.
package struct Venue: Sendable {
    /// Candle frames follow a second's end by this.
    private static let secondDelayMilliseconds: Int64 = 7

    private var markets: [LiveMarket]
    private var numbers: [Symbol: Int] = [:]
    // Source 2n is market n's trades, 2n + 1 its book; the last is the second's end.
    private var queue = EventQueue()
    private var watchedBooks: Set<Int> = []
    /// Everything published up to here has been taken.
    package private(set) var now: Int64

    package init(_ models: [MarketModel], now: Int64) {
        self.now = now
        markets = models.map { LiveMarket($0, seen: now) }
        for (number, model) in models.enumerated() {
            numbers[model.spec.symbol] = number
            queue.add(2 * number, at: markets[number].nextPublication)
        }
        queue.add(.max, at: (now / 1_000 + 1) * 1_000 + Self.secondDelayMilliseconds)
    }

    package var count: Int { markets.count }

    /// The number of the market that is traded under `symbol` now.
    package func number(of symbol: Symbol) -> Int? {
        guard let number = numbers[symbol] else { return nil }
        let isDelisted = spec(number).delistedMinute.map { now >= $0 * 60_000 } ?? false
        return isDelisted ? nil : number
    }
    package func spec(_ market: Int) -> MarketSpec { markets[market].model.spec }
    package func model(_ market: Int) -> MarketModel { markets[market].model }
    package func book(_ market: Int) -> BookModel { markets[market].book }
    package func last(_ market: Int) -> ModelTrade? { markets[market].last }

    /// The last price before today.
    package mutating func previousClose(_ market: Int) -> Int64 {
        markets[market].closeOfPreviousDay(now: last(market)?.milliseconds ?? now)
    }

    package mutating func ticker(_ market: Int) -> TickerFigures? {
        markets[market].ticker(now: now)
    }

    /// The market's own history, for what is asked beside the stream.
    package func history(_ market: Int) -> MarketHistory { markets[market].history }

    /// Whether somebody wants the market's book: only then are its events made.
    package mutating func watchBook(_ market: Int, _ isWatched: Bool) {
        guard watchedBooks.contains(market) != isWatched else { return }
        if isWatched {
            watchedBooks.insert(market)
            queue.add(2 * market + 1, at: nextBook(market))
        } else {
            watchedBooks.remove(market)
            queue.remove(2 * market + 1)
        }
    }

    /// When the next event is due.
    package var nextEvent: Int64 { queue.nearest ?? .max }

    /// The next event due by `time`, or nil; then `now` is `time`.
    package mutating func next(by time: Int64) -> VenueEvent? {
        while let due = queue.nearest, due <= time, let source = queue.nearestSource {
            now = max(now, due)
            if source == .max {
                queue.moveFirst(to: due + 1_000)
                return .second(milliseconds: due)
            }
            let market = source / 2
            if source & 1 == 1 {
                queue.moveFirst(to: due + markets[market].book.periodMilliseconds)
                return .book(market: market, milliseconds: due)
            }
            let trade = markets[market].take()
            queue.moveFirst(to: markets[market].nextPublication)
            if let trade { return .trade(market: market, trade, published: due) }
        }
        now = max(now, time)
        return nil
    }

    /// Adds a market, or goes on with a changed one of the same number.
    package mutating func put(_ model: MarketModel, as market: Int?) {
        if let market {
            numbers[markets[market].model.spec.symbol] = nil
            markets[market].replace(model, seen: now)
            queue.remove(2 * market)
            queue.add(2 * market, at: markets[market].nextPublication)
            numbers[model.spec.symbol] = market
        } else {
            markets.append(LiveMarket(model, seen: now))
            let market = markets.count - 1
            numbers[model.spec.symbol] = market
            queue.add(2 * market, at: markets[market].nextPublication)
        }
    }

    private func nextBook(_ market: Int) -> Int64 {
        let period = markets[market].book.periodMilliseconds
        return (now / period + 1) * period
    }
}
