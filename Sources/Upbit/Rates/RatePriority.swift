/// Who goes first when a limit is short. A lower one waits while a higher one does.
package enum RatePriority: UInt8, CaseIterable, Comparable, Sendable {
    /// Closing a gap in the trades; also what a person waits for.
    case refill = 0
    /// Reconciling with the exchange's own figures.
    case proof = 1
    /// Loading history.
    case backfill = 2

    /// True when `left` waits for `right`.
    package static func < (left: RatePriority, right: RatePriority) -> Bool { left.rawValue > right.rawValue }
}
