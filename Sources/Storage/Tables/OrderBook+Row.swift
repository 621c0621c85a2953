import Database
import Market

extension OrderBook: StoredRow {
    package static let columns = [
        "time", "received_at", "bid_volume", "ask_volume", "spread", "mid_price", "level", "symbol",
        "bid_prices", "bid_volumes", "ask_prices", "ask_volumes",
    ]
    package static let keyColumns = ["time", "symbol", "level"]
    package var table: TimeTable { .orderbooks }

    package func encode(into row: inout RowEncoder) {
        row.write(time)
        row.write(receivedAt)
        row.write(totalBidVolume)
        row.write(totalAskVolume)
        row.write(spread)
        row.write(midPrice)
        row.write(level ?? .zero)
        row.write(symbol)
        let (bids, asks) = (bids.array, asks.array)
        row.writeNumericArray(bids.map { Numeric($0.price) })
        row.writeNumericArray(bids.map { Numeric($0.volume) })
        row.writeNumericArray(asks.map { Numeric($0.price) })
        row.writeNumericArray(asks.map { Numeric($0.volume) })
    }
}

extension Numeric {
    package init(_ value: Decimal8) { self.init(unscaled: value.unscaled, scale: 8) }
    package init(_ value: Decimal16) { self.init(unscaled: value.unscaled, scale: 16) }
}
