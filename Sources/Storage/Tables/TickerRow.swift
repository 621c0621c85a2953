import Database
import Market

/// A ticker with the best prices of the order book at its time, which the exchange's ticker lacks.
package struct TickerRow: StoredRow, Equatable {
    package var ticker: Ticker
    package var bidPrice: Decimal8?
    package var askPrice: Decimal8?

    package init(_ ticker: Ticker, bidPrice: Decimal8? = nil, askPrice: Decimal8? = nil) {
        self.ticker = ticker
        self.bidPrice = bidPrice
        self.askPrice = askPrice
    }

    package static let columns = [
        "time", "received_at", "change_rate", "opening_price", "high_price", "low_price", "closing_price",
        "prev_closing_price", "change_price", "acc_volume", "acc_value", "acc_volume_24h", "acc_value_24h",
        "acc_ask_volume", "acc_bid_volume", "bid_price", "ask_price", "spread", "symbol", "change",
        "market_state",
    ]
    package static let keyColumns = ["time", "symbol"]
    package var time: Instant { ticker.time }
    package var table: TimeTable { .tickers }

    package func encode(into row: inout RowEncoder) {
        row.write(ticker.time)
        row.write(ticker.receivedAt)
        row.writeDouble(ticker.changeRate)
        row.write(ticker.openingPrice)
        row.write(ticker.highPrice)
        row.write(ticker.lowPrice)
        row.write(ticker.tradePrice)
        row.write(ticker.prevClosingPrice)
        row.write(ticker.changePrice)
        row.write(ticker.accVolume)
        row.write(ticker.accValue)
        row.write(ticker.accVolume24h)
        row.write(ticker.accValue24h)
        row.write(ticker.accAskVolume)
        row.write(ticker.accBidVolume)
        row.write(bidPrice)
        row.write(askPrice)
        row.write(spread)
        row.write(ticker.symbol)
        row.writeText(ticker.change.description)
        if let state = ticker.marketState { row.writeText(state.description) } else { row.writeNull() }
    }

    private var spread: Decimal8? {
        guard let bidPrice, let askPrice else { return nil }
        return askPrice.subtracting(bidPrice)
    }
}
