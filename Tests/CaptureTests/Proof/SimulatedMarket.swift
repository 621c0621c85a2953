import Capture
import Market
import Storage
import TestKit

/// A market of made-up trades, and what the exchange would print of it.
struct SimulatedMarket {
    struct Printed {
        var trade: Trade
        var ticker: Ticker
        /// When trade and ticker are received.
        var tradeAt: Instant
        var tickerAt: Instant
    }

    let symbol: Symbol
    /// By time and id.
    private(set) var trades: [Trade] = []
    private(set) var sums: [TradeFigures] = [.zero]
    private(set) var published: [Instant] = []
    private var random: SeededRandom

    /// Bursts, ties within a millisecond, quiet times; publication 36 to 60 ms behind the execution.
    init(
        seed: UInt64, from start: Instant, days: Int, meanSeconds: Double, symbol: Symbol? = nil
    ) throws {
        self.symbol = try symbol ?? Symbol("KRW-BTC")
        random = SeededRandom(seed: seed)
        var time = start.milliseconds
        let end = time + Int64(days) * 86_400_000
        while true {
            let pace = Int.random(in: 0..<20, using: &random) == 0 ? meanSeconds * 8 : meanSeconds / 2
            time += Int64(Double.random(in: 0...2, using: &random) * pace * 1_000)
            guard time < end, let instant = Instant(milliseconds: time) else { break }
            let ties = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 2...5, using: &random) : 1
            for number in 0..<ties { append(instant, Int64(number)) }
        }
    }

    private mutating func append(_ time: Instant, _ number: Int64) {
        let price = Decimal8(Int.random(in: 90_000...110_000, using: &random) * 1_000)
        // Round volumes are common, and make equal trades in one millisecond.
        let unscaled =
            Bool.random(using: &random)
            ? Int128(Int.random(in: 1...20, using: &random)) * 5_000_000
            : Int128(Int64.random(in: 5_000...900_000_000, using: &random))
        let trade = Trade(
            time: time, symbol: symbol, sequentialID: time.milliseconds * 10_000 + number, price: price,
            volume: Decimal8(unscaled: unscaled), side: Bool.random(using: &random) ? .buy : .sell,
            receivedAt: time)
        trades.append(trade)
        sums.append((sums.last ?? .zero) + TradeFigures(trade))
        let delay = Int64.random(in: 36...60, using: &random)
        published.append(max(published.last ?? time, time.adding(milliseconds: delay)))
    }

    /// A number as a double is printed.
    static func printed(_ exact: TradeFigures) -> TradeFigures {
        func print(_ value: Decimal16) -> Decimal16 { (try? Decimal16("\(value.doubleValue)")) ?? value }
        return TradeFigures(volume: print(exact.volume), value: print(exact.value))
    }

    /// The stored trades' sums over `from ..< to` of the trades' indexes.
    func sum(_ range: Range<Int>) -> TradeFigures { sums[range.upperBound] - sums[range.lowerBound] }

    /// Index of the first trade not before `instant`.
    func index(_ instant: Instant) -> Int {
        var (low, high) = (0, trades.count)
        while low < high {
            let middle = (low + high) / 2
            if trades[middle].time < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A ticker that follows the trade of this index.
    func ticker(after index: Int) -> Ticker {
        let trade = trades[index]
        let dayStart = self.index(Timeframe.day1.start(of: trade.time))
        let figures = Self.printed(sum(dayStart..<(index + 1)))
        var ticker = Ticker(symbol: symbol, time: published[index])
        ticker.tradeTime = trade.time
        ticker.tradePrice = trade.price
        ticker.tradeVolume = trade.volume
        ticker.accVolume = figures.volume
        ticker.accValue = figures.value
        return ticker
    }

    /// The exchange's candles by minute; `byPublication` counts a trade where it was published.
    func candles(byPublication: Bool) -> [Instant: TradeFigures] {
        var candles: [Instant: TradeFigures] = [:]
        for (index, trade) in trades.enumerated() {
            let minute = Timeframe.minute1.start(of: byPublication ? published[index] : trade.time)
            candles[minute, default: .zero] += TradeFigures(trade)
        }
        return candles.mapValues(Self.printed)
    }
}
