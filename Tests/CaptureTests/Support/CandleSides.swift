import Capture
import Market
import Storage

/// Minutes of the stored trades beside candles, as the database and the exchange give them.
struct CandleSides {
    var stored: [Instant: CandleMinute] = [:]
    var candles: [Instant: TradeFigures]

    init(_ trades: [Trade], candles: [Instant: TradeFigures]) {
        self.candles = candles
        for trade in trades { add(trade) }
    }

    mutating func add(_ trade: Trade) {
        let time = Timeframe.minute1.start(of: trade.time)
        var minute = stored[time] ?? CandleMinute(time: time)
        let figures = TradeFigures(trade)
        minute.ours += figures
        minute.trades += 1
        let into = trade.time.microseconds(since: time) / 1_000
        // Trades come in their order.
        if into < CandleMinute.edgeMilliseconds { minute.head.append(figures) }
        if into >= 60_000 - CandleMinute.edgeMilliseconds { minute.tail.insert(figures, at: 0) }
        stored[time] = minute
    }

    func page(_ interval: Range<Instant>, candlesUntil end: Instant = Instant(microseconds: .max))
        -> CandlePage
    {
        var minutes: [CandleMinute] = []
        var time = interval.lowerBound
        while time < interval.upperBound {
            var minute = stored[time] ?? CandleMinute(time: time)
            minute.exchange = time < end ? candles[time] : nil
            minutes.append(minute)
            time = time.adding(seconds: 60)
        }
        return CandlePage(
            minutes: minutes, lead: stored[interval.lowerBound.adding(seconds: -60)]?.tail ?? [],
            nextHead: stored[interval.upperBound]?.head ?? [])
    }
}
