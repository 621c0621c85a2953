import Market
import Storage

/// What `yeoul verify` tells: how much of a time is proven, market by market, and what is not.
package struct ProofReport: Sendable {
    /// One market's time by status.
    package struct Line: Hashable, Sendable {
        package var symbol: Symbol
        package var method: ProofMethod
        /// In whole seconds, of the part that lies behind `since`.
        package var seconds: [ProofStatus: Int64] = [:]
        package var ranges: [ProofStatus: Int] = [:]
    }

    /// Offenders that are shown.
    package static let shownMax = 20

    package let since: Instant
    package let lines: [Line]
    /// The worst first: by the difference in value.
    package let different: [ReconciledRange]
    package let unprovable: [ReconciledRange]
    package let repaired: [ReconciledRange]
    /// Proven once, and not what it was.
    package let drifts: [ReconciliationTable.Drift]
    package let gaps: [Gap]

    package init(
        since: Instant, ranges: [ReconciledRange], drifts: [ReconciliationTable.Drift], gaps: [Gap]
    ) {
        self.since = since
        self.drifts = drifts
        self.gaps = gaps
        var lines: [String: Line] = [:]
        for range in ranges {
            let key = "\(range.symbol) \(range.method.rawValue)"
            var line = lines[key] ?? Line(symbol: range.symbol, method: range.method)
            let from = max(since, range.interval.lowerBound)
            line.seconds[range.status, default: 0] +=
                max(0, range.interval.upperBound.microseconds(since: from)) / 1_000_000
            line.ranges[range.status, default: 0] += 1
            lines[key] = line
        }
        self.lines = lines.sorted { $0.key < $1.key }.map(\.value)
        func worst(_ status: ProofStatus) -> [ReconciledRange] {
            ranges.filter { $0.status == status }.sorted { Self.size($0) > Self.size($1) }
        }
        different = worst(.different)
        unprovable = worst(.unprovable)
        repaired = worst(.repaired)
    }

    /// How far the figures are apart.
    private static func size(_ range: ReconciledRange) -> UInt128 {
        (range.ours - range.exchange).value.unscaled.magnitude
    }

    /// Nothing differs from what the exchange says.
    package var isSound: Bool { different.isEmpty && drifts.isEmpty }

    package func count(_ status: ProofStatus) -> Int { lines.reduce(0) { $0 + ($1.ranges[status] ?? 0) } }
    package func seconds(_ status: ProofStatus) -> Int64 {
        lines.reduce(0) { $0 + ($1.seconds[status] ?? 0) }
    }
    package func gapCount(_ status: GapStatus) -> Int { gaps.count { $0.status == status } }
}
