/// Frames that a reader of the journal cannot have, and why.
package struct JournalHole: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The bytes on the disk are not what was written.
        case damaged
        /// The frames are older than what the journal keeps, or their file is gone.
        case gone
        /// These numbers were never used: the journal went on behind a position that ran ahead of it.
        case neverUsed
    }

    package var reason: Reason
    package var first: UInt64
    package var last: UInt64
    /// The segment and the bytes that are damaged.
    package var place: DamagePlace?

    package init(_ reason: Reason, first: UInt64, last: UInt64, place: DamagePlace? = nil) {
        self.reason = reason
        self.first = first
        self.last = last
        self.place = place
    }

    /// Whether frames may have been lost, so that the exchange should be asked again.
    package var isLoss: Bool { reason != .neverUsed }
}
