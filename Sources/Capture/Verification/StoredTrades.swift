import Database
import Market

/// Reads stored trades in the order of their key, in slices, so that memory stays small.
package enum StoredTrades {
    /// Rows that are read at a time.
    package static let sliceMax = 20_000

    package static func read(
        _ range: ClosedRange<Instant>, on connection: Connection, _ body: (Trade) -> Void
    ) async throws {
        var last: Trade?
        while true {
            // Behind the last one; a copy of it, which the key forbids, would be seen too.
            let rows = try await connection.query(
                """
                SELECT time, symbol, sequential_id, price::text, volume::text, side, received_at
                FROM market.transactions
                WHERE time BETWEEN $1 AND $2 AND (time, symbol, sequential_id) > ($3, $4, $5)
                ORDER BY time, symbol, sequential_id LIMIT \(sliceMax)
                """,
                [
                    .timestamp(microseconds: range.lowerBound.microseconds),
                    .timestamp(microseconds: range.upperBound.microseconds),
                    .timestamp(microseconds: (last?.time ?? .epoch).microseconds),
                    .text(last?.symbol.description ?? ""), .int64(last?.sequentialID ?? .min),
                ], within: .seconds(120))
            for row in rows {
                let trade = Trade(
                    time: Instant(microseconds: try row.value(0, as: Timestamp.self).microseconds),
                    symbol: try Symbol(row.value(1)), sequentialID: try row.value(2),
                    price: try Decimal8(row.value(3, as: String.self)),
                    volume: try Decimal8(row.value(4, as: String.self)),
                    side: try row.value(5, as: String.self) == "buy" ? .buy : .sell,
                    receivedAt: Instant(microseconds: try row.value(6, as: Timestamp.self).microseconds))
                body(trade)
                last = trade
            }
            if rows.count < sliceMax { return }
        }
    }
}
