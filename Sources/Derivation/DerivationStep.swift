import Indicators
import Market
import Storage

/// One commit's worth of derivation: takes the accepted rows, works out what changes, and writes it.
struct DerivationStep {
    private(set) var books: DerivationBooks
    private let settings: DerivationSettings
    private let now: Instant
    private let provisionalMilliseconds: Int64

    private var deltas: [(key: SeriesKey, entry: CandleFold.Entry, isLate: Bool)] = []
    private var closed: [(SeriesKey, SeriesBook.Closed)] = []
    private var lateFrom: [SeriesKey: Instant] = [:]
    private var inherited: [Inheritance] = []
    private var newMarkets: [(symbol: Symbol, range: Range<Instant>)] = []
    /// Markets with trades in candles that are open.
    private var touched: Set<Symbol> = []
    private var statesToDelete: [(SeriesKey, Instant)] = []

    /// `clock` has taken what is committed. Provisional values are renewed at most each so many milliseconds.
    init(
        _ settings: DerivationSettings, _ books: DerivationBooks, clock: ClosingClock, now: Instant,
        provisionalMilliseconds: Int64
    ) {
        self.settings = settings
        self.books = books
        self.now = now
        self.provisionalMilliseconds = provisionalMilliseconds
        self.books.clock = clock
    }

    // MARK: Pure

    mutating func take(_ fold: CandleFold, _ listings: ListingHistory) throws {
        follow(listings)
        let candles = try fold.all()
        for entry in candles[settings.smallest] ?? [] { openBooks(entry) }
        for timeframe in settings.timeframes {
            for entry in candles[timeframe] ?? [] { try add(entry, SeriesKey(entry.key.symbol, timeframe)) }
        }
        try close()
    }

    /// A series that has gone over the end of a listing, since that was not known yet, is computed again.
    private mutating func follow(_ listings: ListingHistory) {
        guard listings != books.listings else { return }
        for (symbol, end) in listings.newEnds(since: books.listings) {
            for timeframe in settings.timeframes {
                let key = SeriesKey(symbol, timeframe)
                guard var book = books[key] else { continue }
                if book.isStale || book.series.lastTraded.map({ $0 >= end }) ?? false {
                    lateFrom[key] = timeframe.start(of: end)
                }
                book.series.listingEnds = listings.ends(of: symbol)
                books[key] = book
            }
        }
        books.listings = listings
    }

    /// A market's books are opened by its first trade. Under a new name it continues the series of its former
    /// one, unless that is being computed again just now.
    private mutating func openBooks(_ first: CandleFold.Entry) {
        let symbol = first.key.symbol
        guard books[SeriesKey(symbol, settings.smallest)] == nil else { return }
        for timeframe in settings.timeframes {
            let key = SeriesKey(symbol, timeframe)
            let series = IndicatorSeries(timeframe, listingEnds: books.listings.ends(of: symbol))
            var book = SeriesBook(key, openStart: timeframe.start(of: first.sums.firstTime), series: series)
            if let former = books.listings.formerName(of: symbol).flatMap({ books[SeriesKey($0, timeframe)] }
            ),
                let stateTime = former.stateTime, !former.isStale, former.series.lastTime != nil
            {
                book = SeriesBook(key, openStart: former.openStart, series: former.series)
                book.series.listingEnds = series.listingEnds
                book.stateTime = stateTime
                inherited.append(
                    Inheritance(
                        from: former.key, to: key, stateTime: stateTime, openStart: former.openStart))
            }
            books[key] = book
        }
        let start = settings.timeframes.map { $0.start(of: first.sums.firstTime) }.min() ?? first.key.start
        if start < first.sums.firstTime { newMarkets.append((symbol, start..<first.sums.firstTime)) }
        books.nextDue = books.clock.time
    }

    private mutating func add(_ entry: CandleFold.Entry, _ key: SeriesKey) throws {
        let isLate = try books.update(key) { book in
            if entry.key.start < book.openStart { return true }
            try book.add(entry)
            return false
        }
        guard let isLate else { return }
        if isLate {
            deltas.append((key, entry, true))
        } else {
            touched.insert(key.symbol)
            // Larger open candles are a roll-up on read.
            if key.timeframe == settings.smallest { deltas.append((key, entry, false)) }
        }
    }

