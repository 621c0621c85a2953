import Market

/// Series whose open candle has trades that its provisional values do not show yet. Pure.
///
/// In a backlog nobody could act on them, and each would be written again by the next commit. So while the
/// newest that is committed is more than `behindMicrosecondsMax` behind the exchange's time, none is written;
/// what was traded meanwhile is owed, and comes as soon as that is over, without waiting for a trade.
struct OwedProvisionals: Sendable {
    static let behindMicrosecondsMax: Int64 = 5_000_000

    private(set) var keys: Set<SeriesKey> = []
    /// When the oldest may be written, by the time until which everything is committed; nil: nothing is owed.
    private(set) var dueAt: Instant?

    /// Also while nothing has told how far it is, as in a rebuild, whose clock stands still.
    static func isBehind(_ committed: Instant, now: Instant) -> Bool {
        committed == ClosingClock().time || now.microseconds(since: committed) > behindMicrosecondsMax
    }

    /// What was traded while behind.
    mutating func owe(_ traded: some Sequence<SeriesKey>, now: Instant) {
        keys.formUnion(traded)
        // Not before so much is read: a commit without trades would find itself behind still.
        dueAt = keys.isEmpty ? nil : now.adding(microseconds: -Self.behindMicrosecondsMax)
    }

    /// These are left, and the first of them may be written at `dueAt`.
    mutating func replace(_ left: Set<SeriesKey>, dueAt: Instant?) {
        keys = left
        self.dueAt = left.isEmpty ? nil : dueAt
    }

    func isDue(at time: Instant) -> Bool { dueAt.map { time >= $0 } ?? false }
}
