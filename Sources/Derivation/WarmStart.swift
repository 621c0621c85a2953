import Database
import Indicators
import Market
import Storage

/// Reads where derivation stands: what has closed, the states, and the candles of the windows. What follows is
/// the same, bit for bit, as if nothing had been interrupted.
struct WarmStart {
    private let settings: DerivationSettings
    private let connection: BlockingConnection

    /// A month of minutes, when nothing lies between.
    private static let openPartsMax = 50_000

    private let clock: ClosingClock

    init(
        _ settings: DerivationSettings, _ connection: BlockingConnection, clock: ClosingClock = ClosingClock()
    ) {
        self.settings = settings
        self.clock = clock
        self.connection = connection
    }

    func books() throws -> DerivationBooks {
        var result = DerivationBooks()
        result.clock = clock
        let first = try firstCandles()
        let closed = try closedTimes()
        for job in try RepairTable.adopt(settings.timeframes, on: connection) { result.jobs[job.key] = job }
        for (symbol, start) in first {
            // All timeframes close together, so what has not closed yet lies behind the smallest's end.
            let reached =
                closed[SeriesKey(symbol, settings.smallest)].map { settings.smallest.next(after: $0) }
                ?? start
            for timeframe in settings.timeframes {
                let key = SeriesKey(symbol, timeframe)
                let openStart = closed[key].map { timeframe.next(after: $0) } ?? timeframe.start(of: reached)
                result[key] = SeriesBook(key, openStart: openStart)
            }
        }
        try addSeries(&result)
        try addOpenCandles(&result)
        for key in result.keys {
            guard let book = result[key] else { continue }
            let due = book.dueAt(graceMilliseconds: settings.graceMilliseconds)
            result.nextDue = min(result.nextDue ?? due, due)
        }
        result.settle()
        return result
    }

    /// The oldest candle of the smallest timeframe of each market.
    private func firstCandles() throws -> [(Symbol, Instant)] {
        let table = Candle.table(of: settings.smallest).qualifiedName
        // One step down the key for each market, not a scan of all rows.
        return try connection.query(
            """
            WITH RECURSIVE symbols AS (
                (SELECT symbol FROM \(table) WHERE timeframe = $1 ORDER BY symbol LIMIT 1)
                UNION ALL
                SELECT (SELECT c.symbol FROM \(table) c WHERE c.timeframe = $1 AND c.symbol > s.symbol
                    ORDER BY c.symbol LIMIT 1) FROM symbols s WHERE s.symbol IS NOT NULL
            )
            SELECT s.symbol, (SELECT min(c.time) FROM \(table) c WHERE c.symbol = s.symbol AND c.timeframe = $1)
            FROM symbols s WHERE s.symbol IS NOT NULL
            """, [DatabaseValue(settings.smallest)]
        ).map { (try Symbol($0.value(0)), try CandleReader.instant($0, 1)) }
    }

    /// The newest closed interval of each series.
    private func closedTimes() throws -> [SeriesKey: Instant] {
        var result: [SeriesKey: Instant] = [:]
        for row in try connection.query(
            "SELECT symbol, timeframe, time FROM market.latest_indicators WHERE time IS NOT NULL")
        {
            let key = SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String))
            result[key] = try CandleReader.instant(row, 2)
        }
        return result
    }

    private func addSeries(_ result: inout DerivationBooks) throws {
        let states = try newestStates()
        for timeframe in settings.timeframes {
            let keys = result.keys.filter { $0.timeframe == timeframe }
            let windows = try windows(
                timeframe, keys.compactMap { key in states[key].map { (key, $0.time) } })
            for key in keys {
                guard var book = result[key] else { continue }
                try restore(&book, states[key], windows[key] ?? [], &result)
                result[key] = book
            }
        }
    }

    private func restore(
        _ book: inout SeriesBook, _ state: StoredState?, _ recent: [Candle], _ result: inout DerivationBooks
    ) throws {
        if result.jobs[book.key] != nil {
            book.isStale = true
            return
        }
        if let state, let known = state.state {
            do throws(IndicatorsError) {
                book.series = try IndicatorSeries(
                    book.key.timeframe, after: state.time, known, recent: recent)
                book.stateTime = state.time
                _ = book.fill()
                return
            } catch {
                // Computed again below: the state does not fit what is stored.
            }
        }
        let stored = try CandleReader.read(
            book.key, from: TimeBounds.earliest, to: book.openStart, limit: 1, on: connection)
        guard let first = stored.first else { return }
        book.isStale = true
        result.jobs[book.key] = RepairJob(book.key, from: first.time)
    }

    private struct StoredState {
        var time: Instant
        /// Nil when this program cannot read it.
        var state: RecursiveState?
    }

    private func newestStates() throws -> [SeriesKey: StoredState] {
        var result: [SeriesKey: StoredState] = [:]
        let rows = try connection.query(
            """
            SELECT DISTINCT ON (symbol, timeframe) symbol, timeframe, time, version, state
            FROM market.indicator_states WHERE timeframe = ANY ($1) ORDER BY symbol, timeframe, time DESC
            """, [.textArray(settings.timeframes.map(\.rawValue))])
        for row in rows {
            let key = SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String))
            result[key] = StoredState(
                time: try CandleReader.instant(row, 2),
                state: try? RecursiveState(try row.value(4), version: try row.value(3)))
        }
        return result
    }

    /// The candles of the windows of all markets of a timeframe, with one statement.
    private func windows(
        _ timeframe: Timeframe, _ states: [(SeriesKey, Instant)]
    ) throws -> [SeriesKey: [Candle]] {
        guard !states.isEmpty else { return [:] }
        let table = Candle.table(of: timeframe).qualifiedName
        let columns = CandleReader.columns.map { "c.\($0)" }.joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT \(columns), n.symbol
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS n (symbol, start, last)
            CROSS JOIN LATERAL (
                SELECT coalesce(max(b.time), n.start) AS first FROM \(table) b
                WHERE b.symbol = n.symbol AND b.timeframe = $4 AND b.time <= n.start
            ) f
            JOIN \(table) c ON c.symbol = n.symbol AND c.timeframe = $4 AND c.time >= f.first AND c.time <= n.last
            ORDER BY n.symbol, c.time
            """,
            [
                .textArray(states.map { "\($0.0.symbol)" }),
                .timestampArray(
                    states.map {
                        let start = IndicatorSeries.windowStart(timeframe, before: $0.1)
                        return Timestamp(microseconds: start.microseconds)
                    }),
                .timestampArray(states.map { Timestamp(microseconds: $0.1.microseconds) }),
                DatabaseValue(timeframe),
            ])
        var result: [SeriesKey: [Candle]] = [:]
        for row in rows {
            let key = SeriesKey(try Symbol(row.value(CandleReader.columns.count)), timeframe)
            result[key, default: []].append(try CandleReader.candle(row, key))
        }
        return result
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
                for candle in try CandleReader.read(
                    partKey, from: book.openStart, to: end ?? book.openStart, limit: Self.openPartsMax,
                    on: connection)
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
