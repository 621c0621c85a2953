import Market
import Storage

/// How far the exchange's time is, as far as the rows tell that were committed. While rows come, they tell the
/// time: in a backlog candles must not close before their trades are read. When none come, the clock does.
package struct ClosingClock: Sendable, Equatable {
    package private(set) var time = Instant(microseconds: .min)

    package init() {}

    /// Never back, never ahead of the exchange's time.
    package mutating func advance(with accepted: MarketBatch, now: Instant) {
        var newest = now
        if accepted.rowCount > 0 {
            newest = Instant(microseconds: .min)
            for trade in accepted.trades { newest = max(newest, trade.time) }
            for ticker in accepted.tickers { newest = max(newest, ticker.time) }
            for book in accepted.orderBooks { newest = max(newest, book.time) }
        }
        time = max(time, min(newest, now))
    }
}
