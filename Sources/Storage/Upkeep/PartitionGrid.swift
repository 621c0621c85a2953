import Market

/// Where partitions of a length begin and end: at whole multiples from Monday, 2000-01-03, as
/// `ops.ensure_partitions` makes them, so that weeks begin on Mondays and days at midnight UTC.
package struct PartitionGrid: Sendable {
    /// Ranges that one call gives at most; more means that the length does not fit the span.
    package static let rangesMax = 4_000
    private static let originMicroseconds: Int64 = 946_857_600 * 1_000_000

    private let lengthMicroseconds: Int64

    package init(length: TimeSpan) {
        lengthMicroseconds = max(1, length.microseconds)
    }

    /// The range of the partition that holds `instant`.
    package func range(holding instant: Instant) -> Range<Instant> {
        let offset = instant.microseconds - Self.originMicroseconds
        let rest = offset % lengthMicroseconds
        let start = instant.adding(microseconds: -(rest < 0 ? rest + lengthMicroseconds : rest))
        return start..<start.adding(microseconds: lengthMicroseconds)
    }

    /// The ranges needed to cover `from` to `until` beside those `taken`; cut where they meet them.
    package func free(from: Instant, until: Instant, taken: [Range<Instant>]) -> [Range<Instant>] {
        let taken = taken.sorted { $0.lowerBound < $1.lowerBound }
        var free: [Range<Instant>] = []
        var cell = range(holding: from)
        while cell.lowerBound < until, free.count < Self.rangesMax {
            var start = cell.lowerBound
            for other in taken where other.upperBound > start && other.lowerBound < cell.upperBound {
                if other.lowerBound > start { free.append(start..<other.lowerBound) }
                start = max(start, other.upperBound)
            }
            if start < cell.upperBound { free.append(start..<cell.upperBound) }
            cell = cell.upperBound..<cell.upperBound.adding(microseconds: lengthMicroseconds)
        }
        return free
    }
}
