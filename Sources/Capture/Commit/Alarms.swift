/// Says which of many equal troubles are told: the first, then one a minute, and the end.
package struct Alarms: Sendable {
    package static let everyMilliseconds: Int64 = 60_000

    private var toldAt: [CommitFailure: Int64] = [:]
    private var since: Int64?

    package init() {}

    /// Whether this one is told.
    package mutating func takes(_ failure: CommitFailure, now: Int64) -> Bool {
        if since == nil { since = now }
        if let told = toldAt[failure], now - told < Self.everyMilliseconds { return false }
        toldAt[failure] = now
        return true
    }

    /// All is well: how long it was not, if it was told that it was not.
    package mutating func recovered(now: Int64) -> Int64? {
        defer {
            since = nil
            toldAt = [:]
        }
        return toldAt.isEmpty ? nil : since.map { now - $0 }
    }
}
