import Indicators
import Market
import Storage

/// Reads where derivation stands: what has closed, the states, and the candles of the windows. What follows is
/// the same, bit for bit, as if nothing had been interrupted.
struct WarmStart {
    private let settings: DerivationSettings
    private let store: any DerivedStore

    /// A month of minutes, when nothing lies between.
    private static let openPartsMax = 50_000

    private let clock: ClosingClock

    init(
        _ settings: DerivationSettings, _ store: any DerivedStore, clock: ClosingClock = ClosingClock()
    ) {
        self.settings = settings
        self.clock = clock
        self.store = store
    }

    func books() throws -> DerivationBooks {
        var result = DerivationBooks()
        result.clock = clock
        result.listings = try store.listings()
        let first = try store.firstCandles(settings.smallest)
        let closed = try store.closedTimes()
        for job in try store.adoptRepairs(settings.timeframes) { result.jobs[job.key] = job }
        for (symbol, start) in first {
            // All timeframes close together, so what has not closed yet lies behind the smallest's end.
            let reached =
                closed[SeriesKey(symbol, settings.smallest)].map { settings.smallest.next(after: $0) }
                ?? start
            for timeframe in settings.timeframes {
                let key = SeriesKey(symbol, timeframe)
                let openStart = closed[key].map { timeframe.next(after: $0) } ?? timeframe.start(of: reached)
                let ends = result.listings.ends(of: symbol)
                result[key] = SeriesBook(
                    key, openStart: openStart, series: IndicatorSeries(timeframe, listingEnds: ends))
            }
        }
        try addSeries(&result)
        try addOpenCandles(&result)
        for key in result.keys {
            guard let book = result[key] else { continue }
            let due = book.dueAt(graceMilliseconds: settings.graceMilliseconds)
            result.nextDue = min(result.nextDue ?? due, due)
        }
        // What was traded last may not have come to its provisional values.
        result.provisional.owe(result.keys.lazy.filter { result[$0]?.open.isEmpty == false }.map(\.symbol))
        result.settle()
        return result
    }

    private func addSeries(_ result: inout DerivationBooks) throws {
        let states = try store.newestStates(settings.timeframes)
        for timeframe in settings.timeframes {
            let keys = result.keys.filter { $0.timeframe == timeframe }
            let windows = try store.windows(
                timeframe, before: keys.compactMap { key in states[key].map { (key, $0.time) } })
            for key in keys {
                guard var book = result[key] else { continue }
                try restore(&book, states[key], windows[key] ?? [], &result)
                result[key] = book
            }
        }
    }

    private func restore(
        _ book: inout SeriesBook, _ state: StateTable.Stored?, _ recent: [Candle],
        _ result: inout DerivationBooks
    ) throws {
        if result.jobs[book.key] != nil {
            book.isStale = true
            return
        }
        if let state, let known = state.state {
            do throws(IndicatorsError) {
                book.series = try IndicatorSeries(
                    book.key.timeframe, after: state.time, known, recent: recent,
                    listingEnds: result.listings.ends(of: book.key.symbol))
                book.stateTime = state.time
                _ = book.fill()
                return
            } catch {
                // Computed again below: the state does not fit what is stored.
            }
        }
        let stored = try store.candles(
            book.key, from: TimeBounds.earliest, to: book.openStart, limit: 1)
        guard let first = stored.first else { return }
        book.isStale = true
        result.jobs[book.key] = RepairJob(book.key, from: first.time)
    }

    /// Open candles from smaller ones: those of the smallest timeframe are stored as they grow, the others are
    /// made of what has closed of the next smaller and of what is open of it.
    private func addOpenCandles(_ result: inout DerivationBooks) throws {
        for (index, timeframe) in settings.timeframes.enumerated() {
            let part = settings.timeframes[..<index].last { timeframe.isComposed(of: $0) } ?? timeframe
            for key in result.keys.filter({ $0.timeframe == timeframe }) {
                guard var book = result[key] else { continue }
                let partKey = SeriesKey(key.symbol, part)
                let end = part == timeframe ? Instant(microseconds: .max) : result[partKey]?.openStart
                for candle in try store.candles(
                    partKey, from: book.openStart, to: end ?? book.openStart, limit: Self.openPartsMax)
                {
                    guard let sums = CandleSums(candle) else { continue }
                    try add(candle.time, sums, to: &book)
                }
                if part != timeframe {
                    for entry in result[partKey]?.open ?? [] {
                        try add(entry.key.start, entry.sums, to: &book)
                    }
                }
                result[key] = book
            }
        }
    }

    private func add(_ time: Instant, _ sums: CandleSums, to book: inout SeriesBook) throws {
        let start = book.key.timeframe.start(of: time)
        // A part may end before this one begins: weeks begin within months.
        guard start >= book.openStart else { return }
        try book.add(
            CandleFold.Entry(key: CandleFold.Key(symbol: book.key.symbol, start: start), sums: sums))
    }
}
