import Market
import Storage

/// Joins what was compared into few rows: what is proven extends one row a market, method and UTC day; all
/// else is a row of its own. Pure.
package struct ProofRanges: Sendable {
    private struct Key: Hashable {
        var symbol: Symbol
        var method: ProofMethod
    }

    /// Rows that wait to be written; at the bound `isFull` says so and proof pauses.
    package static let pendingMax = 20_000

    private var open: [Key: ReconciledRange] = [:]
    private var changed: Set<Key> = []
    private var others: [ReconciledRange] = []

    package init() {}

    package var isFull: Bool { others.count >= Self.pendingMax }

    /// Rows of their own are waiting: write them soon.
    package var hasOthers: Bool { !others.isEmpty }

    /// Goes on with a row that an earlier run stored.
    package mutating func resume(_ range: ReconciledRange) {
        guard range.status == .proven || range.status == .provenEmpty else { return }
        open[Key(symbol: range.symbol, method: range.method)] = range
    }

    package mutating func add(_ range: ReconciledRange) {
        guard range.status == .proven || range.status == .provenEmpty else {
            others.append(range)
            return
        }
        let key = Key(symbol: range.symbol, method: range.method)
        if var row = open[key], Self.joins(row, range) {
            row.interval = row.interval.lowerBound..<range.interval.upperBound
            row.ours += range.ours
            row.exchange += range.exchange
            if range.status == .proven { row.status = .proven }
            open[key] = row
        } else {
            if changed.contains(key), let row = open[key] { others.append(row) }
            open[key] = range
        }
        changed.insert(key)
    }

    private static func joins(_ row: ReconciledRange, _ next: ReconciledRange) -> Bool {
        row.interval.upperBound == next.interval.lowerBound
            && Timeframe.day1.start(of: row.interval.lowerBound)
                == Timeframe.day1.start(of: next.interval.lowerBound)
    }

    /// What is to be written, each in the place of a row that begins at the same time. After a failure, give
    /// it back with `restore`.
    package mutating func take(all: Bool) -> [ReconciledRange] {
        var rows = others
        others = []
        guard all else { return rows }
        for key in changed { if let row = open[key] { rows.append(row) } }
        changed = []
        return rows
    }

    /// These were not written: they come again.
    package mutating func restore(_ rows: [ReconciledRange]) {
        for row in rows {
            let key = Key(symbol: row.symbol, method: row.method)
            if let present = open[key], present.interval.lowerBound == row.interval.lowerBound {
                changed.insert(key)
            } else {
                others.append(row)
            }
        }
    }
}
