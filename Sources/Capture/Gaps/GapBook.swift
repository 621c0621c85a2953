import Market
import Storage
import Synchronization

/// The gaps in the trades that are not filled, in memory: proof asks for them often.
package final class GapBook: Sendable {
    /// Unfillable gaps of a market that are kept; the oldest go first, the table has them all.
    package static let unfillableMax = 4_096

    private struct Entry: Sendable {
        var open: [Range<Instant>] = []
        var unfillable: [Range<Instant>] = []
    }

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
                case .filled: entry.unfillable.removeAll { $0.lowerBound == gap.interval.lowerBound }
                case .unfillable:
                    entry.unfillable.removeAll { $0.lowerBound == gap.interval.lowerBound }
                    if entry.unfillable.count >= Self.unfillableMax { entry.unfillable.removeFirst() }
                    entry.unfillable.append(gap.interval)
                }
                entries[gap.symbol] = entry
            }
        }
    }

    /// Whether an open gap of the market overlaps the interval.
    package func isOpen(_ symbol: Symbol, _ interval: Range<Instant>) -> Bool {
        entries.withLock { $0[symbol]?.open.contains { $0.overlaps(interval) } ?? false }
    }

    package func isUnfillable(_ symbol: Symbol, _ interval: Range<Instant>) -> Bool {
        entries.withLock { $0[symbol]?.unfillable.contains { $0.overlaps(interval) } ?? false }
    }

    /// The start of the first open gap that ends behind an instant.
    package func openFrom(_ symbol: Symbol, _ instant: Instant) -> Instant? {
        entries.withLock {
            $0[symbol]?.open.filter { $0.upperBound > instant }.map(\.lowerBound).min()
        }
    }

    package var openCount: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.open.count } } }
}
