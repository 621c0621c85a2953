import Market
import Storage

/// A participant that also has something to write when no row comes, such as a candle that closes.
package protocol TimedParticipant: CommitParticipant {
    /// Whether it wants a transaction now, by the exchange's time. Asked about every 50 ms while nothing comes.
    func isDue(at time: Instant) -> Bool
}
