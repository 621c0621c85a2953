/// The highest high and the lowest low of the last `heldMax` candles, at constant cost a candle: what was
/// pushed lately has a running extreme; the older ones have, each, the extreme of it and of what came later.
struct SlidingRange: Sendable {
    /// With the candle that is looked at, 14.
    static let heldMax = 13

    private var newCount = 0
    private var oldCount = 0
    private var newHigh = Int64.min
    private var newLow = Int64.max

    /// The highest and the lowest of the held ones and of this one.
    @inline(__always)
    func extremes(high: Int64, low: Int64, _ rings: CandleRings) -> (high: Int64, low: Int64) {
        // Without older ones this is the slot that bounds nothing.
        let older = rings.ranges[16 &+ (oldCount &- 1) & 15]
        return (max(max(newHigh, high), older[0]), min(min(newLow, low), older[1]))
    }

    @inline(__always)
    mutating func push(high: Int64, low: Int64, _ rings: CandleRings) {
        rings.ranges[newCount & 15] = SIMD2(high, low)
        newCount &+= 1
        newHigh = max(newHigh, high)
        newLow = min(newLow, low)
        guard newCount &+ oldCount > Self.heldMax else { return }
        if oldCount == 0 { turnOver(rings) }
        oldCount &-= 1
    }

    /// The newer ones become the older ones.
    @inline(never)
    private mutating func turnOver(_ rings: CandleRings) {
        var (high, low) = (Int64.min, Int64.max)
        for index in 0..<newCount {
            let one = rings.ranges[(newCount &- 1 &- index) & 15]
            (high, low) = (max(high, one[0]), min(low, one[1]))
            rings.ranges[16 &+ index & 15] = SIMD2(high, low)
        }
        (oldCount, newCount) = (newCount, 0)
        (newHigh, newLow) = (.min, .max)
    }
}
