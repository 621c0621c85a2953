/// The right to make one call now. Give it back with `RateBudget.finish`; one that is never given back
/// expires.
package struct RatePermit: Hashable, Sendable {
    package let group: RateGroup
    package let grantedAtMicroseconds: Int64
    /// The entries that the call occupies, one a rule, and what was written there: an entry that has
    /// been given to someone else meanwhile is not touched.
    let entries: [Int]
    let markMicroseconds: Int64
    /// Which budget granted it: another one has other entries.
    package let tableFingerprint: UInt64
}
