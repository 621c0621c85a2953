import Market

/// A participant to which time matters, and who wrote to the database before.
///
/// The time here is how far the exchange's time is as far as rows are concerned: everything that was received
/// until then is committed. It is nil while that is not known, as in a backlog.
package protocol TimedParticipant: CommitParticipant {
    /// Whether it wants a transaction although no row comes, such as for a candle that closes. Asked about
    /// every 50 ms while nothing comes.
    func isDue(at time: Instant?) -> Bool
    /// Before each transaction: `time` holds once it is committed.
    func willCommit(through time: Instant?)
    /// A session begins: the database may be another than before, or another process may have written to it.
    func sessionBegan()
}

extension TimedParticipant {
    package func willCommit(through time: Instant?) {}
    package func sessionBegan() {}
}
