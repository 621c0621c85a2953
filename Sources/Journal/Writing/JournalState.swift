/// Whether the journal takes frames.
package enum JournalState: String, Sendable {
    case normal
    /// It takes them, but somebody should look: a bound is near, or the disk fails.
    case alarm
    /// It takes none: stop reading sockets, and record a gap.
    case full
}
