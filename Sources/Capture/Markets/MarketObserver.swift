import Market
import Upbit

/// Hears of the exchange's markets.
package protocol MarketObserver: Sendable {
    /// Each list that is believed, and what has changed in it; the first time everything is `listed`.
    func marketsChanged(_ changes: [MarketChange], listings: [Symbol: MarketListing], at time: Instant)
}
