import Database
import Market
import Storage

/// Candles and indicators, committed together with the trades that they are made of.
///
/// For the thread of a commit loop. docs/derivation.md tells the whole; `DerivationCore` decides.
///
/// Unchecked, since it has no lock: whoever made it hands it over to the one thread that commits, when that
/// thread starts, and uses it no more.
package final class Derivation: TimedParticipant, @unchecked Sendable {
    /// Stored candles that repairs work through in one commit, unless the settings say otherwise.
    package static let repairCandlesMax = 1_000

    private let exchangeNow: @Sendable () -> Instant
    private var core: DerivationCore
    /// The tables on the session that the books were read on.
    private var store: PostgresStore?

    /// `exchangeNow` is the exchange's time. The first commit of each session reads where derivation stands:
    /// another process may have gone on meanwhile, or the answer to a COMMIT was lost.
    package init(_ settings: DerivationSettings, exchangeNow: @escaping @Sendable () -> Instant) {
        core = DerivationCore(settings)
        self.exchangeNow = exchangeNow
    }

    /// Whether a candle closes, a repair goes on, or everything is to be read anew, although nothing is traded.
    package func isDue(at time: Instant?) -> Bool { core.isDue(at: time) }

    package func willCommit(through time: Instant?) { core.willCommit(through: time) }

    package func sessionBegan() {
        store = nil
        core.sessionBegan()
    }

    /// Repairs that are open; nil before the first commit.
    package var repairCount: Int? { core.repairCount }

    package func didCommit() { core.didCommit() }

    package func didNotCommit() {
        core.didNotCommit()
        store?.didNotCommit()
    }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        try core.takePart(in: tables(on: connection), with: accepted, now: exchangeNow())
    }

    private func tables(on connection: BlockingConnection) throws -> PostgresStore {
        if let store, store.isOn(connection) { return store }
        core.sessionBegan()
        let store = try PostgresStore(connection)
        self.store = store
        return store
    }
}