    private mutating func close() throws {
        let until = books.clock.time.adding(milliseconds: -settings.graceMilliseconds)
        // Nothing closes between two ends of intervals.
        if let next = books.nextDue, books.clock.time < next { return }
        var nextDue: Instant?
        for key in books.keys {
            guard var due = books.dueAt(key, graceMilliseconds: settings.graceMilliseconds) else { continue }
            if due <= books.clock.time {
                try close(key, until: until)
                due = books.dueAt(key, graceMilliseconds: settings.graceMilliseconds) ?? due
            }
            nextDue = min(nextDue ?? due, due)
        }
        books.nextDue = nextDue
    }

    private mutating func close(_ key: SeriesKey, until: Instant) throws {
        guard let candles = try books.update(key, { book in try book.close(until: until) }) else { return }
        for candle in candles {
            closed.append((key, candle))
            guard candle.state != nil else { continue }
            let time = candle.candle.time
            if let last = books[key]?.stateTime,
                IndicatorSeries.day(of: last) == IndicatorSeries.day(of: time)
            {
                statesToDelete.append((key, last))
            }
            books.update(key) { $0.stateTime = time }
        }
    }

    // MARK: Writing

    mutating func write(to store: any DerivedStore) throws {
        try store.ensureParts(deltas.map { ($0.key.timeframe, $0.entry.key.start) })
        try store.ensureParts(closed.map { ($0.0.timeframe, $0.1.candle.time) })
        try store.note(newMarkets)
        try store.inherit(inherited)
        let intervals = deltas.map { ($0.key, $0.entry.key.start) } + closed.map { ($0.0, $0.1.candle.time) }
        let gaps = try store.gaps(intervals)
        for index in closed.indices {
            closed[index].1.candle.isComplete = gaps.isComplete(
                closed[index].0, at: closed[index].1.candle.time)
        }
        let revised = try store.merge(mergeRows(gaps))
        // Those that stayed as they were, the exchange's own, change no indicator.
        for one in revised { lateFrom[one.key] = min(lateFrom[one.key] ?? one.time, one.time) }
        try writeClosed(to: store)
        try repair(revised, in: store)
        try writeProvisional(to: store)
    }

    private func mergeRows(_ gaps: GapTable) -> [CandleTables.Delta] {
        var rows = deltas.map {
            CandleTables.Delta(
                key: $0.key, entry: $0.entry, isLate: $0.isLate,
                isComplete: gaps.isComplete($0.key, at: $0.entry.key.start))
        }
        for (key, candle) in closed where !candle.isFilled && key.timeframe != settings.smallest {
            guard let sums = CandleSums(candle.candle) else { continue }
            let entry = CandleFold.Entry(
                key: CandleFold.Key(symbol: key.symbol, start: candle.candle.time), sums: sums)
            rows.append(
                CandleTables.Delta(
                    key: key, entry: entry, isLate: false, isComplete: candle.candle.isComplete))
        }
        return rows
    }

    private func writeClosed(to store: any DerivedStore) throws {
        var rows: [IndicatorTables.Entry] = []
        var states: [SeriesKey: StateTable.Entry] = [:]
        var checkpoints: [StateTable.Entry] = []
        var latest: [SeriesKey: LatestTable.Entry] = [:]
        var notifications = Notifications()
        for (key, one) in closed {
            let time = one.candle.time
            if !one.isFilled {
                rows.append(IndicatorTables.Entry(key: key, time: time, values: one.values))
                if let state = one.state, books.jobs[key] == nil, lateFrom[key] == nil {
                    if let last = states[key],
                        IndicatorSeries.day(of: last.time) != IndicatorSeries.day(of: time)
                    {
                        checkpoints.append(last)
                    }
                    states[key] = StateTable.Entry(key: key, time: time, state: state)
                }
            }
            latest[key] = LatestTable.Entry(
                key: key, candle: one.candle, isFilled: one.isFilled, values: one.values)
            notifications.add(
                key, time, close: one.candle.close, isFilled: one.isFilled, isComplete: one.candle.isComplete,
                revision: 0)
        }
        try store.write(rows)
        try store.deleteStates(statesToDelete)
        try store.write(checkpoints + states.values.sorted { $0.key < $1.key })
        try store.writeClosed(Array(latest.values))
        try store.notify("candle_closed", notifications)
    }

