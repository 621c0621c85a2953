import Database
import Market
import Storage
import Synchronization

/// Notes what a participant to which time matters is told.
final class TimeWitness: TimedParticipant, Sendable {
    struct Notes {
        var sessions = 0
        var isWanted = false
        var asked: [Instant?] = []
        /// Of each commit: the rows, and until when everything is stored.
        var commits: [(rows: Int, through: Instant?)] = []
        var through: Instant?
        var rows = 0
    }

    let notes = Mutex(Notes())

    func isDue(at time: Instant?) -> Bool {
        notes.withLock { notes in
            if notes.asked.count < 10_000 { notes.asked.append(time) }
            return notes.isWanted
        }
    }

    func willCommit(through time: Instant?) { notes.withLock { $0.through = time } }
    func sessionBegan() { notes.withLock { $0.sessions += 1 } }

    func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        notes.withLock { $0.rows = accepted.rowCount }
    }

    func didCommit() {
        notes.withLock { notes in
            notes.isWanted = false
            notes.commits.append((notes.rows, notes.through))
        }
    }

    func didNotCommit() {}
}
