import Derivation
import Indicators
import Market

/// What `PostgresStore` does with statements, done with values: within one transaction.
final class SimulatedDerivedStore: DerivedStore {
    private(set) var rows: SimulatedDerived

    init(_ rows: SimulatedDerived) { self.rows = rows }

    // MARK: Candles

    func ensureParts(_ times: [(Timeframe, Instant)]) {}

    func merge(_ deltas: [CandleTables.Delta]) throws -> [CandleTables.Revised] {
        var revised: [CandleTables.Revised] = []
        for delta in deltas {
            let time = delta.entry.key.start
            var list = rows.candles[delta.key] ?? []
            let index = list.firstIndex { $0.time >= time } ?? list.count
            var revision: Int64 = delta.isLate ? 1 : 0
            var sums = delta.entry.sums
            if index < list.count, list[index].time == time {
                revision += list[index].revision
                if let known = CandleSums(list.remove(at: index)) { try sums.merge(known) }
            }
            let candle = sums.candle(
                delta.key.symbol, delta.key.timeframe, at: time, isComplete: delta.isComplete,
                revision: revision)
            list.insert(candle, at: index)
            rows.candles[delta.key] = list
            note(delta.key, time)
            if delta.isLate { revised.append(CandleTables.Revised(candle)) }
        }
        return revised
    }

    private func note(_ key: SeriesKey, _ time: Instant) {
        rows.changed.insert(key)
        rows.changedIntervals.insert(SimulatedInterval(key, time))
    }

    func candles(_ key: SeriesKey, from: Instant, to: Instant, limit: Int) -> [Candle] {
        Array((rows.candles[key] ?? []).lazy.filter { $0.time >= from && $0.time < to }.prefix(limit))
    }

    func firstCandles(_ timeframe: Timeframe) -> [(symbol: Symbol, start: Instant)] {
        rows.candles.filter { $0.key.timeframe == timeframe }.sorted { $0.key < $1.key }
            .compactMap { entry in entry.value.first.map { (symbol: entry.key.symbol, start: $0.time) } }
    }

    func window(_ key: SeriesKey, before time: Instant) -> [Candle] {
        let list = rows.candles[key] ?? []
        let start = IndicatorSeries.windowStart(key.timeframe, before: time)
        let first = list.last { $0.time <= start }?.time ?? start
        return list.filter { $0.time >= first && $0.time <= time }
    }

    func windows(_ timeframe: Timeframe, before times: [(SeriesKey, Instant)]) -> [SeriesKey: [Candle]] {
        var result: [SeriesKey: [Candle]] = [:]
        for (key, time) in times { result[key] = window(key, before: time) }
        return result
    }

    /// Nobody but derivation opens repairs here, so none is ever foreign.
    func rebuild(_ key: SeriesKey, _ range: Range<Instant>) throws {
        throw DerivationError(.badRow, "a repair of \(key) that nobody opened")
    }

    // MARK: Gaps

    func note(_ unknown: [(symbol: Symbol, range: Range<Instant>)]) {}

    func gaps(_ intervals: [(SeriesKey, Instant)]) -> GapTable { GapTable() }

    // MARK: Listings

    /// Markets stay as they are here.
    func listings() -> ListingHistory { ListingHistory() }

    func inherit(_ items: [Inheritance]) {}

    // MARK: Indicators

    func write(_ indicators: [IndicatorTables.Entry]) {
        for entry in indicators {
            rows.indicators[entry.key, default: [:]][entry.time] = entry.values
            rows.changed.insert(entry.key)
        }
    }

    func writeClosed(_ latest: [LatestTable.Entry]) {
        for entry in latest {
            rows.latest[entry.key] = SimulatedDerived.Latest(time: entry.candle.time, values: entry.values)
            note(entry.key, entry.candle.time)
        }
    }

    func writeProvisional(_ latest: [LatestTable.Entry]) {}

    func closedTimes() -> [SeriesKey: Instant] { rows.latest.mapValues(\.time) }

    func notify(_ channel: String, _ notifications: Notifications) {}

    func horizon() -> SnapshotHorizon { SnapshotHorizon(next: 0, oldest: 0) }

    // MARK: States

    func write(_ states: [StateTable.Entry]) {
        for entry in states {
            var list = rows.states[entry.key] ?? []
            list.removeAll { $0.time == entry.time }
            list.insert(entry, at: list.firstIndex { $0.time > entry.time } ?? list.count)
            rows.states[entry.key] = list
            rows.changed.insert(entry.key)
        }
    }

    func deleteStates(_ states: [(SeriesKey, Instant)]) {
        for (key, time) in states { rows.states[key]?.removeAll { $0.time == time } }
    }

    func deleteStates(_ key: SeriesKey, from time: Instant) {
        rows.states[key]?.removeAll { $0.time >= time }
    }

    func newestState(_ key: SeriesKey, before time: Instant) -> StateTable.Stored? {
        rows.states[key]?.last { $0.time < time }.map { StateTable.Stored(time: $0.time, state: $0.state) }
    }

    func newestStates(_ timeframes: [Timeframe]) -> [SeriesKey: StateTable.Stored] {
        rows.states.compactMapValues { list in
            list.last.map { StateTable.Stored(time: $0.time, state: $0.state) }
        }
    }

    // MARK: Repairs

    func write(_ jobs: [(RepairJob, isClosed: Bool)]) {
        for (job, isClosed) in jobs {
            let repair = SimulatedDerived.Repair(from: job.from, doneUntil: job.doneUntil, isClosed: isClosed)
            rows.repairs[job.key, default: []].removeAll { $0.from == job.from }
            rows.repairs[job.key, default: []].append(repair)
            rows.changed.insert(job.key)
        }
    }

    func closeOtherRepairs(_ job: RepairJob) { close(job.key) { $0.from != job.from } }

    func adoptRepairs(_ timeframes: [Timeframe]) -> [RepairJob] {
        let open = openRepairs(timeframes)
        for job in open { close(job.key) { $0.from > job.from } }
        return open
    }

    private func close(_ key: SeriesKey, where isMeant: (SimulatedDerived.Repair) -> Bool) {
        for index in rows.repairs[key]?.indices ?? 0..<0 {
            if let repair = rows.repairs[key]?[index], isMeant(repair) {
                rows.repairs[key]?[index].isClosed = true
            }
        }
    }

    func openRepairs(_ timeframes: [Timeframe]) -> [RepairJob] {
        rows.repairs.sorted { $0.key < $1.key }.compactMap { key, repairs in
            let open = repairs.filter { !$0.isClosed }
            guard let from = open.map(\.from).min() else { return nil }
            return RepairJob(key, from: from, doneUntil: open.map(\.doneUntil).min())
        }
    }
}
