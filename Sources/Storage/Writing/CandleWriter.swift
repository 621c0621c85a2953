import Database
import Market

/// Writes candles of every timeframe into the tables of their families, inside the caller's transaction.
package struct CandleWriter {
    private let writers: [TimeTable: TableWriter<Candle>]
    private let settings: [TimeTable: TimeTableSettings]
    private var parts = PartKeeper()

    package init(_ connection: BlockingConnection) throws {
        settings = try TimeTableSettings.read(connection)
        var writers: [TimeTable: TableWriter<Candle>] = [:]
        for table in Set(Timeframe.allCases.map { Candle.table(of: $0) }) {
            writers[table] = try TableWriter(table)
        }
        self.writers = writers
    }

    /// Splits candles into those whose time the tables take and the rest. No connection.
    package func screen(_ candles: [Candle], now: Instant) -> ([Candle], [RejectedRow<Candle>]) {
        var accepted: [Candle] = []
        var rejected: [RejectedRow<Candle>] = []
        for candle in candles {
            let fault = settings[candle.table].flatMap { TimeBounds($0, now: now).fault(of: candle.time) }
            if let fault {
                rejected.append(RejectedRow(row: candle, fault: fault))
            } else {
                accepted.append(candle)
            }
        }
        return (accepted, rejected)
    }

    /// Makes the partitions that candles need. Call it before the transaction, not inside.
    package mutating func ensureParts(_ candles: [Candle], on connection: BlockingConnection) throws {
        for (table, group) in Dictionary(grouping: candles, by: \.table) {
            guard let settings = settings[table] else { continue }
            try parts.ensure(group.map(\.time).sorted(), in: settings, on: connection)
        }
    }

    /// Writes candles in the place of those that are stored under their keys.
    package func upsert(_ candles: [Candle], on connection: BlockingConnection) throws {
        for (table, group) in Dictionary(grouping: candles, by: \.table) {
            try writers[table]?.upsert(group, on: connection)
        }
    }

    /// Writes the candles that are not stored yet, and says how many: for history.
    package func insertNew(_ candles: [Candle], on connection: BlockingConnection) throws -> Int {
        var count = 0
        for (table, group) in Dictionary(grouping: candles, by: \.table) {
            count += try writers[table]?.insertNew(group, on: connection).count ?? 0
        }
        return count
    }
}
