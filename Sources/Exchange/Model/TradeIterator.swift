/// The trades of one minute, or of some of its segments, in their order.
package struct TradeIterator: Sendable, IteratorProtocol {
    private let model: MarketModel
    private let plan: MinutePlan
    private var segmentIndex: Int
    private let segmentsEnd: Int
    private var isStarted = false
    private var segment: MinuteSegment
    private var pattern: TradePattern
    private var round = 0
    private var countOfRound = 0
    private var index = 0
    private var lastMilliseconds: Int64 = -1
    private var number: Int32 = 0

    init(model: MarketModel, plan: MinutePlan) {
        self.init(model: model, plan: plan, segments: 0..<plan.segments)
    }

    init(model: MarketModel, plan: MinutePlan, segments: Range<Int>) {
        self.model = model
        self.plan = plan
        segmentIndex = segments.lowerBound - 1
        segmentsEnd = segments.upperBound
        segment = MinuteSegment(
            base: 0, tick: 0, scale: 0, pattern: 0, trades: 0, startMicroseconds: 0, lengthMicroseconds: 0)
        pattern = model.pattern(segment)
    }

    package mutating func next() -> ModelTrade? {
        if index >= countOfRound, !advance() { return nil }
        let entry = pattern.entries[index]
        let time = segment.milliseconds(round: round, index: index, of: countOfRound, in: pattern)
        number = time == lastMilliseconds ? number + model.numbering.step : model.numbering.first
        lastMilliseconds = time
        index += 1
        return ModelTrade(
            milliseconds: time, number: number, price: segment.base + segment.tick * Int64(entry.step),
            volume: Int128(segment.scale) * Int128(entry.weight), isBuy: entry.isBuy)
    }

    /// To the next round or segment; false at the end of the minute.
    private mutating func advance() -> Bool {
        index = 0
        round += 1
        if !isStarted || round >= segment.rounds {
            isStarted = true
            segmentIndex += 1
            guard segmentIndex < segmentsEnd else {
                segmentIndex = segmentsEnd
                countOfRound = 0
                return false
            }
            segment = model.segment(segmentIndex, of: plan)
            pattern = model.pattern(segment)
            round = 0
        }
        countOfRound = round == segment.rounds - 1 ? segment.tradesOfLastRound : TradePattern.tradesMax
        return true
    }
}
