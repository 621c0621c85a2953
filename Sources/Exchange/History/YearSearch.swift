/// Looks for the extremes of a long time without making its trades: the block of minutes that may hold the
/// highest price comes first, and the search ends where no block can hold a higher one.
///
/// What a block can hold is known roughly from the price path at its ends, and better once the path of its
/// minutes has been filled in, which is done only for blocks that are worth it.
struct YearSearch {
    private struct Block {
        let floor: Double
        let ceiling: Double

        /// The larger, the more promising.
        func promise(_ isHighest: Bool) -> Double { isHighest ? ceiling : -floor }
    }

    private let model: MarketModel
    private let minutes: Range<Int64>
    private let firstBlock: Int64
    private var source: MinuteSource
    private var rough: [Block]
    private var known: [Int: Block] = [:]
    private var looked: Set<Int> = []
    private var values: [Double] = []

    /// `minutes` is not empty.
    init(_ model: MarketModel, minutes: Range<Int64>) {
        self.model = model
        self.minutes = minutes
        source = MinuteSource(model)
        let length = PricePath.blockMinutes
        firstBlock = minutes.lowerBound / length
        rough = ((minutes.lowerBound / length)...((minutes.upperBound - 1) / length)).map { number in
            let (first, last) = model.path.ends(of: number)
            let reach = model.path.reachOfBlock
            return Self.block(
                number, low: min(first, last) - reach, high: max(first, last) + reach, of: model)
        }
    }

    /// What minutes cannot be outside of whose path lies between `low` and `high`.
    private static func block(_ number: Int64, low: Double, high: Double, of model: MarketModel) -> Block {
        // Steps may change within the block.
        let minutes = [number, number + 1].map { $0 * PricePath.blockMinutes }
        let downs = minutes.map { model.reach(at: low, minute: $0).down }
        let ups = minutes.map { model.reach(at: high, minute: $0).up }
        return Block(floor: low - max(downs[0], downs[1]), ceiling: high + max(ups[0], ups[1]))
    }

    /// Adds the blocks' minutes to `extremes` until its highest (or lowest) price is the highest there is.
    mutating func find(highest isHighest: Bool, into extremes: inout YearExtremes) {
        let order = rough.indices.sorted { rough[$0].promise(isHighest) > rough[$1].promise(isHighest) }
        var next = 0
        var open: [Int] = []
        while next < order.count || !open.isEmpty {
            let nextPromise = next < order.count ? rough[order[next]].promise(isHighest) : -.infinity
            let best = open.indices.max { promise(open[$0], isHighest) < promise(open[$1], isHighest) }
            if let best, promise(open[best], isHighest) >= nextPromise {
                if isPast(promise(open[best], isHighest), extremes, isHighest) { return }
                look(open.remove(at: best), &extremes)
            } else {
                if isPast(nextPromise, extremes, isHighest) { return }
                learn(order[next])
                open.append(order[next])
                next += 1
            }
        }
    }

    private func promise(_ index: Int, _ isHighest: Bool) -> Double {
        (known[index] ?? rough[index]).promise(isHighest)
    }

    private func isPast(_ promise: Double, _ extremes: YearExtremes, _ isHighest: Bool) -> Bool {
        guard extremes.high > 0 else { return false }
        let found = Powers.logarithm(Double(isHighest ? extremes.high : extremes.low) * 1e-8)
        return promise < (isHighest ? found : -found)
    }

    private mutating func learn(_ index: Int) {
        guard known[index] == nil else { return }
        let number = firstBlock + Int64(index)
        model.path.fill(block: number, into: &values)
        known[index] = Self.block(
            number, low: values.min() ?? 0, high: values.max() ?? 0, of: model)
    }

    private mutating func look(_ index: Int, _ extremes: inout YearExtremes) {
        guard looked.insert(index).inserted else { return }
        let start = (firstBlock + Int64(index)) * PricePath.blockMinutes
        for minute in minutes.clamped(to: start..<(start + PricePath.blockMinutes)) {
            extremes.add(source.summary(minute), day: minute / 1_440)
        }
    }
}
