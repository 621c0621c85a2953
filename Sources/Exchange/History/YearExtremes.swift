/// The highest and the lowest price of the last 52 weeks and the days they were traded on.
package struct YearExtremes: Sendable, Equatable {
    package static let days: Int64 = 364

    package var high: Int64 = 0
    package var highDay: Int64 = 0
    package var low: Int64 = .max
    package var lowDay: Int64 = 0

    /// Takes a day's figures in; of equal prices the later day counts.
    package mutating func add(_ summary: TradeSummary, day: Int64) {
        guard !summary.isEmpty else { return }
        if summary.high > high || summary.high == high && day > highDay {
            high = summary.high
            highDay = day
        }
        if summary.low < low || summary.low == low && day > lowDay {
            low = summary.low
            lowDay = day
        }
    }

    /// Whether both still lie in the 52 weeks before `day`.
    func areWithinYear(before day: Int64) -> Bool {
        min(highDay, lowDay) >= day - Self.days
    }

    package init() {}

    /// Of the 52 weeks before `day`.
    package init(of model: MarketModel, before day: Int64) {
        let first = max((day - Self.days) * 1_440, model.spec.listedMinute)
        let end = min(day * 1_440, model.spec.delistedMinute ?? .max)
        guard first < end else { return }
        var search = YearSearch(model, minutes: first..<end)
        search.find(highest: true, into: &self)
        search.find(highest: false, into: &self)
    }
}
