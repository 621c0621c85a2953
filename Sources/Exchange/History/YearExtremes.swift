/// The highest and the lowest price of the last 52 weeks and the days they were traded on.
package struct YearExtremes: Sendable, Equatable {
    package static let days: Int64 = 364

    package var high: Int64 = 0
    package var highDay: Int64 = 0
    package var low: Int64 = .max
    package var lowDay: Int64 = 0

    /// Takes a day's figures in; of equal prices the later day counts.
    mutating func add(_ summary: TradeSummary, day: Int64) {
        guard !summary.isEmpty else { return }
        if summary.high >= high {
            high = summary.high
            highDay = day
        }
        if summary.low <= low {
            low = summary.low
            lowDay = day
        }
    }
}
