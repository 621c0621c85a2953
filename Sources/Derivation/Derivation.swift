import Database
import Indicators
import Market
import Storage

/// Candles and indicators, committed together with the trades that they are made of.
///
/// For the thread of a commit loop. Nothing of it changes before the transaction is committed: a commit that
/// is tried again, or whose outcome is unknown, finds it as it was. docs/derivation.md tells the whole.
package final class Derivation: CommitParticipant {
    /// Stored candles that repairs work through in one commit.
    package static let repairCandlesMax = 4_000
    /// Provisional rows of one commit; the others wait for the next.
    package static let provisionalRowsMax = 600

    private let settings: DerivationSettings
    private let exchangeNow: () -> Instant
    /// Nil until the first commit of a session.
    private var books: DerivationBooks?
    private var pending: DerivationBooks?
    /// The session that the books were read on.
    private var session: Connection?
    private var parts: PartMaker?

    /// `exchangeNow` is the exchange's time. The first commit on each session reads where derivation stands:
    /// another process may have gone on meanwhile, or the answer to a COMMIT was lost.
    package init(_ settings: DerivationSettings, exchangeNow: @escaping () -> Instant) {
        self.settings = settings
        self.exchangeNow = exchangeNow
    }

    /// Whether a candle closes or a repair goes on although nothing is traded. Ask only when everything that
    /// was received is committed: then the exchange's time is the time of the candles, too.
    package func isDue(at time: Instant) -> Bool {
        guard let books, books.jobs.isEmpty else { return true }
        return books.nextDue.map { time >= $0 } ?? false
    }

    /// Repairs that are open; nil before the first commit.
    package var repairCount: Int? { books?.jobs.count }

    package func didCommit() {
        guard let settled = pending else { return }
        pending = nil
        books = nil
        books = settled
        books?.settle()
    }

    package func didNotCommit() {
        pending = nil
        parts?.forget()
    }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        pending = nil
        if session !== connection.connection {
            books = try WarmStart(settings, connection).books()
            parts = try PartMaker(connection)
            session = connection.connection
        }
        try adoptRepairs(on: connection)
        guard let books, var parts else { return }
        var step = DerivationStep(settings, books, now: exchangeNow())
        try step.take(accepted)
        defer { self.parts = parts }
        try step.write(&parts, on: connection)
        pending = step.books
    }

    /// Repairs that others opened (a rebuild, a corrected trade), looked for when candles close: their candles
    /// are made again from the trades, and everything is read anew, for open candles may hold them, too.
    private func adoptRepairs(on connection: BlockingConnection) throws {
        guard let known = books, known.jobs.isEmpty, known.nextDue.map({ exchangeNow() >= $0 }) ?? false
        else {
            return
        }
        let foreign = try RepairTable.open(settings.timeframes, on: connection)
        guard !foreign.isEmpty else { return }
        for job in foreign {
            let end = known[job.key]?.openStart ?? job.from
            let last = min(job.key.timeframe.next(after: job.from), end)
            guard job.from < last else { continue }
            _ = try CandleRebuild.run(job.key, job.from..<last, isDry: false, on: connection)
        }
        books = try WarmStart(settings, connection, clock: known.clock).books()
    }
}
