import Market

/// What became of a batch.
package struct CommitReport: Sendable {
    /// The rows that are stored by it, in the order of the batch.
    package var accepted: MarketBatch
    /// Rows that were stored before.
    package var duplicates: Int
    package var rejectedTrades: [RejectedRow<Trade>]
    package var rejectedTickers: [RejectedRow<TickerRow>]
    package var rejectedOrderBooks: [RejectedRow<OrderBook>]

    package var rejectedCount: Int {
        rejectedTrades.count + rejectedTickers.count + rejectedOrderBooks.count
    }
}
