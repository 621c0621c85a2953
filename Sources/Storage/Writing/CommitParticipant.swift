import Database
import Market

/// What takes part in the transaction that stores a batch: derivation, the journal's position, the lease.
///
/// It sees only rows that the database accepted as new. It may be called several times for one batch
/// (a conflict, a lost connection), so it changes its own state in `didCommit` only.
package protocol CommitParticipant: AnyObject {
    /// Writes what goes with the rows. An error takes the whole commit back.
    func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws
    /// The transaction is committed.
    func didCommit()
    /// The transaction was taken back, or its outcome is unknown.
    func didNotCommit()
}
