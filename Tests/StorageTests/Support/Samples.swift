import Market
import TestKit

/// Random market data that a seed reproduces.
struct Samples {
    var random: SeededRandom
    let now: Instant
    let symbols: [Symbol]

    /// `now` is the newest time there is.
    init(seed: UInt64, now: Instant) throws {
        random = SeededRandom(seed: seed)
        self.now = now
        symbols = try ["KRW-BTC", "KRW-ETH", "KRW-SHIB", "BTC-XRP"].map { try Symbol($0) }
    }

    /// A midnight some days ago, so that windows of the tables hold what the samples are.
    static func recentMidnight(_ now: Instant, daysAgo: Int64) -> Instant {
        Timeframe.day1.start(of: now).adding(seconds: -86_400 * daysAgo)
    }

    mutating func trade(secondsBack: Int64 = 3_600) -> Trade {
        let back = Int64.random(in: 0..<(secondsBack * 1_000), using: &random)
        let time = now.adding(milliseconds: -back)
        return Trade(
            time: time, symbol: symbols[Int.random(in: 0..<symbols.count, using: &random)],
            sequentialID: (time.milliseconds << 22) | Int64.random(in: 0..<8, using: &random),
            price: Decimal8(unscaled: Int128(Int64.random(in: 1..<9_000_000_000_000_000, using: &random))),
            volume: Decimal8(unscaled: Int128(Int64.random(in: 1..<5_000_000_000_000, using: &random))),
            side: Bool.random(using: &random) ? .buy : .sell, receivedAt: time.adding(milliseconds: 40))
    }

    mutating func trades(_ count: Int, secondsBack: Int64 = 3_600) -> [Trade] {
        (0..<count).map { _ in trade(secondsBack: secondsBack) }
    }

    mutating func orderBook(secondsBack: Int64 = 3_600) -> OrderBook {
        let time = now.adding(milliseconds: -Int64.random(in: 0..<(secondsBack * 1_000), using: &random))
        var book = OrderBook(
            symbol: symbols[Int.random(in: 0..<symbols.count, using: &random)], time: time, receivedAt: time)
        let mid = Int128(Int.random(in: 1_000..<100_000, using: &random)) * 100_000_000
        for index in 1...Int128(Int.random(in: 1...15, using: &random)) {
            let volume = Decimal8(unscaled: Int128(Int.random(in: 1..<1_000_000_000, using: &random)))
            book.asks.append(BookLevel(price: Decimal8(unscaled: mid + index * 100_000_000), volume: volume))
            book.bids.append(BookLevel(price: Decimal8(unscaled: mid - index * 50_000_000), volume: volume))
        }
        book.totalAskVolume = Decimal16(unscaled: Int128(Int.random(in: 0..<Int.max, using: &random)))
        book.totalBidVolume = Decimal16(unscaled: Int128(Int.random(in: 1..<Int.max, using: &random)))
        return book
    }

    mutating func ticker(secondsBack: Int64 = 3_600) -> Ticker {
        let time = now.adding(milliseconds: -Int64.random(in: 0..<(secondsBack * 1_000), using: &random))
        var ticker = Ticker(
            symbol: symbols[Int.random(in: 0..<symbols.count, using: &random)], time: time, receivedAt: time)
        ticker.tradePrice = Decimal8(unscaled: Int128(Int.random(in: 1..<1_000_000_000_000, using: &random)))
        ticker.changeRate = Double.random(in: 0..<1, using: &random)
        ticker.marketState = .active
        ticker.accVolume = Decimal16(unscaled: Int128(Int.random(in: 0..<Int.max, using: &random)) * 1_000)
        return ticker
    }

    /// A candle of random figures at the start of an interval up to `back` intervals before now.
    mutating func candle(_ timeframe: Timeframe, back: Int) -> Candle {
        var time = timeframe.start(of: now)
        for _ in 0..<Int.random(in: 0...back, using: &random) { time = timeframe.previous(before: time) }
        var prices = (0..<4).map { _ in Int128(Int.random(in: 1..<1_000_000_000_000, using: &random)) }
            .sorted()
        let (low, high) = (prices.removeFirst(), prices.removeLast())
        prices.shuffle(using: &random)
        let volume = Int128(Int.random(in: 1..<1_000_000_000_000, using: &random)) * 1_000_000
        var candle = Candle(
            time: time, symbol: symbols[Int.random(in: 0..<symbols.count, using: &random)],
            timeframe: timeframe,
            open: Decimal8(unscaled: prices[0]), high: Decimal8(unscaled: high), low: Decimal8(unscaled: low),
            close: Decimal8(unscaled: prices[1]), volume: Decimal16(unscaled: volume),
            value: Decimal16(unscaled: volume * 3), source: .trades, isComplete: Bool.random(using: &random),
            revision: Int64.random(in: 0..<100, using: &random))
        if Bool.random(using: &random) {
            (candle.trades, candle.buyVolume) = (7, Decimal16(unscaled: volume))
            (candle.sellVolume, candle.lastTime, candle.lastID) = (.zero, time.adding(seconds: 1), 1 << 60)
        } else {
            candle.source = .exchange
        }
        return candle
    }
}
