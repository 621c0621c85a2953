import Indicators
import Market
import Storage

/// Computes the indicators of a series again from a candle on, slice by slice.
package struct RepairJob: Sendable {
    package let key: SeriesKey
    /// Rows from here on are wrong until written again.
    package private(set) var from: Instant
    /// Up to here they have been.
    package private(set) var doneUntil: Instant
    /// Nil until the first slice.
    private var series: IndicatorSeries?
    private var lastState: StateTable.Entry?

    package init(_ key: SeriesKey, from: Instant, doneUntil: Instant? = nil) {
        self.key = key
        self.from = from
        self.doneUntil = doneUntil ?? from
    }

    /// Another late trade: what was done after it is undone.
    mutating func reopen(at time: Instant) {
        guard time < doneUntil || series.map({ ($0.lastTime ?? time) >= time }) ?? false else { return }
        from = min(from, time)
        doneUntil = min(doneUntil, time)
        series = nil
        lastState = nil
    }

    enum Progress {
        case more(candles: Int)
        case done(IndicatorSeries, stateTime: Instant?, candles: Int)
    }

    /// Works through at most `candlesMax` stored candles, all before `openStart`.
    mutating func slice(
        _ candlesMax: Int, until openStart: Instant, listingEnds: [Instant], in store: any DerivedStore
    ) throws -> Progress {
        var series = try self.series ?? start(in: store)
        series.listingEnds = listingEnds
        let next =
            series.lastTime.map { key.timeframe.next(after: $0) } ?? Instant(microseconds: Self.earliest)
        let candles = try store.candles(key, from: next, to: openStart, limit: candlesMax)
        var rows: [IndicatorTables.Entry] = []
        var checkpoints: [StateTable.Entry] = []
        for candle in candles {
            let values = try series.close(candle)
            if candle.time >= doneUntil {
                rows.append(IndicatorTables.Entry(key: key, time: candle.time, values: values))
            }
            if let last = lastState,
                IndicatorSeries.day(of: last.time) != IndicatorSeries.day(of: candle.time)
            {
                checkpoints.append(last)
            }
            lastState = StateTable.Entry(key: key, time: candle.time, state: series.state)
        }
        try store.write(rows)
        self.series = series
        if let last = candles.last { doneUntil = max(doneUntil, key.timeframe.next(after: last.time)) }
        let isDone = candles.count < candlesMax
        if isDone, let last = lastState { checkpoints.append(last) }
        try store.write(checkpoints)
        guard isDone else { return .more(candles: candles.count) }
        doneUntil = max(doneUntil, openStart)
        return .done(series, stateTime: lastState?.time, candles: candles.count)
    }

    private static let earliest = TimeBounds.earliest.microseconds

    /// From the last state before the change, or from the first candle.
    private mutating func start(in store: any DerivedStore) throws -> IndicatorSeries {
        // What the live series wrote since is as wrong as what it was computed from.
        try store.deleteStates(key, from: from)
        guard let found = try store.newestState(key, before: min(from, doneUntil)), let state = found.state
        else { return IndicatorSeries(key.timeframe) }
        let recent = try store.window(key, before: found.time)
        lastState = StateTable.Entry(key: key, time: found.time, state: state)
        do throws(IndicatorsError) {
            return try IndicatorSeries(key.timeframe, after: found.time, state, recent: recent)
        } catch  where error.code == .badSeries {
            // The candles of its window are gone: everything that is stored, then.
            lastState = nil
            return IndicatorSeries(key.timeframe)
        }
    }
}
