import Database
import Indicators
import Market
import Storage

/// Candles and indicators, committed together with the trades that they are made of.
///
/// For the thread of a commit loop. Nothing of it changes before the transaction is committed: a commit that
/// is tried again, or whose outcome is unknown, finds it as it was. docs/derivation.md tells the whole.
///
/// Unchecked, since it has no lock: whoever made it hands it over to the one thread that commits, when that
/// thread starts, and uses it no more.
package final class Derivation: TimedParticipant, @unchecked Sendable {
    /// Stored candles that repairs work through in one commit.
    package static let repairCandlesMax = 4_000
    /// Provisional rows of one commit; the others wait for the next.
    package static let provisionalRowsMax = 600

    private let settings: DerivationSettings
    private let exchangeNow: @Sendable () -> Instant
    /// Nil until the first commit of a session.
    private var books: DerivationBooks?
    private var pending: DerivationBooks?
    /// The books were read in the transaction that is going on, which may be taken back.
    private var isReadNow = false
    /// The session that the books were read on.
    private var session: Connection?
    /// Until when everything that was received is committed with the next transaction.
    private var through: Instant?
    private var parts: PartMaker?

    /// `exchangeNow` is the exchange's time. The first commit of each session reads where derivation stands:
    /// another process may have gone on meanwhile, or the answer to a COMMIT was lost.
    package init(_ settings: DerivationSettings, exchangeNow: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.exchangeNow = exchangeNow
    }

    /// Whether a candle closes, a repair goes on, or everything is to be read anew, although nothing is traded.
    package func isDue(at time: Instant?) -> Bool {
        guard let books, books.jobs.isEmpty else { return true }
        guard let time, let due = books.nextDue else { return false }
        return time >= due
    }

    package func willCommit(through time: Instant?) { through = time }

    package func sessionBegan() {
        session = nil
        books = nil
    }

    /// Repairs that are open; nil before the first commit.
    package var repairCount: Int? { books?.jobs.count }

    package func didCommit() {
        guard let settled = pending else { return }
        pending = nil
        isReadNow = false
        books = nil
        books = settled
        books?.settle()
    }

    package func didNotCommit() {
        pending = nil
        parts?.forget()
        guard isReadNow else { return }
        isReadNow = false
        books = nil
    }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        pending = nil
        if session !== connection.connection || books == nil {
            isReadNow = true
            books = try WarmStart(settings, connection).books()
            parts = try PartMaker(connection)
            session = connection.connection
        }
        try adoptRepairs(on: connection)
        guard let books, var parts else { return }
        var step = DerivationStep(settings, books, through: through, now: exchangeNow())
        try step.take(accepted)
        defer { self.parts = parts }
        try step.write(&parts, on: connection)
        pending = step.books
    }

    /// Repairs that others opened (a rebuild, a corrected trade), looked for when candles close: their candles
    /// are made again from the trades, and everything is read anew, for open candles may hold them, too.
    private func adoptRepairs(on connection: BlockingConnection) throws {
        guard let known = books, known.jobs.isEmpty, let through, let due = known.nextDue, through >= due
        else { return }
        let foreign = try RepairTable.open(settings.timeframes, on: connection)
        guard !foreign.isEmpty else { return }
        for job in foreign {
            let end = known[job.key]?.openStart ?? job.from
            let last = min(job.key.timeframe.next(after: job.from), end)
            guard job.from < last else { continue }
            _ = try CandleRebuild.run(job.key, job.from..<last, isDry: false, on: connection)
        }
        isReadNow = true
        books = try WarmStart(settings, connection, clock: known.clock).books()
    }
}
