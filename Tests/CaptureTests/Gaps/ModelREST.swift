import Capture
import Market
import Upbit

/// `/trades/ticks` as the exchange answers it, over a list of trades.
struct ModelREST {
    /// By time and id.
    let trades: [Trade]

    init(_ trades: [Trade]) {
        self.trades = trades.sorted { ($0.time, $0.sequentialID) < ($1.time, $1.sequentialID) }
    }

    func page(_ request: RefillPageRequest, now: Instant, count: Int = Quotation.tradesMax) -> [Trade] {
        let today = Timeframe.day1.start(of: now)
        let start = today.adding(seconds: -86_400 * Int64(request.daysAgo ?? 0))
        let end = start.adding(seconds: 86_400)
        let before = request.before?.instant ?? end
        return Array(
            trades.reversed().lazy.filter { trade in
                trade.symbol == request.symbol && trade.time >= start && trade.time < min(end, before)
                    && request.cursor.map { trade.sequentialID < $0 } ?? true
            }.prefix(count))
    }
}
