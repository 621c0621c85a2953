import Market
import Storage

extension QuarantineEntry {
    /// One entry a row, for rows whose message is not at hand any more.
    static func of(_ rows: MarketBatch, _ reason: QuarantineReason, _ explanation: String)
        -> [QuarantineEntry]
    {
        rows.trades.map { of($0, reason, explanation) }
            + rows.tickers.map { of($0, reason, explanation) }
            + rows.orderBooks.map { of($0, reason, explanation) }
    }

    static func of(_ trade: Trade, _ reason: QuarantineReason, _ explanation: String) -> QuarantineEntry {
        QuarantineEntry(
            reason: reason, explanation: explanation, sequence: nil, receivedAt: trade.receivedAt,
            row: "trade \(trade.symbol) \(trade.sequentialID) \(trade.time) \(trade.side) "
                + "\(trade.volume) at \(trade.price)")
    }

    static func of(_ row: TickerRow, _ reason: QuarantineReason, _ explanation: String) -> QuarantineEntry {
        QuarantineEntry(
            reason: reason, explanation: explanation, sequence: nil, receivedAt: row.ticker.receivedAt,
            row: "ticker \(row.ticker.symbol) \(row.ticker.time) last \(row.ticker.tradePrice)")
    }

    static func of(_ book: OrderBook, _ reason: QuarantineReason, _ explanation: String) -> QuarantineEntry {
        QuarantineEntry(
            reason: reason, explanation: explanation, sequence: nil, receivedAt: book.receivedAt,
            row: "order book \(book.symbol) \(book.time)")
    }
}
