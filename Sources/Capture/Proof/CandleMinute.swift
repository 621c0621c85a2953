import Market
import Storage

/// One minute of a market on both sides.
package struct CandleMinute: Hashable, Sendable {
    /// Trades so near to a minute's end may be counted in the neighbour.
    package static let edgeMilliseconds: Int64 = 500

    package var time: Instant
    package var ours: TradeFigures
    package var trades: Int64
    /// Our trades within the edge: behind the minute's start in their order, before its end from there back.
    package var head: [TradeFigures]
    package var tail: [TradeFigures]
    /// The exchange's candle; nil when there is none.
    package var exchange: TradeFigures?

    package init(
        time: Instant, ours: TradeFigures = .zero, trades: Int64 = 0, head: [TradeFigures] = [],
        tail: [TradeFigures] = [], exchange: TradeFigures? = nil
    ) {
        self.time = time
        self.ours = ours
        self.trades = trades
        self.head = head
        self.tail = tail
        self.exchange = exchange
    }

    package var interval: Range<Instant> { time..<time.adding(seconds: 60) }

    /// Ours less the exchange's.
    var difference: TradeFigures { ours - (exchange ?? .zero) }

    /// Both sides of whole minutes, the tail of the minute before them and the head of the one behind. Rows
    /// of other times are left out.
    package static func sides(
        _ interval: Range<Instant>, stored: [TradeQueries.Minute], candles: [Candle]
    ) -> CandlePage {
        let own = Dictionary(stored.map { ($0.time, $0) }, uniquingKeysWith: { first, _ in first })
        let theirs = Dictionary(
            candles.map { ($0.time, TradeFigures(volume: $0.volume, value: $0.value)) },
            uniquingKeysWith: { first, _ in first })
        var minutes: [CandleMinute] = []
        var time = interval.lowerBound
        while time < interval.upperBound {
            var minute = CandleMinute(time: time, exchange: theirs[time])
            if let found = own[time] {
                minute.ours = found.figures
                minute.trades = found.trades
                minute.head = found.head
                minute.tail = found.tail
            }
            minutes.append(minute)
            time = time.adding(seconds: 60)
        }
        return CandlePage(
            minutes: minutes, lead: own[interval.lowerBound.adding(seconds: -60)]?.tail ?? [],
            nextHead: own[interval.upperBound]?.head ?? [])
    }
}
