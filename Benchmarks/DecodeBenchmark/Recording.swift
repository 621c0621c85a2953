import Market
import Upbit

/// Messages as the exchange sends them: its markets' magnitudes, its order of keys, its way with numbers.
struct Recording {
    private var state: UInt64 = 20_260_826

    private mutating func random(_ bound: Int64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> 33) % bound
    }

    /// Code, and the order of magnitude of its price in units of 10⁻⁸.
    private static let markets: [(code: String, price: Int128)] = [
        ("KRW-BTC", 10_984_700_000_000_000), ("KRW-ETH", 435_000_000_000_000), ("KRW-XRP", 321_900_000_000),
        ("KRW-DOGE", 25_140_000_000), ("KRW-PEPE", 1_234_000), ("BTC-ETH", 3_412_345),
        ("KRW-1INCH", 28_800_000_000),
    ]

    private mutating func market() throws -> (Symbol, Decimal8) {
        let market = Self.markets[Int(random(Int64(Self.markets.count)))]
        let step = market.price / 1_000
        return (try Symbol(market.code), Decimal8(unscaled: market.price + Int128(random(100)) * step))
    }

    private mutating func volume() -> Decimal8 { Decimal8(unscaled: Int128(random(99_999_999)) + 1) }

    private mutating func sum(_ whole: Int64) -> Decimal16 {
        // As doubles print: about sixteen digits in all.
        Decimal16(
            unscaled: Int128(random(whole)) * 10_000_000_000_000_000 + Int128(random(99_999))
                * 100_000_000_000)
    }

    mutating func trade() throws -> Message {
        let (symbol, price) = try market()
        let time = Instant(microseconds: 1_787_728_554_000_000 + random(86_400_000) * 1_000)
        var message = TradeMessage(
            Trade(
                time: time, symbol: symbol, sequentialID: time.milliseconds * 10_000 + random(4),
                price: price,
                volume: volume(), side: random(2) == 0 ? .buy : .sell,
                publishedAt: time.adding(milliseconds: 37),
                receivedAt: .epoch))
        message.prevClosingPrice = price
        message.change = .rise
        message.changePrice = price.widened.map { Decimal16(unscaled: $0.unscaled / 1_000) }
        message.bestAskPrice = price
        message.bestAskVolume = volume()
        message.bestBidPrice = price
        message.bestBidVolume = volume()
        message.streamType = .realtime
        return .trade(message)
    }

    mutating func ticker() throws -> Message {
        let (symbol, price) = try market()
        let time = Instant(microseconds: 1_787_728_554_000_000 + random(86_400_000) * 1_000)
        var ticker = Ticker(symbol: symbol, time: time.adding(milliseconds: 40))
        ticker.openingPrice = price
        ticker.highPrice = price
        ticker.lowPrice = price
        ticker.tradePrice = price
        ticker.prevClosingPrice = price
        ticker.change = .fall
        ticker.changePrice = price.widened ?? .zero
        ticker.signedChangePrice = Decimal16(unscaled: -ticker.changePrice.unscaled)
        ticker.changeRate = Double(random(999_999_999)) / 10_000_000_000
        ticker.signedChangeRate = -ticker.changeRate
        ticker.side = .sell
        ticker.tradeVolume = volume()
        ticker.tradeTime = time
        ticker.accVolume = sum(10_000)
        ticker.accValue = sum(99_726_546_304)
        ticker.accVolume24h = sum(30_000)
        ticker.accValue24h = sum(198_189_163_442)
        ticker.accAskVolume = sum(5_000)
        ticker.accBidVolume = sum(5_000)
        ticker.highest52WeekPrice = price
        ticker.highest52WeekDate = CalendarDate(year: 2025, month: 10, day: 9)
        ticker.lowest52WeekPrice = price
        ticker.lowest52WeekDate = CalendarDate(year: 2026, month: 8, day: 14)
        ticker.marketState = .active
        ticker.isTradingSuspended = false
        ticker.hasWarning = false
        ticker.streamType = .realtime
        return .ticker(ticker)
    }

    mutating func orderBook() throws -> Message {
        let (symbol, price) = try market()
        var book = OrderBook(
            symbol: symbol, time: Instant(microseconds: 1_787_728_554_000_000 + random(86_400_000) * 1_000))
        let step = max(price.unscaled / 100_000, 1)
        for level in 0..<30 {
            book.asks.append(
                BookLevel(price: Decimal8(unscaled: price.unscaled + Int128(level) * step), volume: volume()))
            book.bids.append(
                BookLevel(
                    price: Decimal8(unscaled: price.unscaled - Int128(level + 1) * step), volume: volume()))
        }
        book.totalAskVolume = sum(100)
        book.totalBidVolume = sum(100)
        book.level = .zero
        book.streamType = .realtime
        return .orderBook(book)
    }
}
