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

    /// Of the 52 weeks before `day`. The price path tells which parts cannot hold an extreme, so few of
    /// the year's minutes are looked at.
    package init(of model: MarketModel, before day: Int64) {
        let first = max((day - Self.days) * 1_440, model.spec.listedMinute)
        let end = min(day * 1_440, model.spec.delistedMinute ?? .max)
        guard first < end else { return }
        let blocks = Self.blocks(model, first, end)
        var source = MinuteSource(model)
        var done: Set<Int64> = []
        for block in blocks.sorted(by: { $0.ceiling > $1.ceiling }) {
            if high > 0, block.ceiling < Self.logarithm(high) { break }
            look(&source, block.number, first, end, &done)
        }
        for block in blocks.sorted(by: { $0.floor < $1.floor }) {
            if low < .max, block.floor > Self.logarithm(low) { break }
            look(&source, block.number, first, end, &done)
        }
    }

    /// A block of minutes and what its prices cannot be outside of.
    private struct Block {
        let number: Int64
        let floor: Double
        let ceiling: Double
    }

    private static func logarithm(_ price: Int64) -> Double { Powers.logarithm(Double(price) * 1e-8) }

    private static func blocks(_ model: MarketModel, _ first: Int64, _ end: Int64) -> [Block] {
        var values: [Double] = []
        let length = PricePath.blockMinutes
        return ((first / length)...((end - 1) / length)).map { number in
            model.path.fill(block: number, into: &values)
            let (low, high) = (values.min() ?? 0, values.max() ?? 0)
            // Steps may change within the block.
            let ups = [number, number + 1].map { model.reach(at: high, minute: $0 * length).up }
            let downs = [number, number + 1].map { model.reach(at: low, minute: $0 * length).down }
            return Block(
                number: number, floor: low - max(downs[0], downs[1]), ceiling: high + max(ups[0], ups[1]))
        }
    }

    private mutating func look(
        _ source: inout MinuteSource, _ block: Int64, _ first: Int64, _ end: Int64, _ done: inout Set<Int64>
    ) {
        guard done.insert(block).inserted else { return }
        let length = PricePath.blockMinutes
        for minute in max(first, block * length)..<min(end, (block + 1) * length) {
            add(source.summary(minute), day: minute / 1_440)
        }
    }
}
