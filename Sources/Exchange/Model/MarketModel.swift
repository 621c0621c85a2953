import Market

/// A market as a function of the seed and the time.
package final class MarketModel: Sendable {
    static let patternsCount = 64
    private static let dipMax = 0.06
    /// No trade is published later than this after it was executed.
    package static let delayMillisecondsMax: Int64 = 60

    package let spec: MarketSpec
    let ticks: TickSteps
    let path: PricePath
    private let counts: RandomKey
    private let shapes: RandomKey
    private let delays: RandomKey
    let bookKey: RandomKey
    let activity: Activity
    let medianTicket: Double
    let numbering: TradeNumbering
    private let patterns: [TradePattern]
    private let scaleOfOne: Double

    /// `patterns` are the venue's, shared by its markets.
    init(
        spec: MarketSpec, venue: RandomKey, patterns: [TradePattern], numbering: TradeNumbering,
        isSteady: Bool
    ) {
        let key = venue.part(spec.origin.description)
        self.spec = spec
        self.patterns = patterns
        self.numbering = numbering
        ticks = TickSteps(symbol: spec.origin, changes: spec.tickChanges)
        path = PricePath(key: key.part(1), price: spec.price, volatility: spec.volatility)
        counts = key.part(2)
        shapes = key.part(3)
        delays = key.part(4)
        bookKey = key.part(5)
        activity = Activity(venue: venue.part(6), market: key.part(6), isSteady: isSteady)
        medianTicket = spec.medianTicket
        // A pattern's median weight is 2¹⁰.
        scaleOfOne = spec.medianTicket * 1e8 / 1_024
    }

    static func patterns(of venue: RandomKey) -> [TradePattern] {
        let key = venue.part("patterns")
        return (0..<patternsCount).map { TradePattern(key: key.part(Int64($0))) }
    }

    /// The exchange's price of a logarithm, roughly: not yet a permitted one.
    @inline(__always)
    private func price(_ logarithm: Double) -> Int64 {
        Int64(min(9e18, Powers.two(to: logarithm) * 1e8))
    }

    /// `level` is the activity of the minute's hour.
    func plan(minute: Int64, open: Double, close: Double, level: Double) -> MinutePlan {
        guard minute >= spec.listedMinute, minute < spec.delistedMinute ?? .max else {
            return MinutePlan(minute: minute, trades: 0, open: open, close: close, dip: 0)
        }
        let burst = activity.burst(minute)
        let expected = spec.tradesPerMinute * level * burst
        var count = 0.0
        if expected < 4 {
            // Quiet markets trade in some minutes and not in others.
            let share = 0.3
            if counts.unit(minute &* 4 &+ 1) < share { count = expected / share * wait(minute) }
        } else {
            count = activity.count(expected, luck: wait(minute))
        }
        count += counts.unit(minute &* 4 &+ 2)
        let dip = burst > 15 ? min(Self.dipMax, 0.004 * Powers.two(to: counts.bell(minute &* 4 &+ 3) + 1)) : 0
        return MinutePlan(
            minute: minute, trades: Int(min(Double(MinutePlan.tradesMax), count)), open: open, close: close,
            dip: dip)
    }

    /// Exponentially distributed with mean 1.
    private func wait(_ minute: Int64) -> Double {
        -Powers.logarithm(1 - counts.unit(minute &* 4)) * 0.693_147_180_559_945_3
    }

    /// How far a trade's price may be from the path, upwards and downwards, as a logarithm to base 2 at
    /// a path value.
    func reach(at logarithm: Double, minute: Int64) -> (up: Double, down: Double) {
        let price = max(1, price(logarithm))
        let steps = Double(6 * ticks.tick(at: price + price / 8, minute: minute)) / Double(price)
        // A wobble is at most 3.5 deviations, and a dip at most its bound.
        let wobble = spec.volatility * 0.2 * 3.5
        let up = wobble + Powers.logarithm(1 + steps)
        return (up, wobble + Self.dipMax - Powers.logarithm(max(0.01, 1 - steps)))
    }

    func segment(_ index: Int, of plan: MinutePlan) -> MinuteSegment {
        let segments = plan.segments
        let counter = plan.minute &* 64 &+ Int64(index)
        // Where in its part of the minute the price is taken: a lone segment may be anywhere.
        let place = (Double(index) + (segments == 1 ? shapes.unit(counter) : 0.5)) / Double(segments)
        let wobble = spec.volatility * 0.2 * shapes.bell(counter &+ (1 << 40))
        let valley = plan.dip * 2 * min(place, 1 - place)
        let logarithm = plan.open + (plan.close - plan.open) * place + wobble - valley
        let near = price(logarithm)
        let (base, tick) = ticks.base(near: near, minute: plan.minute)
        let bits = shapes.bits(counter &+ (1 << 41))
        let spread = Powers.two(to: Double(bits >> 48) * (2.0 / 65_536) - 1)
        let scale = max(1, min(1e15, scaleOfOne / max(1e-8, Double(base) * 1e-8) * spread))
        let span = plan.milliseconds(ofSegment: index)
        let extra = index < plan.trades % segments ? 1 : 0
        return MinuteSegment(
            base: base, tick: tick, scale: Int64(scale), pattern: Int(bits & 63),
            trades: plan.trades / segments + extra,
            startMicroseconds: span.lowerBound * 1_000, lengthMicroseconds: Int64(span.count) * 1_000)
    }

    func pattern(_ segment: MinuteSegment) -> TradePattern { patterns[segment.pattern] }

    /// A whole minute's figures, without making its trades.
    func summary(of plan: MinutePlan) -> TradeSummary {
        var summary = TradeSummary()
        for index in 0..<plan.segments {
            summary.add(self.summary(of: segment(index, of: plan)))
        }
        return summary
    }

    private func summary(of segment: MinuteSegment) -> TradeSummary {
        let pattern = patterns[segment.pattern]
        let whole = pattern.sums[TradePattern.tradesMax]
        let count = segment.tradesOfLastRound
        let last = pattern.sums[count]
        let repeats = Int64(segment.rounds - 1)
        let weight = whole.weight * repeats + last.weight
        let steps = whole.stepWeight * repeats + last.stepWeight
        let buys = whole.buyWeight * repeats + last.buyWeight
        let lowest = repeats > 0 ? whole.lowest : last.lowest
        let highest = repeats > 0 ? whole.highest : last.highest
        let scale = Int128(segment.scale)
        var summary = TradeSummary()
        summary.trades = Int64(segment.trades)
        summary.open = segment.base + segment.tick * Int64(pattern.entries[0].step)
        summary.close = segment.base + segment.tick * Int64(pattern.entries[count - 1].step)
        summary.high = segment.base + segment.tick * Int64(highest)
        summary.low = segment.base + segment.tick * Int64(lowest)
        summary.volume = Int128(weight) * scale
        summary.buyVolume = Int128(buys) * scale
        summary.value = (Int128(segment.base) * Int128(weight) + Int128(segment.tick) * Int128(steps)) * scale
        summary.lastMilliseconds = segment.milliseconds(
            round: segment.rounds - 1, index: count - 1, of: count, in: pattern)
        return summary
    }

    /// When a trade executed at `milliseconds` is published: 36 to 60 ms later, and never before an
    /// earlier one.
    @inline(__always)
    package func publication(_ milliseconds: Int64) -> Int64 {
        // Between two looked-up delays, 64 ms apart, the delay moves by less than the time does.
        let bucket = milliseconds >> 6
        let place = milliseconds & 63
        let before = Int64(delays.bits(bucket) % 25)
        let after = Int64(delays.bits(bucket &+ 1) % 25)
        return milliseconds + 36 + (before * (64 - place) + after * place) / 64
    }

    /// From which execution on trades are published at `milliseconds` or later.
    package func execution(publishedFrom milliseconds: Int64) -> Int64 {
        var execution = milliseconds - Self.delayMillisecondsMax
        while publication(execution) < milliseconds { execution += 1 }
        return execution
    }

    /// The best prices once a trade has been executed: it happened at one of them.
    func bestPrices(after trade: ModelTrade) -> (ask: Int64, bid: Int64) {
        let minute = trade.milliseconds / 60_000
        return trade.isBuy
            ? (trade.price, ticks.down(trade.price, minute: minute))
            : (ticks.up(trade.price, minute: minute), trade.price)
    }
}
