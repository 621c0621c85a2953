import Market
import Upbit

/// The model's figures as the dialect's messages.
struct Translation: Sendable {
    let spec: MarketSpec

    private static func price(_ unscaled: Int64) -> Decimal8 { Decimal8(unscaled: Int128(unscaled)) }

    /// The last price against the one before today: its direction, its size, and its sign.
    private func change(
        _ price: Int64, from previous: Int64
    ) -> (direction: PriceChange, signed: Decimal16, rate: Double) {
        let difference = Int128(price - previous)
        let rate = previous > 0 ? Double(price - previous) / Double(previous) : 0
        let direction = difference > 0 ? PriceChange.rise : difference < 0 ? .fall : .even
        // Ten decimals, as the exchange prints.
        return (direction, Decimal16(unscaled: difference * 100_000_000), (rate * 1e10).rounded() / 1e10)
    }

    func trade(_ trade: ModelTrade, published: Int64?) -> Trade {
        let time = Instant(microseconds: trade.milliseconds * 1_000)
        return Trade(
            time: time, symbol: spec.symbol, sequentialID: trade.sequentialID,
            price: Self.price(trade.price), volume: Decimal8(unscaled: trade.volume), side: trade.side,
            publishedAt: published.map { Instant(microseconds: $0 * 1_000) }, receivedAt: time)
    }

    func message(
        _ trade: ModelTrade, published: Int64, previousClose: Int64, book: BookModel, _ stream: StreamType
    ) -> TradeMessage {
        var message = TradeMessage(self.trade(trade, published: published))
        let change = change(trade.price, from: previousClose)
        let best = book.best(after: trade)
        message.prevClosingPrice = Self.price(previousClose)
        message.change = change.direction
        message.changePrice = change.signed.magnitude
        message.bestAskPrice = Self.price(best.ask.price)
        message.bestAskVolume = Decimal8(unscaled: best.ask.volume)
        message.bestBidPrice = Self.price(best.bid.price)
        message.bestBidVolume = Decimal8(unscaled: best.bid.volume)
        message.streamType = stream
        return message
    }

    func row(_ trade: ModelTrade, previousClose: Int64) -> TradeRow {
        TradeRow(
            self.trade(trade, published: nil), prevClosingPrice: Self.price(previousClose),
            changePrice: change(trade.price, from: previousClose).signed)
    }

    func ticker(_ figures: TickerFigures, milliseconds: Int64, _ stream: StreamType?) -> Ticker {
        let last = figures.last
        let change = change(last.price, from: figures.previousClose)
        var ticker = Ticker(symbol: spec.symbol, time: Instant(microseconds: milliseconds * 1_000))
        ticker.openingPrice = Self.price(figures.open)
        ticker.highPrice = Self.price(figures.high)
        ticker.lowPrice = Self.price(figures.low)
        ticker.tradePrice = Self.price(last.price)
        ticker.prevClosingPrice = Self.price(figures.previousClose)
        ticker.change = change.direction
        ticker.signedChangePrice = change.signed
        ticker.changePrice = change.signed.magnitude ?? .zero
        ticker.signedChangeRate = change.rate
        ticker.changeRate = abs(change.rate)
        ticker.tradeVolume = Decimal8(unscaled: last.volume)
        ticker.tradeTime = Instant(microseconds: last.milliseconds * 1_000)
        ticker.side = last.side
        ticker.accVolume = Self.volume(figures.today.volume)
        ticker.accValue = Decimal16(unscaled: figures.today.value)
        ticker.accVolume24h = Self.volume(figures.volume24h)
        ticker.accValue24h = Decimal16(unscaled: figures.value24h)
        ticker.accBidVolume = Self.volume(figures.today.buyVolume)
        ticker.accAskVolume = Self.volume(figures.sellVolume)
        if figures.extremes.high > 0 {
            ticker.highest52WeekPrice = Self.price(figures.extremes.high)
            ticker.highest52WeekDate = CalendarDate(daysSinceEpoch: Int(figures.extremes.highDay))
            ticker.lowest52WeekPrice = Self.price(figures.extremes.low)
            ticker.lowest52WeekDate = CalendarDate(daysSinceEpoch: Int(figures.extremes.lowDay))
        }
        let isDelisted = spec.delistedMinute.map { $0 * 60_000 <= milliseconds } ?? false
        ticker.marketState = isDelisted ? .delisted : .active
        ticker.isTradingSuspended = isDelisted
        ticker.hasWarning = spec.hasWarning
        ticker.delistingDate = spec.delistedMinute.map { CalendarDate(daysSinceEpoch: Int($0 / 1_440)) }
        ticker.streamType = stream
        return ticker
    }

