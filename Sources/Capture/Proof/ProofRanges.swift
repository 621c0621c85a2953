import Market
import Storage

/// Joins what was compared into few rows: neighbours of the same status extend one row a market, method and
/// UTC day; what was repaired or differs is a row of its own. A single equal minute between two runs of
/// boundary belongs to them: the difference was zero there, too. Pure.
package struct ProofRanges: Sendable {
    private struct Key: Hashable {
        var symbol: Symbol
        var method: ProofMethod

        init(symbol: Symbol, method: ProofMethod) {
            self.symbol = symbol
            self.method = method
        }

        init(_ range: ReconciledRange) { self.init(symbol: range.symbol, method: range.method) }
    }

    /// Rows that wait to be written; at the bound `isFull` says so and proof pauses.
    package static let pendingMax = 20_000

    /// A proven time so short waits for what follows, when it lies behind a boundary. Who ends meanwhile
    /// compares it again.
    private static let heldMicroseconds: Int64 = 60_000_000

    private var open: [Key: ReconciledRange] = [:]
    private var held: [Key: ReconciledRange] = [:]
    private var changed: Set<Key> = []
    private var others: [ReconciledRange] = []

    package init() {}

    package var isFull: Bool { others.count >= Self.pendingMax }

    /// Rows that extend no more are waiting: write them soon.
    package var hasOthers: Bool { !others.isEmpty }

    /// Goes on with a row that an earlier run stored.
    package mutating func resume(_ range: ReconciledRange) {
        guard Self.extends(range) else { return }
        open[Key(range)] = range
    }

    package mutating func add(_ range: ReconciledRange) {
        let key = Key(range)
        // What was under repair is told later than what lies behind it.
        let end = held[key]?.interval.upperBound ?? open[key]?.interval.upperBound
        guard Self.extends(range), range.interval.lowerBound >= end ?? range.interval.lowerBound else {
            others.append(range)
            return
        }
        if let between = held.removeValue(forKey: key) {
            if range.status == .boundary, Self.areNeighbours(between, range), let row = open[key] {
                open[key] = Self.joined(row, between)
            } else {
                extend(key, between)
            }
        } else if let row = open[key], Self.mayHold(range, behind: row) {
            held[key] = range
            return
        }
        extend(key, range)
    }

    /// Nothing more is compared of a market by this method: what waits is told.
    package mutating func close(_ symbol: Symbol, _ method: ProofMethod) {
        let key = Key(symbol: symbol, method: method)
        if let last = held.removeValue(forKey: key) { extend(key, last) }
    }

    private mutating func extend(_ key: Key, _ range: ReconciledRange) {
        if let row = open[key], Self.joins(row, range) {
            open[key] = Self.joined(row, range)
        } else {
            if changed.contains(key), let row = open[key] { others.append(row) }
            open[key] = range
        }
        changed.insert(key)
    }

    private static func mayHold(_ range: ReconciledRange, behind row: ReconciledRange) -> Bool {
        row.status == .boundary && isProven(range) && areNeighbours(row, range)
            && range.interval.upperBound.microseconds(since: range.interval.lowerBound) <= heldMicroseconds
    }

    private static func joined(_ row: ReconciledRange, _ next: ReconciledRange) -> ReconciledRange {
        var row = row
        row.interval = row.interval.lowerBound..<next.interval.upperBound
        row.ours += next.ours
        row.exchange += next.exchange
        if next.status == .proven, row.status == .provenEmpty { row.status = .proven }
        return row
    }

    /// Whether it may be a part of a longer row: all that it says holds of the whole, too.
    private static func extends(_ range: ReconciledRange) -> Bool {
        switch range.status {
        case .proven, .provenEmpty, .boundary, .unprovable: range.attempts == 0
        case .different, .repaired: false
        }
    }

    private static func joins(_ row: ReconciledRange, _ next: ReconciledRange) -> Bool {
        let isSame = row.status == next.status || (isProven(row) && isProven(next))
        return isSame && areNeighbours(row, next)
    }

    /// Of one UTC day.
    private static func areNeighbours(_ row: ReconciledRange, _ next: ReconciledRange) -> Bool {
        row.interval.upperBound == next.interval.lowerBound
            && Timeframe.day1.start(of: row.interval.lowerBound)
                == Timeframe.day1.start(of: next.interval.lowerBound)
    }

    private static func isProven(_ range: ReconciledRange) -> Bool {
        range.status == .proven || range.status == .provenEmpty
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
            let key = Key(row)
            if let present = open[key], present.interval.lowerBound == row.interval.lowerBound {
                changed.insert(key)
            } else {
                others.append(row)
            }
        }
    }
}
