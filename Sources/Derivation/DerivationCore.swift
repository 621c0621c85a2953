import Indicators
import Market
import Storage

/// What derivation remembers from one commit to the next, and when it believes it. Without a connection: what
/// it reads and writes goes through a `DerivedStore`.
///
/// Nothing of it changes before the transaction is committed: a commit that is tried again, or whose outcome
/// is unknown, finds it as it was.
package struct DerivationCore: Sendable {
    private let settings: DerivationSettings
    /// Nil until the first commit of a session.
    private var books: DerivationBooks?
    private var pending: DerivationBooks?
    /// The books were read in the transaction that is going on, which may be taken back.
    private var isReadNow = false
    /// Until when everything that was received is committed with the next transaction.
    private var through: Instant?
    private var snapshots = SnapshotAge()

    package init(_ settings: DerivationSettings) { self.settings = settings }

    /// Whether a candle closes, provisional values are owed, a repair goes on, or everything is to be read anew,
    /// although nothing is traded.
    package func isDue(at time: Instant?) -> Bool {
        guard let books, books.jobs.isEmpty else { return true }
        guard let time else { return false }
        return books.nextDue.map { time >= $0 } ?? false || books.provisional.isDue(at: time)
    }

    package mutating func willCommit(through time: Instant?) { through = time }

    /// Another process may have gone on meanwhile, or the answer to a COMMIT was lost: the next commit reads
    /// where derivation stands.
    package mutating func sessionBegan() {
        books = nil
        pending = nil
        isReadNow = false
    }

    /// Repairs that are open; nil before the first commit.
    package var repairCount: Int? { books?.jobs.count }

    package mutating func didCommit() {
        guard let settled = pending else { return }
        pending = nil
        isReadNow = false
        // No copy is left when the changes are taken over.
        books = nil
        books = settled
        books?.settle()
    }

    package mutating func didNotCommit() {
        pending = nil
        guard isReadNow else { return }
        isReadNow = false
        books = nil
    }

    /// `now` is the exchange's time.
    package mutating func takePart(
        in store: any DerivedStore, with accepted: MarketBatch, now: Instant
    ) throws {
        pending = nil
        if books == nil {
            isReadNow = true
            books = try WarmStart(settings, store).books()
        }
        try adoptRepairs(in: store)
        guard let books else { return }
        var fold = try CandleFold(settings.timeframes)
        try fold.add(accepted.trades)
        var clock = books.clock
        clock.advance(with: accepted, through: through, now: now)
        let listings = try listings(in: store, books, fold, clock)
        var step = DerivationStep(
            settings, books, clock: clock, now: now,
            provisionalMilliseconds: try provisionalMilliseconds(in: store, now: now))
        try step.take(fold, listings)
        try step.write(to: store)
        pending = step.books
    }

    /// No old version of a row goes while a snapshot may see it, and whoever changes the row goes past them all.
    /// So the older the oldest snapshot, the rarer these rows are written.
    private mutating func provisionalMilliseconds(in store: any DerivedStore, now: Instant) throws -> Int64 {
        if snapshots.isDue(at: now) { snapshots.note(try store.horizon(), at: now) }
        return settings.provisionalMilliseconds(besideSnapshotOf: snapshots.milliseconds)
    }

    /// Read anew when candles close and when a market is new, for it may have had another name.
    private func listings(
        in store: any DerivedStore, _ books: DerivationBooks, _ fold: CandleFold, _ clock: ClosingClock
    ) throws -> ListingHistory {
        let isClosing = books.nextDue.map { clock.time >= $0 } ?? false
        let isNew = fold.keys.contains { !books.knows($0.symbol, settings.smallest) }
        return isClosing || isNew ? try store.listings() : books.listings
    }

    /// Repairs that others opened (a rebuild, a corrected trade), looked for when candles close: their candles
    /// are made again from the trades, and everything is read anew, for open candles may hold them, too.
    private mutating func adoptRepairs(in store: any DerivedStore) throws {
        guard let known = books, known.jobs.isEmpty, let through, let due = known.nextDue, through >= due
        else { return }
        let foreign = try store.openRepairs(settings.timeframes)
        guard !foreign.isEmpty else { return }
        for job in foreign {
            let end = known[job.key]?.openStart ?? job.from
            let last = min(job.key.timeframe.next(after: job.from), end)
            guard job.from < last else { continue }
            try store.rebuild(job.key, job.from..<last)
        }
        isReadNow = true
        books = try WarmStart(settings, store, clock: known.clock).books()
    }
}
