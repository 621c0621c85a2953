import Market
import Storage

/// What a ticker message says for the proof: the day's sums, and the trade up to which they go.
package struct StreamMark: Hashable, Sendable {
    package var time: Instant
    package var price: Decimal8
    package var volume: Decimal8
    package var sums: TradeFigures

    package init(time: Instant, price: Decimal8, volume: Decimal8, sums: TradeFigures) {
        self.time = time
        self.price = price
        self.volume = volume
        self.sums = sums
    }

    /// Nil when the sums may belong to another UTC day than the trade: the accumulators start anew at
    /// midnight, and around it nobody can tell.
    package init?(_ ticker: Ticker) {
        let day = Timeframe.day1.start(of: ticker.tradeTime)
        guard ticker.tradeTime > .epoch, day == Timeframe.day1.start(of: ticker.time) else { return nil }
        self.init(
            time: ticker.tradeTime, price: ticker.tradePrice, volume: ticker.tradeVolume,
            sums: TradeFigures(volume: ticker.accVolume, value: ticker.accValue))
    }

    package var day: Instant { Timeframe.day1.start(of: time) }

    /// Whether it names this trade.
    func names(_ trade: Trade) -> Bool {
        trade.time == time && trade.price == price && trade.volume == volume
    }
}
