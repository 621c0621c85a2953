/// A market going forward in time: its next trade, and figures that each trade adds to.
struct LiveMarket: Sendable {
    /// How far ahead the next trade is looked for before the search is put off.
    private static let searchMinutesMax: Int64 = 1_440

    private(set) var history: MarketHistory
    let book: BookModel

    private var trades: TradeIterator
    private var minute: Int64
    private(set) var next: ModelTrade?
    /// When `next` is published, or when to look for it again.
    private(set) var nextPublication: Int64 = 0

    private(set) var last: ModelTrade?
    private var day: Int64
    private var today: TradeSummary
    private var previousClose: Int64
    private var window: RollingDay
    /// Of the 52 weeks before today; looked up when somebody asks first.
    private var pastExtremes: YearExtremes?

    /// Continues right after what was published by `seen`.
    init(_ model: MarketModel, seen: Int64) {
        var history = MarketHistory(model)
        book = BookModel(model)
        day = seen / 86_400_000
        let start = day * 86_400_000
        today = history.summary(fromMilliseconds: start, to: start + 86_400_000, seen: seen)
        previousClose = history.closeBefore(day: day, seen: seen)
        last = history.lastTrade(seen: seen)
        window = RollingDay(minute: seen / 60_000)
        let open = history.openMinute(seen: seen)
        for past in (seen / 60_000 - Int64(RollingDay.minutes) + 1)...(seen / 60_000) {
            let summary =
                past < open
                ? history.summary(from: past, to: past + 1)
                : history.summary(fromMilliseconds: past * 60_000, to: (past + 1) * 60_000, seen: seen)
            window.add(volume: summary.volume, value: summary.value, minute: past)
        }
        minute = open
        trades = history.trades(in: open)
        self.history = history
        repeat { advance() } while nextPublication <= seen
    }

    var model: MarketModel { history.model }

    /// Takes the next trade out, adds it to the figures, and finds the one after it.
    mutating func take() -> ModelTrade? {
        guard let trade = next else {
            advance()
            return nil
        }
        enterDay(trade.milliseconds / 86_400_000)
        today.add(trade)
        let minute = trade.milliseconds / 60_000
        window.advance(to: minute)
        window.add(volume: trade.volume, value: Int128(trade.price) * trade.volume, minute: minute)
        last = trade
        advance()
        return trade
    }

    /// The figures at `now`; nil before the first trade.
    mutating func ticker(now: Int64) -> TickerFigures? {
        enterDay(now / 86_400_000)
        window.advance(to: now / 60_000)
        guard let last else { return nil }
        var extremes = pastExtremes ?? YearExtremes(of: model, before: day)
        pastExtremes = extremes
        extremes.add(today, day: day)
        return TickerFigures(
            day: day, today: today, previousClose: previousClose, last: last, volume24h: window.volume,
            value24h: window.value, extremes: extremes)
    }

    /// The last price before the UTC day that `now` lies in.
    mutating func closeOfPreviousDay(now: Int64) -> Int64 {
        enterDay(now / 86_400_000)
        return previousClose
    }

    /// Goes on with a changed model, as from `now`.
    mutating func replace(_ model: MarketModel, seen: Int64) {
        self = LiveMarket(model, seen: seen)
    }

    private mutating func enterDay(_ newDay: Int64) {
        guard newDay > day else { return }
        if let last { previousClose = last.price }
        // The 52 weeks move on: looked up anew only when an extreme has left them.
        pastExtremes?.add(today, day: day)
        if pastExtremes?.areWithinYear(before: newDay) == false { pastExtremes = nil }
        today = TradeSummary()
        day = newDay
    }

    private mutating func advance() {
        if let trade = trades.next() {
            next = trade
            nextPublication = model.publication(trade.milliseconds)
            return
        }
        for _ in 0..<Self.searchMinutesMax {
            minute += 1
            trades = history.trades(in: minute)
            if let trade = trades.next() {
                next = trade
                nextPublication = model.publication(trade.milliseconds)
                return
            }
        }
        next = nil
        nextPublication = minute * 60_000
    }
}
