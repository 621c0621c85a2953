import Market
import Storage

/// How far the exchange's time is, as far as what is committed tells: the newest row, or the time until which
/// everything that was received is committed. In a backlog that time is not known, and no candle closes before
/// its trades are read.
package struct ClosingClock: Sendable, Equatable {
    package private(set) var time = Instant(microseconds: .min)

    package init() {}

    /// Never back, never ahead of the exchange's time now.
    package mutating func advance(with accepted: MarketBatch, through: Instant?, now: Instant) {
        var newest = through ?? Instant(microseconds: .min)
        for trade in accepted.trades { newest = max(newest, trade.time) }
        for ticker in accepted.tickers { newest = max(newest, ticker.time) }
        for book in accepted.orderBooks { newest = max(newest, book.time) }
        time = max(time, min(newest, now))
    }
}
