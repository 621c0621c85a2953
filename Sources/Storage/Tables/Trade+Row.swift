import Database
import Market

extension Trade: StoredRow {
    package static let columns = [
        "time", "sequential_id", "received_at", "price", "volume", "symbol", "side",
    ]
    package static let keyColumns = ["time", "symbol", "sequential_id"]
    package var table: TimeTable { .transactions }

    package func encode(into row: inout RowEncoder) {
        row.write(time)
        row.writeInt64(sequentialID)
        row.write(receivedAt)
        row.write(price)
        row.write(volume)
        row.write(symbol)
        row.writeText(side == .buy ? "buy" as StaticString : "sell")
    }
}
