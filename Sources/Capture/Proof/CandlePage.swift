import Market
import Storage

/// Consecutive minutes of a market on both sides, and our trades at their outer ends.
package struct CandlePage: Hashable, Sendable {
    package var minutes: [CandleMinute]
    /// Our last trades before the first minute, from its start back.
    package var lead: [TradeFigures]
    /// Our first trades behind the last minute.
    package var nextHead: [TradeFigures]

    package init(minutes: [CandleMinute], lead: [TradeFigures] = [], nextHead: [TradeFigures] = []) {
        self.minutes = minutes
        self.lead = lead
        self.nextHead = nextHead
    }
}
