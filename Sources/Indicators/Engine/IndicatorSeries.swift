import Market

/// The gap-filled series of one market and timeframe, with its indicators: an interval without a trade
/// counts as a candle at the close before it, without volume.
///
/// It does not reach over the end of a listing: what is traded after it begins the series anew.
package struct IndicatorSeries: Sendable {
    /// So many empty intervals are filled; after a longer silence the series begins anew.
    package static let filledMax = 1_000_000

    package let timeframe: Timeframe
    private var engine = IndicatorEngine()
    /// The last interval of the series; nil before the first candle.
    package private(set) var lastTime: Instant?
    /// The last trade of the last candle with trades.
    package private(set) var lastTraded: Instant?
    /// When the market was delisted, ascending.
    package var listingEnds: [Instant]
    /// The values at the last candle that was taken since the series was begun or continued.
    package private(set) var lastValues: IndicatorValues?

    package init(_ timeframe: Timeframe, listingEnds: [Instant] = []) {
        self.timeframe = timeframe
        self.listingEnds = listingEnds
    }

    package var state: RecursiveState { engine.state }

    /// Continues after the candle at `time`. `recent` are stored candles up to that one, oldest first,
    /// beginning at or before the first interval of the longest window.
    package init(
        _ timeframe: Timeframe, after time: Instant, _ state: RecursiveState, recent: [Candle],
        listingEnds: [Instant] = []
    ) throws(IndicatorsError) {
        self.timeframe = timeframe
        self.listingEnds = listingEnds
        guard recent.last?.time == time else {
            throw IndicatorsError(
                .badSeries, "the candle of the state at \(time) is not stored", place: "\(timeframe)",
                remedy: "Run `yeoul rebuild` for its market and timeframe")
        }
        var start = time
        for _ in 1..<max(1, min(state.count, Int64(IndicatorWindows.candlesMax))) {
            start = timeframe.previous(before: start)
        }
        engine = try IndicatorEngine(state, recent: Self.inputs(recent, from: start, timeframe))
        lastTime = time
        lastTraded = recent.last.map(Self.traded)
    }

    /// Where a candle lies among the ends of listings: one that holds trades of two belongs to the later.
    private static func traded(_ candle: Candle) -> Instant { candle.lastTime ?? candle.time }

    /// The first end of a listing after what was traded last.
    private var nextListingEnd: Instant? {
        guard let lastTraded, let last = listingEnds.last, lastTraded < last else { return nil }
        return listingEnds.first { lastTraded < $0 }
    }

    /// Whether the candle is of another listing than the one before it.
    private func isRelisted(_ candle: Candle) -> Bool {
        nextListingEnd.map { $0 <= Self.traded(candle) } ?? false
    }

    /// How far back the candles for a continuation reach, as an upper bound of the first one's time.
    package static func windowStart(_ timeframe: Timeframe, before time: Instant) -> Instant {
        var start = time
        for _ in 1..<IndicatorWindows.candlesMax { start = timeframe.previous(before: start) }
        return start
    }

    /// The inputs of the intervals from `start` on, empty ones filled.
    private static func inputs(
        _ candles: [Candle], from start: Instant, _ timeframe: Timeframe
    ) throws(IndicatorsError) -> [IndicatorInput] {
        var inputs: [IndicatorInput] = []
        var expected = start
        var close: Int64?
        for candle in candles {
            let input = try IndicatorInput(candle)
            if candle.time >= start {
                while expected < candle.time, let close {
                    inputs.append(IndicatorInput(filling: expected, close: close))
                    expected = timeframe.next(after: expected)
                }
                inputs.append(input)
                expected = timeframe.next(after: candle.time)
            }
            close = input.close
        }
        return inputs
    }

    /// Takes a candle with trades into the series, after the empty intervals before it.
    package mutating func close(_ candle: Candle) throws(IndicatorsError) -> IndicatorValues {
        let input = try IndicatorInput(candle)
        if isRelisted(candle) { self = IndicatorSeries(timeframe, listingEnds: listingEnds) }
        if let lastTime {
            guard candle.time > lastTime else {
                throw IndicatorsError(
                    .badSeries, "a candle at \(candle.time) after that at \(lastTime)",
                    place: "\(candle.symbol) \(timeframe)",
                    remedy: "Take candles in the order of time; a late one needs a repair")
            }
            fill(until: candle.time)
        }
        lastTime = candle.time
        lastTraded = Self.traded(candle)
        var values = IndicatorValues()
        engine.close(input, into: &values)
        lastValues = values
        return values
    }

    /// Takes the empty intervals that start before `time`, and before the end of the listing; the values at the
    /// last of them, nil when there was none.
    @discardableResult
    package mutating func fill(until time: Instant) -> IndicatorValues? {
        guard let lastTime, let close = engine.lastClose else { return nil }
        let time = min(time, nextListingEnd ?? time)
        var next = timeframe.next(after: lastTime)
        guard next < time else { return nil }
        guard timeframe.count(from: next, to: time) <= Self.filledMax else {
            self = IndicatorSeries(timeframe, listingEnds: listingEnds)
            return nil
        }
        var values = IndicatorValues()
        while next < time {
            engine.close(IndicatorInput(filling: next, close: close), into: &values)
            self.lastTime = next
            next = timeframe.next(after: next)
        }
        lastValues = values
        return values
    }

    /// The day, since 1970, that a candle belongs to: the Upbit day.
    package static func day(of time: Instant) -> Int64 { IndicatorInput.day(of: time) }

    /// The values with an open candle, which is not taken.
    package func provisional(_ candle: Candle) throws(IndicatorsError) -> IndicatorValues {
        let input = try IndicatorInput(candle)
        if isRelisted(candle) { return IndicatorEngine().provisional(input) }
        guard let lastTime, candle.time > timeframe.next(after: lastTime) else {
            return engine.provisional(input)
        }
        var filled = self
        filled.fill(until: candle.time)
        return filled.engine.provisional(input)
    }

    /// The price that an empty interval has; nil before the first candle.
    package var lastClose: Decimal8? {
        engine.lastClose.map { Decimal8(unscaled: Int128($0)) }
    }
}
