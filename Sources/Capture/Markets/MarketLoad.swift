import Glibc
import Market

/// How much each market has to say: measured where it was listened to, guessed from its turnover before.
/// Pure.
package struct MarketLoad: Sendable {
    /// The part of a new measurement in what is remembered.
    private static let weight = 0.2
    /// Even a market without trades has tickers and books now and then.
    private static let least = 0.02
    /// Messages that come with a trade: itself, a ticker, changes of the book.
    private static let messagesPerTrade = 3.0
    /// The quietest hours have this part of the day's mean.
    private static let quietShare = 0.2

    private var turnoverRates: [Symbol: Double] = [:]
    private var measured: [Symbol: Double] = [:]
    private var counts: [Symbol: Int64] = [:]
    private var countedAt: Int64?

    package init() {}

    /// Turnovers of 24 hours.
    package mutating func heard(_ tickers: [Ticker]) {
        for ticker in tickers {
            turnoverRates[ticker.symbol] =
                ticker.accValue24h.doubleValue / Self.ticket(ticker.symbol.quote) / 86_400
        }
    }

    /// Messages of each market since the start, at a time of the monotonic clock.
    package mutating func measured(_ fresh: [Symbol: Int64], at milliseconds: Int64) {
        defer {
            counts = fresh
            countedAt = milliseconds
        }
        guard let countedAt, milliseconds - countedAt >= 10_000 else { return }
        let seconds = Double(milliseconds - countedAt) / 1_000
        for (symbol, count) in fresh {
            // A market that was moved to another connection starts from zero there.
            guard let before = counts[symbol], count >= before else { continue }
            let rate = Double(count - before) / seconds
            measured[symbol] = measured[symbol].map { $0 + (rate - $0) * Self.weight } ?? rate
        }
        measured = measured.filter { fresh[$0.key] != nil }
    }

    /// Messages a second, for spreading.
    package func messagesPerSecond(_ symbol: Symbol) -> Double {
        max(Self.least, measured[symbol] ?? (turnoverRates[symbol] ?? 0) * Self.messagesPerTrade)
    }

    /// The share of seconds in which a market will speak even in quiet hours; zero when it is not known.
    package func expectedShare(_ symbol: Symbol) -> Double {
        guard let rate = turnoverRates[symbol] else { return 0 }
        return 1 - exp(-rate * Self.quietShare)
    }

    /// The mean size of a trade.
    private static func ticket(_ quote: String) -> Double {
        switch quote {
        case "BTC": 0.004
        case "USDT": 450
        default: 630_000
        }
    }
}
