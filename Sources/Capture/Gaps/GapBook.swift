import Market
import Storage
import Synchronization

/// The gaps in the trades that are not filled, in memory: proof asks for them often.
package final class GapBook: Sendable {
    /// Unfillable gaps of a market that are kept; the oldest go first, the table has them all.
    package static let unfillableMax = 4_096

    private struct Entry: Sendable {
        var open: [Range<Instant>] = []
        var unfillable: [Unfillable] = []

        /// A loss that proof found is not filled by a refill that brought nothing.
        mutating func forget(_ gap: Gap) {
            let bringsNothing = gap.status == .filled && gap.tradesFilled == 0
            unfillable.removeAll {
                $0.interval.lowerBound == gap.interval.lowerBound && !(bringsNothing && $0.isExact)
            }
        }
    }

    private struct Unfillable: Sendable {
        var interval: Range<Instant>
        /// Proof has found it: single trades are missing, and all else is there.
        var isExact: Bool
        /// What they come to, unless an earlier run found them.
        var lost: TradeFigures?
    }

    /// A trade so near to the end of an interval may be counted on the other side.
    private static let edgeMilliseconds: Int64 = 1_000
    /// Gaps at the ends of an interval of which each may count or not.
    private static let edgesMax = 6

    private let entries = Mutex<[Symbol: Entry]>([:])

    package init() {}

    /// Takes what was written into the table: each gap replaces the one that begins at the same time.
    package func take(_ gaps: [Gap]) {
        entries.withLock { entries in
            for gap in gaps where gap.channel == Gap.tradeChannel {
                var entry = entries[gap.symbol] ?? Entry()
                entry.open.removeAll { $0.lowerBound == gap.interval.lowerBound }
                switch gap.status {
                case .open: entry.open.append(gap.interval)
                case .filled: entry.forget(gap)
                case .unfillable:
                    entry.forget(gap)
                    if entry.unfillable.count >= Self.unfillableMax { entry.unfillable.removeFirst() }
                    let isExact = gap.reason == Gap.Reason.lost
                    entry.unfillable.append(
                        Unfillable(interval: gap.interval, isExact: isExact, lost: gap.lost))
                }
                entries[gap.symbol] = entry
            }
        }
    }

    /// Whether an open gap of the market overlaps the interval.
    package func isOpen(_ symbol: Symbol, _ interval: Range<Instant>) -> Bool {
        entries.withLock { $0[symbol]?.open.contains { $0.overlaps(interval) } ?? false }
    }

    /// Whether unfillable gaps are all that is wrong with an interval: one of a time that cannot be fetched
    /// explains anything, the single trades that proof found lost what they come to. Otherwise there is
    /// more to be found.
    package func explains(_ symbol: Symbol, _ interval: Range<Instant>, _ shortfall: Shortfall) -> Bool {
        let wide =
            interval.lowerBound.adding(
                milliseconds: -Self.edgeMilliseconds)..<interval.upperBound.adding(
                milliseconds: Self.edgeMilliseconds)
        let near = entries.withLock { $0[symbol]?.unfillable.filter { $0.interval.overlaps(wide) } ?? [] }
        if near.contains(where: { !$0.isExact && $0.interval.overlaps(interval) }) { return true }
        var sums = [TradeFigures.zero]
        var edges = 0
        for gap in near {
            guard gap.isExact, let lost = gap.lost else { continue }
            let isEdge = !isWithin(gap.interval, interval)
            edges += isEdge ? 1 : 0
            if isEdge, edges <= Self.edgesMax {
                sums += sums.map { $0 + lost }
            } else {
                sums = sums.map { $0 + lost }
            }
        }
        return !near.isEmpty && sums.contains { shortfall.isExplained(by: $0) }
    }

    /// Away from the ends.
    private func isWithin(_ gap: Range<Instant>, _ interval: Range<Instant>) -> Bool {
        let margin = Self.edgeMilliseconds
        return gap.lowerBound >= interval.lowerBound.adding(milliseconds: margin)
            && gap.upperBound <= interval.upperBound.adding(milliseconds: -margin)
    }

    /// The start of the first open gap that ends behind an instant.
    package func openFrom(_ symbol: Symbol, _ instant: Instant) -> Instant? {
        entries.withLock {
            $0[symbol]?.open.filter { $0.upperBound > instant }.map(\.lowerBound).min()
        }
    }

    package var openCount: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.open.count } } }
}
