import Market

/// What one commit stores.
package struct MarketBatch: Sendable {
    package var trades: [Trade] = []
    package var tickers: [TickerRow] = []
    package var orderBooks: [OrderBook] = []

    package init(trades: [Trade] = [], tickers: [TickerRow] = [], orderBooks: [OrderBook] = []) {
        self.trades = trades
        self.tickers = tickers
        self.orderBooks = orderBooks
    }

    package var rowCount: Int { trades.count + tickers.count + orderBooks.count }
}
