import Market

/// When the provisional values of a market are written: at most once an interval, the market that has waited
/// longest first, spread over the commits, and none in a backlog. Pure.
///
/// A commit takes as many markets, of all, as the time since the last one is of the interval. Without that,
/// those that were once written by one commit would be due together ever after.
///
/// In a backlog nobody could act on them, and each would be written again by the next commit. So while the
/// newest that is committed is more than `behindMicrosecondsMax` behind the exchange's time, none is written.
/// What was traded is owed until it is written; once it may be, no trade is waited for.
package struct ProvisionalPace: Sendable {
    package static let behindMicrosecondsMax: Int64 = 5_000_000

    /// A market has eleven rows or twelve.
    package static let marketsMax = 50

    private var writtenAt: [Symbol: Instant] = [:]
    private var takenAt = Instant(microseconds: .min)
    /// Markets with trades that their provisional values do not show yet.
    private var owed: Set<Symbol> = []
    /// When the first may be written, by the time until which everything is committed; nil: nothing is owed.
    package private(set) var dueAt: Instant?

    package init() {}

    /// Also while nothing has told how far it is, as in a rebuild, whose clock stands still.
    package static func isBehind(_ committed: Instant, now: Instant) -> Bool {
        committed == ClosingClock().time || now.microseconds(since: committed) > behindMicrosecondsMax
    }

    package mutating func owe(_ traded: some Sequence<Symbol>) {
        owed.formUnion(traded)
        if dueAt == nil, !owed.isEmpty { dueAt = Instant(microseconds: .min) }
    }

    /// While behind: not before so much is read, for a commit without trades would find itself behind still.
    package mutating func wait(behind now: Instant) {
        dueAt = owed.isEmpty ? nil : now.adding(microseconds: -Self.behindMicrosecondsMax)
    }

    /// The markets whose values are to be written now.
    package mutating func take(now: Instant, intervalMilliseconds: Int64) -> [Symbol] {
        let waiting = owed.map { symbol -> (from: Instant, symbol: Symbol) in
            // A time that went back would hold them up until it is there again.
            guard let last = writtenAt[symbol], last <= now else {
                return (Instant(microseconds: .min), symbol)
            }
            return (last.adding(milliseconds: intervalMilliseconds), symbol)
        }.sorted { ($0.from, $0.symbol) < ($1.from, $1.symbol) }
        let share = share(now: now, intervalMicroseconds: intervalMilliseconds * 1_000)
        let taken = waiting.prefix(share).prefix { $0.from <= now }.map(\.symbol)
        if !waiting.isEmpty { takenAt = now }
        for symbol in taken { writtenAt[symbol] = now }
        owed.subtract(taken)
        dueAt = waiting.dropFirst(taken.count).first?.from
        return taken
    }

    private func share(now: Instant, intervalMicroseconds interval: Int64) -> Int {
        let markets = Int64(max(writtenAt.count, owed.count))
        let passed = min(max(0, now.microseconds(since: takenAt)), interval)
        return Int(min(max(1, (markets * passed + interval - 1) / interval), Int64(Self.marketsMax)))
    }

    package func isDue(at time: Instant) -> Bool { dueAt.map { time >= $0 } ?? false }
}
