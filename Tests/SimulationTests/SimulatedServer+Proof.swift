import Capture
import Market
import Storage

/// The tables of refill and proof, and what is asked of the trades.
extension SimulatedServer {
    struct GapKey: Hashable, Comparable {
        let symbol: Symbol
        let from: Instant

        init(symbol: Symbol, from: Instant) {
            self.symbol = symbol
            self.from = from
        }

        init(_ gap: Gap) { self.init(symbol: gap.symbol, from: gap.interval.lowerBound) }

        static func < (left: GapKey, right: GapKey) -> Bool {
            (left.from, left.symbol) < (right.from, right.symbol)
        }
    }

    struct RangeKey: Hashable {
        let symbol: Symbol
        let method: ProofMethod
        let from: Instant
    }

    /// As `GapTable.write`; one transaction.
    mutating func write(_ gaps: [Gap]) {
        guard !gaps.isEmpty else { return }
        var before: [GapKey: Gap?] = [:]
        for gap in gaps {
            let key = GapKey(gap)
            if before[key] == nil { before[key] = .some(self.gaps[key]) }
            var row = gap
            if let known = self.gaps[key], known.status == .unfillable, gap.status == .open {
                row = known
                row.interval =
                    known.interval.lowerBound..<max(known.interval.upperBound, gap.interval.upperBound)
            }
            self.gaps[key] = row
        }
        logged(.gaps(before: before))
    }

    /// As `ReconciliationTable.write`; one transaction.
    mutating func write(_ ranges: [ReconciledRange]) {
        guard !ranges.isEmpty else { return }
        var before: [RangeKey: ReconciledRange?] = [:]
        for range in ranges {
            let key = RangeKey(
                symbol: range.symbol, method: range.method, from: range.interval.lowerBound)
            if before[key] == nil { before[key] = .some(self.ranges[key]) }
            self.ranges[key] = range
        }
        logged(.ranges(before: before))
    }

    /// The newest range of each market.
    func newestRanges(_ method: ProofMethod) -> [Symbol: ReconciledRange] {
        var newest: [Symbol: ReconciledRange] = [:]
        for range in ranges.values where range.method == method {
            if let known = newest[range.symbol], known.interval.lowerBound > range.interval.lowerBound {
                continue
            }
            newest[range.symbol] = range
        }
        return newest
    }

    /// Times between the ranges of a market that none of them covers, and before the first of them since the
    /// market was heard.
    func holes(_ method: ProofMethod) -> [ReconciledRange] {
        var judged = heardSince().mapValues {
            Timeframe.minute1.next(after: $0.adding(microseconds: -1))
        }
        var holes: [ReconciledRange] = []
        let rows = ranges.values.filter { $0.method == method }
            .sorted { $0.interval.lowerBound < $1.interval.lowerBound }
        for row in rows {
            if let end = judged[row.symbol], end < row.interval.lowerBound {
                holes.append(
                    ReconciledRange(
                        row.symbol, method, end..<row.interval.lowerBound, .different, ours: .zero,
                        exchange: .zero))
            }
            judged[row.symbol] = max(judged[row.symbol] ?? row.interval.upperBound, row.interval.upperBound)
        }
        return holes
    }

    /// Since when each market was heard, as the stored trades tell.
    func heardSince() -> [Symbol: Instant] {
        var heard: [Symbol: Instant] = [:]
        for trade in rows.values {
            let time = max(trade.time, trade.receivedAt)
            heard[trade.symbol] = min(heard[trade.symbol] ?? time, time)
        }
        return heard
    }

    /// By time and number.
    func list(_ symbol: Symbol, _ interval: Range<Instant>) -> [Trade] {
        rows.values.filter { $0.symbol == symbol && interval.contains($0.time) }
            .sorted { ($0.time, $0.sequentialID) < ($1.time, $1.sequentialID) }
    }
}
