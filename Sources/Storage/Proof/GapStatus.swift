/// Where a gap is in its life.
package enum GapStatus: String, CaseIterable, Hashable, Sendable {
    /// Noticed, and not yet fetched.
    case open
    /// Everything that the exchange has of it is stored.
    case filled
    /// It cannot be had any more.
    case unfillable
}
