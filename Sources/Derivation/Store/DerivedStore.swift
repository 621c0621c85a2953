import Indicators
import Market

/// The tables of derivation, as far as its decisions know them. Everything is read and written within the
/// transaction that stores the trades.
///
/// `PostgresStore` is the real one; the simulation has one without a server, so that it runs every decision
/// of derivation as it is.
package protocol DerivedStore: AnyObject {
    // MARK: Candles

    /// Sees to it that rows of these times find their place.
    func ensureParts(_ times: [(Timeframe, Instant)]) throws
    /// Merges commutatively; returns the candles that were closed before.
    func merge(_ deltas: [CandleTables.Delta]) throws -> [CandleTables.Revised]
    /// Candles from `from` on, before `to`, ascending, at most `limit`.
    func candles(_ key: SeriesKey, from: Instant, to: Instant, limit: Int) throws -> [Candle]
    /// The oldest candle of each market.
    func firstCandles(_ timeframe: Timeframe) throws -> [(symbol: Symbol, start: Instant)]
    /// The candles that a continuation after `time` needs.
    func window(_ key: SeriesKey, before time: Instant) throws -> [Candle]
    /// The same for many.
    func windows(_ timeframe: Timeframe, before times: [(SeriesKey, Instant)]) throws -> [SeriesKey: [Candle]]
    /// Makes the candles that start in `range` again from the stored trades.
    func rebuild(_ key: SeriesKey, _ range: Range<Instant>) throws

    // MARK: Gaps

    /// The times before the first trades of markets, of which nothing is known.
    func note(_ unknown: [(symbol: Symbol, range: Range<Instant>)]) throws
    /// The gaps that overlap any of the intervals.
    func gaps(_ intervals: [(SeriesKey, Instant)]) throws -> GapTable

    // MARK: Listings

    func listings() throws -> ListingHistory
    /// Copies what a renamed market's series continues from.
    func inherit(_ items: [Inheritance]) throws

    // MARK: Indicators

    func write(_ indicators: [IndicatorTables.Entry]) throws
    func writeClosed(_ latest: [LatestTable.Entry]) throws
    func writeProvisional(_ latest: [LatestTable.Entry]) throws
    /// The newest closed interval of each series.
    func closedTimes() throws -> [SeriesKey: Instant]
    func notify(_ channel: String, _ notifications: Notifications) throws

    /// What keeps old versions of rows alive.
    func horizon() throws -> SnapshotHorizon

    // MARK: States

    func write(_ states: [StateTable.Entry]) throws
    func deleteStates(_ states: [(SeriesKey, Instant)]) throws
    /// States that a change at `time` makes wrong.
    func deleteStates(_ key: SeriesKey, from time: Instant) throws
    func newestState(_ key: SeriesKey, before time: Instant) throws -> StateTable.Stored?
    func newestStates(_ timeframes: [Timeframe]) throws -> [SeriesKey: StateTable.Stored]

    // MARK: Repairs

    func write(_ jobs: [(RepairJob, isClosed: Bool)]) throws
    /// Rows whose work another row has taken over.
    func closeOtherRepairs(_ job: RepairJob) throws
    /// What is open, a job a series; of several rows of one the oldest stands for all.
    func adoptRepairs(_ timeframes: [Timeframe]) throws -> [RepairJob]
    /// What is open, without touching it.
    func openRepairs(_ timeframes: [Timeframe]) throws -> [RepairJob]
}
