/// What became of a frame that was given to the journal.
package enum AppendOutcome: Sendable, Equatable {
    /// It has this number, and will be on disk within the sync time.
    case accepted(UInt64)
    /// There is no room: stop reading sockets until the journal says that there is.
    case full
    /// No frame may be so long; it belongs into quarantine.
    case tooLong
    /// The journal takes nothing any more.
    case closed
}
