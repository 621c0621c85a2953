import Market

/// How old the oldest snapshot is that keeps old versions of rows alive. Pure.
///
/// The server tells to whom it has given transaction numbers, not when. So each look remembers how far the
/// numbers were, and a snapshot is younger than the newest look that it has seen the end of.
package struct SnapshotAge: Sendable {
    package static let lookMicroseconds: Int64 = 5_000_000
    /// The oldest of more is forgotten; a snapshot from before all of them counts as old as they are.
    package static let looksMax = 64

    private var looks: [(at: Instant, next: Int64)] = []
    package private(set) var milliseconds: Int64 = 0

    package init() {}

    package func isDue(at now: Instant) -> Bool {
        guard let last = looks.last else { return true }
        // Also when the time went back.
        return now.microseconds(since: last.at).magnitude >= Self.lookMicroseconds.magnitude
    }

    package mutating func note(_ horizon: SnapshotHorizon, at now: Instant) {
        // Another server, or one from a backup; or another time.
        if let last = looks.last, last.next > horizon.next || last.at > now { looks = [] }
        looks.append((now, horizon.next))
        if looks.count > Self.looksMax { looks.removeFirst() }
        let before = looks.last { $0.next <= horizon.oldest } ?? looks[0]
        milliseconds = now.microseconds(since: before.at) / 1_000
    }
}

/// Transaction numbers as a server counts them.
package struct SnapshotHorizon: Sendable, Equatable {
    /// The next that is given.
    package var next: Int64
    /// The oldest whose changes some snapshot may not see: no version that was replaced since can go.
    package var oldest: Int64

    package init(next: Int64, oldest: Int64) {
        self.next = next
        self.oldest = oldest
    }
}
