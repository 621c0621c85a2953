import Database
import Indicators
import Market
import Storage

/// The tables in PostgreSQL, on one session.
final class PostgresStore: DerivedStore {
    private let connection: BlockingConnection
    private var parts: PartMaker

    init(_ connection: BlockingConnection) throws {
        self.connection = connection
        parts = try PartMaker(connection)
    }

    /// Whether it writes through this connection.
    func isOn(_ other: BlockingConnection) -> Bool { connection.connection === other.connection }

    /// Parts that were made are gone with their transaction.
    func didNotCommit() { parts.forget() }

    // MARK: Candles

    func ensureParts(_ times: [(Timeframe, Instant)]) throws { try parts.ensure(times, on: connection) }

    func merge(_ deltas: [CandleTables.Delta]) throws -> [CandleTables.Revised] {
        try CandleTables.merge(deltas, on: connection)
    }

    func candles(_ key: SeriesKey, from: Instant, to: Instant, limit: Int) throws -> [Candle] {
        try CandleReader.read(key, from: from, to: to, limit: limit, on: connection)
    }

    func firstCandles(_ timeframe: Timeframe) throws -> [(symbol: Symbol, start: Instant)] {
        try CandleReader.first(timeframe, on: connection)
    }

    func window(_ key: SeriesKey, before time: Instant) throws -> [Candle] {
        try CandleReader.window(key, before: time, on: connection)
    }

    func windows(
        _ timeframe: Timeframe, before times: [(SeriesKey, Instant)]
    ) throws -> [SeriesKey: [Candle]] {
        try CandleReader.windows(timeframe, before: times, on: connection)
    }

    func rebuild(_ key: SeriesKey, _ range: Range<Instant>) throws {
        _ = try CandleRebuild.run(key, range, isDry: false, on: connection)
    }

    // MARK: Gaps

    func note(_ unknown: [(symbol: Symbol, range: Range<Instant>)]) throws {
        try GapTable.note(unknown, on: connection)
    }

    func gaps(_ intervals: [(SeriesKey, Instant)]) throws -> GapTable {
        try GapTable.read(intervals, on: connection)
    }

    // MARK: Listings

    func listings() throws -> ListingHistory { try ListingTable.read(on: connection) }

    func inherit(_ items: [Inheritance]) throws { try ListingTable.inherit(items, on: connection) }

    // MARK: Indicators

    func write(_ indicators: [IndicatorTables.Entry]) throws {
        try IndicatorTables.write(indicators, on: connection)
    }

    func writeClosed(_ latest: [LatestTable.Entry]) throws {
        try LatestTable.writeClosed(latest, on: connection)
    }

    func writeProvisional(_ latest: [LatestTable.Entry]) throws {
        try LatestTable.writeProvisional(latest, on: connection)
    }

    func closedTimes() throws -> [SeriesKey: Instant] { try LatestTable.closedTimes(on: connection) }

    func notify(_ channel: String, _ notifications: Notifications) throws {
        try notifications.send(channel, on: connection)
    }

    func horizon() throws -> SnapshotHorizon { try HorizonReader.read(on: connection) }

    // MARK: States

    func write(_ states: [StateTable.Entry]) throws { try StateTable.write(states, on: connection) }

    func deleteStates(_ states: [(SeriesKey, Instant)]) throws {
        try StateTable.delete(states, on: connection)
    }

    func deleteStates(_ key: SeriesKey, from time: Instant) throws {
        try StateTable.delete(key, from: time, on: connection)
    }

    func newestState(_ key: SeriesKey, before time: Instant) throws -> StateTable.Stored? {
        try StateTable.newest(key, before: time, on: connection)
    }

    func newestStates(_ timeframes: [Timeframe]) throws -> [SeriesKey: StateTable.Stored] {
        try StateTable.newest(timeframes, on: connection)
    }

    // MARK: Repairs

    func write(_ jobs: [(RepairJob, isClosed: Bool)]) throws { try RepairTable.write(jobs, on: connection) }

    func closeOtherRepairs(_ job: RepairJob) throws { try RepairTable.closeOthers(job, on: connection) }

    func adoptRepairs(_ timeframes: [Timeframe]) throws -> [RepairJob] {
        try RepairTable.adopt(timeframes, on: connection)
    }

    func openRepairs(_ timeframes: [Timeframe]) throws -> [RepairJob] {
        try RepairTable.open(timeframes, on: connection)
    }
}
