import Market
import Storage

/// Gaps that were told to be unfillable lately. A standby may take over that never heard of them, so for a
/// while the table is looked at again. Pure.
package struct ToldGaps: Sendable {
    /// A standby is not further behind.
    package static let keptMilliseconds: Int64 = 600_000
    /// Gaps that are remembered; the oldest are forgotten first.
    package static let gapsMax = 4_096

    private var entries: [(gap: Gap, at: Int64)] = []

    package init() {}

    /// These are in the table now.
    package mutating func add(_ gaps: [Gap], now: Int64) {
        entries.removeAll { now - $0.at > Self.keptMilliseconds }
        entries += gaps.filter { $0.status == .unfillable }.map { ($0, now) }
        if entries.count > Self.gapsMax { entries.removeFirst(entries.count - Self.gapsMax) }
    }

    /// The time in which they lie; nil when there are none to be looked for.
    package mutating func interval(now: Int64) -> Range<Instant>? {
        entries.removeAll { now - $0.at > Self.keptMilliseconds }
        guard let from = entries.map(\.gap.interval.lowerBound).min(),
            let to = entries.map(\.gap.interval.upperBound).max()
        else { return nil }
        return from..<to
    }

    /// Those that the table does not have: they are to be written again. `rows` are its unfilled gaps.
    package func missing(from rows: [Gap]) -> [Gap] {
        var known: [Symbol: Set<Instant>] = [:]
        for row in rows where row.status == .unfillable {
            known[row.symbol, default: []].insert(row.interval.lowerBound)
        }
        var missing: [Symbol: Set<Instant>] = [:]
        return entries.map(\.gap).filter { gap in
            known[gap.symbol]?.contains(gap.interval.lowerBound) != true
                && missing[gap.symbol, default: []].insert(gap.interval.lowerBound).inserted
        }
    }
}
