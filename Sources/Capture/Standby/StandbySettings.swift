import Market

/// When a standby lets go of its frames.
package struct StandbySettings: Sendable {
    /// How often it looks.
    package var everyMilliseconds: Int64 = 5_000
    /// Younger frames may still be on their way to the database.
    package var settleMilliseconds: Int64 = 30_000
    /// A trade that the writer has passed by so much and not stored, it will not store any more.
    package var patienceMilliseconds: Int64 = 600_000
    /// Frames that are looked at together.
    package static let readBytesMax = 1 << 20

    package init() {}

    package enum Verdict: Sendable, Equatable {
        case wait
        case letGo
        /// The missing trades go into quarantine, then the frames go.
        case putAside
    }

    /// `received` is when the newest of the frames came, `passed` when the newest stored trade did.
    package func verdict(missing: Int, received: Instant, passed: Instant?) -> Verdict {
        if missing == 0 { return .letGo }
        guard let passed, passed > received.adding(milliseconds: patienceMilliseconds) else { return .wait }
        return .putAside
    }
}
