import Market
import Upbit

/// Random messages of every kind, with extreme values among them.
struct MessageGenerator {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func message() -> Message {
        switch random.next(below: 10) {
        case 0...3: .trade(trade())
        case 4...5: .ticker(ticker())
        case 6...7: .orderBook(orderBook(levels: Int(random.next(below: 31))))
        default: .candle(candle())
        }
    }

    mutating func symbol() -> Symbol {
        let quotes = ["KRW", "BTC", "USDT", "SGD"]
        let bases = ["BTC", "ETH", "XRP", "1INCH", "PEPE", "A", "LONGCOINNAME12", "ABCDEFGHIJKLMNOPQRS"]
        let quote = quotes.randomElement(using: &random) ?? "KRW"
        let base = bases.randomElement(using: &random) ?? "BTC"
        return (try? Symbol("\(quote)-\(base)")) ?? .blank
    }

    /// Greater than zero; most are ordinary, some as large or as small as can be.
    mutating func amount() -> Decimal8 {
        let digits = random.next(below: 100) < 90 ? random.next(below: 17) : random.next(below: 36)
        var unscaled: Int128 = 1
        for _ in 0..<digits { unscaled = unscaled * 10 + Int128(random.next(below: 10)) }
        // Round prices are usual.
        if random.chance(50) { unscaled = max(unscaled / 100_000_000 * 100_000_000, 100_000_000) }
        return Decimal8(unscaled: unscaled)
    }

    mutating func sum() -> Decimal16 {
        Decimal16(unscaled: amount().unscaled &* (random.chance(50) ? 100_000_000 : 1))
            .magnitude ?? .zero
    }

    mutating func maybe<Value>(_ value: Value) -> Value? { random.chance(80) ? value : nil }

    mutating func instant() -> Instant {
        Instant(microseconds: (1_600_000_000_000 + random.next(below: 400_000_000_000)) * 1_000)
    }

    mutating func rate() -> Double {
        Double(random.next(below: 20_000_000_000) - 10_000_000_000) / 10_000_000_000
    }

    mutating func date() -> CalendarDate { CalendarDate(daysSinceEpoch: Int(random.next(below: 25_000))) }

    mutating func pick<Value: CaseIterable>(_ type: Value.Type) -> Value where Value.AllCases == [Value] {
        Value.allCases[Int(random.next(below: Int64(Value.allCases.count)))]
    }

    mutating func trade() -> TradeMessage {
        var message = TradeMessage(
            Trade(
                time: instant(), symbol: symbol(), sequentialID: random.next(below: .max), price: amount(),
                volume: amount(), side: pick(Side.self), publishedAt: maybe(instant()),
                receivedAt: Samples.receivedAt))
        message.prevClosingPrice = maybe(amount())
        message.change = maybe(pick(PriceChange.self))
        message.changePrice = maybe(sum())
        message.bestAskPrice = maybe(amount())
        message.bestAskVolume = maybe(amount())
        message.bestBidPrice = maybe(amount())
        message.bestBidVolume = maybe(amount())
        message.streamType = maybe(pick(StreamType.self))
        return message
    }

    mutating func ticker() -> Ticker {
        var ticker = Ticker(symbol: symbol(), time: instant(), receivedAt: Samples.receivedAt)
        ticker.openingPrice = amount()
        ticker.highPrice = amount()
        ticker.lowPrice = amount()
        ticker.tradePrice = amount()
        ticker.prevClosingPrice = amount()
        ticker.change = pick(PriceChange.self)
        ticker.changePrice = sum()
        ticker.signedChangePrice = Decimal16(unscaled: -sum().unscaled)
        ticker.changeRate = rate()
        ticker.signedChangeRate = rate()
        ticker.tradeVolume = amount()
        ticker.tradeTime = instant()
        ticker.side = maybe(pick(Side.self))
        ticker.accVolume = sum()
        ticker.accValue = sum()
        ticker.accVolume24h = sum()
        ticker.accValue24h = sum()
        ticker.accAskVolume = maybe(sum())
        ticker.accBidVolume = maybe(sum())
        ticker.highest52WeekPrice = maybe(amount())
        ticker.highest52WeekDate = maybe(date())
        ticker.lowest52WeekPrice = maybe(amount())
        ticker.lowest52WeekDate = maybe(date())
        ticker.marketState = maybe(
            [MarketState.active, .preview, .delisted, .other][Int(random.next(below: 4))])
        ticker.isTradingSuspended = maybe(random.chance(50))
        ticker.hasWarning = maybe(random.chance(50))
        ticker.delistingDate = random.chance(20) ? date() : nil
        ticker.streamType = maybe(pick(StreamType.self))
        return ticker
    }

    mutating func orderBook(levels: Int) -> OrderBook {
        var book = OrderBook(symbol: symbol(), time: instant(), receivedAt: Samples.receivedAt)
        // A thin book has fewer levels on one side.
        let bids = random.chance(80) ? levels : Int(random.next(below: Int64(levels + 1)))
        for _ in 0..<levels { book.asks.append(BookLevel(price: amount(), volume: amount())) }
        for _ in 0..<bids { book.bids.append(BookLevel(price: amount(), volume: amount())) }
        book.totalAskVolume = sum()
        book.totalBidVolume = sum()
        book.level = maybe(random.chance(50) ? .zero : amount())
        book.streamType = maybe(pick(StreamType.self))
        return book
    }

    mutating func candle() -> CandleMessage {
        let timeframe = [
            Timeframe.second1, .minute1, .minute3, .minute5, .minute10, .minute15, .minute30, .hour1, .hour4,
        ][
            Int(random.next(below: 9))]
        let candle = Candle(
            time: timeframe.start(of: instant()), symbol: symbol(), timeframe: timeframe, open: amount(),
            high: amount(),
            low: amount(), close: amount(), volume: sum(), value: sum(), source: .exchange)
        var message = CandleMessage(candle, lastTickAt: instant(), receivedAt: Samples.receivedAt)
        message.streamType = maybe(pick(StreamType.self))
        return message
    }
}
