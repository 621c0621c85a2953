import Capture
import Journal
import Upbit

/// A running capture, looked at.
struct CaptureSample: Sendable {
    /// What only tasks can ask, a second old at most.
    struct Slow: Sendable {
        struct Budget: Sendable, Equatable {
            var group: RateGroup
            /// Calls that could be made now, and for how long none.
            var free: Int
            var stoppedSeconds: Double
        }

        var proof: ProofService.Figures?
        var disputes = 0
        var refill: RefillService.Figures?
        var budgets: [Budget] = []
        var bannedSeconds = 0.0
        /// From the database: nil until it was asked, and while it does not answer.
        var account: ProofAccount?
        var rates = RateWindow()
    }

    var figures: CaptureFigures
    var journal: JournalFigures
    var sessions: [SessionFigures]
    var pool: (connections: Int, idle: Int)
    /// Gaps that wait for their trades, as refill knows them.
    var gapsOpen: Int
    /// The exchange's clock by ours.
    var clockOffsetSeconds: Double
    var slow: Slow

    /// Frames that are received and not committed.
    var backlogFrames: UInt64 { Self.framesWaiting(figures, journal) }

    /// Numbers that no frame has, since a start leapt over them, wait for nothing.
    static func framesWaiting(_ figures: CaptureFigures, _ journal: JournalFigures) -> UInt64 {
        let done = max(figures.position, max(1, journal.oldestSequence) - 1)
        return journal.lastSequence > done ? journal.lastSequence - done : 0
    }
}
