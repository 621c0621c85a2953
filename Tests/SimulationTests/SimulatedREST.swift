import Capture
import Market
import Storage
import Upbit

/// The exchange's REST side: what it knows of the printed trades, as far as the replica that answers is.
struct SimulatedREST {
    /// Small, so that most refills take several.
    static let pageTradesMax = 40

    /// By time and number.
    private(set) var printed: [Symbol: [Trade]] = [:]
    private(set) var dropped: Set<TradeKey> = []
    private(set) var lost: Set<TradeKey> = []
    private(set) var lastSent: [Symbol: Trade] = [:]
    private var sums: [Symbol: TradeFigures] = [:]

    enum Fate {
        case sent
        case dropped
        case lost
    }

    mutating func take(_ trade: Trade, _ fate: Fate) {
        printed[trade.symbol, default: []].append(trade)
        sums[trade.symbol, default: .zero] += TradeFigures(trade)
        switch fate {
        case .sent: lastSent[trade.symbol] = trade
        case .dropped: dropped.insert(TradeKey(trade))
        case .lost: lost.insert(TradeKey(trade))
        }
    }

    /// The ticker that follows the newest trade.
    func ticker(_ symbol: Symbol) -> Ticker? {
        guard let last = printed[symbol]?.last, let sums = sums[symbol] else { return nil }
        var ticker = Ticker(symbol: symbol, time: last.publishedAt ?? last.time)
        ticker.tradeTime = last.time
        ticker.tradePrice = last.price
        ticker.tradeVolume = last.volume
        ticker.accVolume = sums.volume
        ticker.accValue = sums.value
        return ticker
    }

    /// Newest first.
    func page(_ request: RefillPageRequest, visible: Instant) -> [Trade] {
        var page: [Trade] = []
        for trade in (printed[request.symbol] ?? []).reversed() where page.count < Self.pageTradesMax {
            guard trade.time <= visible, request.before.map({ trade.time < $0.instant }) ?? true,
                request.cursor.map({ trade.sequentialID < $0 }) ?? true, !lost.contains(TradeKey(trade))
            else { continue }
            page.append(trade)
        }
        return page
    }

    /// What the candles of whole minutes count.
    func candles(
        _ symbol: Symbol, _ interval: Range<Instant>, byPublication: Bool, visible: Instant
    ) -> [Instant: TradeFigures] {
        var candles: [Instant: TradeFigures] = [:]
        for trade in printed[symbol] ?? [] where trade.time <= visible {
            let time = byPublication ? trade.publishedAt ?? trade.time : trade.time
            guard interval.contains(time) else { continue }
            candles[Timeframe.minute1.start(of: time), default: .zero] += TradeFigures(trade)
        }
        return candles
    }
}