    /// Opens repairs for what came late, and does a bounded part of all that are open.
    private mutating func repair(_ revised: [CandleTables.Revised], in store: any DerivedStore) throws {
        for (key, from) in lateFrom.sorted(by: { $0.key < $1.key }) {
            var job = books.jobs[key] ?? RepairJob(key, from: from)
            job.reopen(at: from)
            books.jobs[key] = job
            try store.deleteStates(key, from: from)
            try store.closeOtherRepairs(job)
        }
        var notifications = Notifications()
        for one in revised {
            notifications.add(
                one.key, one.time, close: one.close, isFilled: false, isComplete: one.isComplete,
                revision: one.revision)
        }
        try store.notify("candle_revised", notifications)
        try continueRepairs(in: store)
    }

    private mutating func continueRepairs(in store: any DerivedStore) throws {
        var left = settings.repairCandlesMax
        var written: [(RepairJob, isClosed: Bool)] = []
        var latest: [LatestTable.Entry] = []
        // Long candles first: they are few, and done at once.
        for key in books.jobs.keys.sorted(by: { ($1.timeframe, $0.symbol) < ($0.timeframe, $1.symbol) })
        where left > 0 {
            guard var job = books.jobs[key], var book = books[key] else { continue }
            switch try job.slice(
                left, until: book.openStart, listingEnds: books.listings.ends(of: key.symbol), in: store)
            {
            case .more(let candles):
                left -= candles
                books.jobs[key] = job
                written.append((job, false))
            case .done(let series, let stateTime, let candles):
                left -= max(1, candles)
                books.jobs[key] = nil
                book.stateTime = stateTime
                let last = try newest(of: series, book, in: store)
                let filled = book.swap(series)
                if let filled {
                    latest.append(
                        LatestTable.Entry(
                            key: key, candle: filled.candle, isFilled: true, values: filled.values))
                } else if let last {
                    latest.append(last)
                }
                books[key] = book
                written.append((job, true))
            }
        }
        for key in lateFrom.keys where books.jobs[key] != nil && !written.contains(where: { $0.0.key == key })
        {
            if let job = books.jobs[key] { written.append((job, false)) }
        }
        try store.write(written)
        let gaps = try store.gaps(latest.map { ($0.key, $0.candle.time) })
        for index in latest.indices {
            latest[index].candle.isComplete = gaps.isComplete(
                latest[index].key, at: latest[index].candle.time)
        }
        try store.writeClosed(latest)
    }

    /// The newest closed candle of a repaired series, for the latest row.
    private func newest(
        of series: IndicatorSeries, _ book: SeriesBook, in store: any DerivedStore
    ) throws -> LatestTable.Entry? {
        guard let time = series.lastTime, let values = series.lastValues,
            let candle = try store.candles(book.key, from: time, to: book.openStart, limit: 1).first
        else { return nil }
        return LatestTable.Entry(key: book.key, candle: candle, isFilled: false, values: values)
    }

    private mutating func writeProvisional(to store: any DerivedStore) throws {
        books.provisional.owe(touched)
        if ProvisionalPace.isBehind(books.clock.time, now: now) { return books.provisional.wait(behind: now) }
        let symbols = books.provisional.take(now: now, intervalMilliseconds: provisionalMilliseconds)
        var rows: [LatestTable.Entry] = []
        for symbol in symbols {
            for timeframe in settings.timeframes {
                let key = SeriesKey(symbol, timeframe)
                guard let book = books[key] else { continue }
                // Once its repair is done.
                if book.isStale { books.provisional.owe([symbol]) }
                guard let (candle, values) = try book.provisional() else { continue }
                rows.append(LatestTable.Entry(key: key, candle: candle, isFilled: false, values: values))
            }
        }
        let gaps = try store.gaps(rows.map { ($0.key, $0.candle.time) })
        for index in rows.indices {
            rows[index].candle.isComplete = gaps.isComplete(rows[index].key, at: rows[index].candle.time)
        }
        try store.writeProvisional(rows)
    }
}
