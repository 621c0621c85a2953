import Database
import Market
import Storage

/// Sees to it that candles and indicators find their partitions. Upkeep makes them ahead of time, so this
/// rarely has to; then it does so in the transaction, whose rollback takes them away again.
struct PartMaker {
    private let settings: [TimeTable: TimeTableSettings]
    private var keeper = PartKeeper()

    init(_ connection: BlockingConnection) throws {
        settings = try TimeTableSettings.read(connection)
    }

    mutating func ensure(_ times: [(Timeframe, Instant)], on connection: BlockingConnection) throws {
        var tables: [TimeTable: Set<Instant>] = [:]
        for (timeframe, time) in times {
            tables[Candle.table(of: timeframe), default: []].insert(time)
            tables[IndicatorTables.table(timeframe), default: []].insert(time)
        }
        for (table, times) in tables.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let settings = settings[table] else { continue }
            try keeper.ensure(times.sorted(), in: settings, on: connection)
        }
    }

    mutating func forget() { keeper.forget() }
}
