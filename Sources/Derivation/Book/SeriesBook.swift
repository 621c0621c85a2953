import Indicators
import Market

/// What is known of one market and timeframe: where the open interval begins, what was traded since, and the
/// indicators of what is closed. Pure: trades and time in, closed candles out.
package struct SeriesBook: Sendable {
    /// A candle that has closed.
    package struct Closed: Sendable {
        package var candle: Candle
        /// No trade was in it: it has no row.
        package var isFilled: Bool
        package var values: IndicatorValues
        /// Only after a candle with a row.
        package var state: RecursiveState?
    }

    package let key: SeriesKey
    /// The start of the first interval that is not closed.
    package private(set) var openStart: Instant
    /// Intervals from there on with their trades, ascending: the open one, and the next within the grace.
    package private(set) var open: [CandleFold.Entry] = []
    package var series: IndicatorSeries
    /// The series is of no use until its repair is done.
    package var isStale = false
    /// The last candle with a state of its own in the database.
    package var stateTime: Instant?

    package init(_ key: SeriesKey, openStart: Instant, series: IndicatorSeries? = nil) {
        self.key = key
        self.openStart = openStart
        self.series = series ?? IndicatorSeries(key.timeframe)
    }

    /// When the open interval closes.
    package func dueAt(graceMilliseconds: Int64) -> Instant {
        key.timeframe.next(after: openStart).adding(milliseconds: graceMilliseconds)
    }

    package var hasHistory: Bool { series.lastTime != nil || isStale }

    /// Adds trades of an interval that is not closed.
    package mutating func add(_ entry: CandleFold.Entry) throws(IndicatorsError) {
        if let index = open.firstIndex(where: { $0.key.start >= entry.key.start }) {
            if open[index].key.start == entry.key.start {
                try open[index].sums.merge(entry.sums)
            } else {
                open.insert(entry, at: index)
            }
        } else {
            open.append(entry)
        }
    }

    /// Closes what has ended by `time` (the grace is taken off already): each candle with trades, and the last
    /// of the empty intervals, for it is the newest.
    package mutating func close(until time: Instant) throws(IndicatorsError) -> [Closed] {
        let end = key.timeframe.start(of: time)
        guard end > openStart else { return [] }
        var closed: [Closed] = []
        while let entry = open.first, entry.key.start < end {
            open.removeFirst()
            let candle = entry.sums.candle(key.symbol, key.timeframe, at: entry.key.start, isComplete: true)
            let values = isStale ? IndicatorValues() : try series.close(candle)
            closed.append(
                Closed(candle: candle, isFilled: false, values: values, state: isStale ? nil : series.state))
        }
        openStart = end
        if !isStale, let filled = fill() { closed.append(filled) }
        return closed
    }

    /// Takes the empty intervals before the open one into the series.
    package mutating func fill() -> Closed? {
        guard let price = series.lastClose, let values = series.fill(until: openStart),
            let time = series.lastTime
        else { return nil }
        var candle = Candle(
            time: time, symbol: key.symbol, timeframe: key.timeframe, open: price, high: price, low: price,
            close: price, volume: .zero, value: .zero, source: .trades)
        (candle.trades, candle.buyVolume, candle.sellVolume) = (0, .zero, .zero)
        return Closed(candle: candle, isFilled: true, values: values, state: nil)
    }

    /// The newest open candle with trades, with the values as they stand.
    package func provisional() throws(IndicatorsError) -> (Candle, IndicatorValues)? {
        guard let entry = open.last, !isStale else { return nil }
        let candle = entry.sums.candle(key.symbol, key.timeframe, at: entry.key.start, isComplete: true)
        // Before the one before is closed, its candle belongs into the values, too.
        var series = series
        for earlier in open.dropLast() {
            _ = try series.close(
                earlier.sums.candle(key.symbol, key.timeframe, at: earlier.key.start, isComplete: true))
        }
        return (candle, try series.provisional(candle))
    }

    /// The repaired series takes the place of the one that was.
    package mutating func swap(_ repaired: IndicatorSeries) -> Closed? {
        series = repaired
        isStale = false
        return fill()
    }
}
