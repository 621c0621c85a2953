/// A batch on its way into the database, and how much of it is there.
///
/// As a rule all of it is one transaction. A batch that the database refuses for a row of its own is halved
/// until that row is found; each part is a transaction, and the position goes with the last.
struct CommitWork: Sendable, Equatable {
    let rowCount: Int
    let position: UInt64
    /// Ranges of row numbers that are still to be stored; the last one is next.
    private(set) var pending: [Range<Int>]
    /// Rows that were refused alone.
    private(set) var suspects: [Int] = []
    private(set) var acceptedParts = 0
    /// How often all of it failed for a reason that nobody knows.
    var strangeFailures = 0

    init(rowCount: Int, position: UInt64, rowsMax: Int) {
        self.rowCount = rowCount
        self.position = position
        var ranges: [Range<Int>] = []
        var start = 0
        while start < rowCount {
            ranges.append(start..<min(rowCount, start + rowsMax))
            start += rowsMax
        }
        pending = ranges.reversed()
    }

    /// The rows of the next transaction; empty when only the position is left.
    var next: Range<Int> { pending.last ?? 0..<0 }
    var isLast: Bool { pending.count <= 1 }

    mutating func accepted() {
        guard !pending.isEmpty else { return }
        pending.removeLast()
        acceptedParts += 1
    }

    /// Halves what was refused; a single row becomes a suspect.
    mutating func refused() {
        guard let range = pending.popLast() else { return }
        guard range.count > 1 else {
            suspects.append(range.lowerBound)
            return
        }
        let middle = range.lowerBound + range.count / 2
        pending.append(middle..<range.upperBound)
        pending.append(range.lowerBound..<middle)
    }

    /// Begins anew.
    mutating func restart(rowsMax: Int) {
        let failures = strangeFailures
        self = CommitWork(rowCount: rowCount, position: position, rowsMax: rowsMax)
        strangeFailures = failures
    }
}