    func orderBook(
        _ book: BookModel, after last: ModelTrade, milliseconds: Int64, depth: Int, level: Int64,
        thinBook: OpenQuestions.ThinBook, _ stream: StreamType?
    ) -> OrderBook {
        var (asks, bids) = book.sides(after: last, at: milliseconds, depth: depth, level: level)
        if thinBook == .shortest {
            let count = min(asks.count, bids.count)
            asks.removeLast(asks.count - count)
            bids.removeLast(bids.count - count)
        }
        var message = OrderBook(symbol: spec.symbol, time: Instant(microseconds: milliseconds * 1_000))
        message.asks = BookSide(asks.lazy.map(Self.level))
        message.bids = BookSide(bids.lazy.map(Self.level))
        message.totalAskVolume = Self.volume(asks.reduce(0) { $0 + $1.volume })
        message.totalBidVolume = Self.volume(bids.reduce(0) { $0 + $1.volume })
        message.level = Self.price(level)
        message.streamType = stream
        return message
    }

    func candle(_ figures: CandleFigures, _ timeframe: Timeframe) -> Candle {
        let summary = figures.summary
        return Candle(
            time: Instant(microseconds: figures.start * 1_000), symbol: spec.symbol, timeframe: timeframe,
            open: Self.price(summary.open), high: Self.price(summary.high), low: Self.price(summary.low),
            close: Self.price(summary.close), volume: Self.volume(summary.volume),
            value: Decimal16(unscaled: summary.value), source: .exchange)
    }

    func candleMessage(
        _ figures: CandleFigures, _ timeframe: Timeframe, model: MarketModel, _ stream: StreamType
    ) -> CandleMessage {
        let last = Instant(microseconds: model.publication(figures.summary.lastMilliseconds) * 1_000)
        var message = CandleMessage(candle(figures, timeframe), lastTickAt: last, receivedAt: last)
        message.streamType = stream
        return message
    }

    /// A candle with what REST says beside it; `before` is the candle before a day's.
    func row(
        _ figures: CandleFigures, _ unit: CandleUnit, model: MarketModel, previousClose: Int64?
    ) -> CandleRow {
        let last = Instant(microseconds: model.publication(figures.summary.lastMilliseconds) * 1_000)
        var row = CandleRow(candle(figures, unit.timeframe), lastTickAt: last)
        if let previousClose {
            let change = change(figures.summary.close, from: previousClose)
            row.prevClosingPrice = Self.price(previousClose)
            row.changePrice = change.signed
            row.changeRate = change.rate
        }
        switch unit {
        case .week, .month, .year:
            row.firstDayOfPeriod = CalendarDate(daysSinceEpoch: Int(figures.start / 86_400_000))
        default: break
        }
        return row
    }

    private static func level(_ level: ModelLevel) -> BookLevel {
        BookLevel(price: price(level.price), volume: Decimal8(unscaled: level.volume))
    }

    /// Volumes are counts of 10⁻⁸, sums of them have 16 decimals.
    private static func volume(_ unscaled: Int128) -> Decimal16 {
        Decimal16(unscaled: unscaled * 100_000_000)
    }
}

extension CandleUnit {
    /// Years have none of their own; only their length tells them from months.
    var timeframe: Timeframe {
        switch self {
        case .second: .second1
        case .minutes(let count):
            Timeframe.allCases.first { $0.seconds == count * 60 } ?? .minute1
        case .day: .day1
        case .week: .week1
        case .month, .year: .month1
        }
    }

    /// Of a timeframe that the socket has.
    init?(streamOf timeframe: Timeframe) {
        guard timeframe.streamTypeName != nil, let seconds = timeframe.seconds else { return nil }
        self = seconds == 1 ? .second : .minutes(seconds / 60)
    }
}
