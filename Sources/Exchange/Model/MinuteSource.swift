/// Plans of a market's minutes, with the price path of the last few blocks kept.
package struct MinuteSource: Sendable {
    /// Path blocks kept: the present one, the one before, and one that somebody asks about.
    private static let blocksMax = 3

    package let model: MarketModel
    private var blocks: [(number: Int64, values: [Double])] = []
    private var day: Int64 = .min
    private var levels: [Double] = []

    package init(_ model: MarketModel) {
        self.model = model
    }

    package mutating func plan(_ minute: Int64) -> MinutePlan {
        let number = minute >> Int64(PricePath.blockLevels)
        let index = Int(minute - number << Int64(PricePath.blockLevels))
        let slot = slot(of: number)
        if minute / 1_440 != day {
            day = minute / 1_440
            levels = model.activity.levels(ofDay: day)
        }
        return model.plan(
            minute: minute, open: blocks[slot].values[index], close: blocks[slot].values[index + 1],
            level: levels[Int(minute / 60 % 24)])
    }

    package mutating func summary(_ minute: Int64) -> TradeSummary {
        model.summary(of: plan(minute))
    }

    package mutating func trades(in minute: Int64) -> TradeIterator {
        TradeIterator(model: model, plan: plan(minute))
    }

    private mutating func slot(of number: Int64) -> Int {
        if let slot = blocks.firstIndex(where: { $0.number == number }) { return slot }
        var values: [Double] = []
        if blocks.count == Self.blocksMax {
            values = blocks.removeFirst().values
        }
        model.path.fill(block: number, into: &values)
        blocks.append((number, values))
        return blocks.count - 1
    }
}
