import Market

/// A derived row that is not what it is derived from.
package struct DerivedFinding: Sendable, Equatable, CustomStringConvertible {
    package var key: SeriesKey
    package var time: Instant
    /// The columns that differ, with what is stored and what it should be.
    package var detail: String

    package var description: String { "\(key) \(time): \(detail)" }
}

/// What a verification saw.
package struct DerivedReport: Sendable {
    /// Findings beyond this are counted only.
    package static let findingsMax = 100

    package internal(set) var candles = 0
    package internal(set) var indicators = 0
    /// Series that are left out while they are under repair.
    package internal(set) var underRepair: [SeriesKey] = []
    package internal(set) var findings: [DerivedFinding] = []
    package internal(set) var findingCount = 0

    mutating func add(_ finding: DerivedFinding) {
        findingCount += 1
        if findings.count < Self.findingsMax { findings.append(finding) }
    }
}
