/// Sums over the last candles, in integers: what they are does not depend on where one began.
///
/// Kept are the sums from the first candle on; a window's is the difference of two. They wrap around, and so
/// take away exactly what was added.
struct IndicatorWindows: Sendable {
    /// Candles from which every window can be made again.
    static let candlesMax = 199

    private var rings = CandleRings()
    /// How many candles were pushed.
    private var number = 0
    private var closeTotal: Int128 = 0
    private var squareTotal: UInt128 = 0
    private var typicalTotal: Int128 = 0
    private var volumeTotal: Int128 = 0
    private var range = SlidingRange()
    /// The close of the candle before; 0 when there is none.
    private(set) var lastClose: Int64 = 0
    /// The stochastic before and the one before that: raw, and smoothed once.
    private(set) var raw = SIMD2<Double>(repeating: 0)
    private(set) var smooth = SIMD2<Double>(repeating: 0)

    // Of so many candles before the one that is looked at, or of all when there were fewer.

    @inline(__always)
    mutating func closes(_ count: Int) -> Int128 {
        closeTotal &- rings.closeSums[(number &- 1 &- count) & 255]
    }

    @inline(__always)
    mutating func squares(_ count: Int) -> UInt128 {
        squareTotal &- rings.squareSums[(number &- 1 &- count) & 31]
    }

    @inline(__always)
    mutating func typicals(_ count: Int) -> Int128 {
        typicalTotal &- rings.typicalSums[(number &- 1 &- count) & 31]
    }

    @inline(__always)
    mutating func volumes(_ count: Int) -> Int128 {
        volumeTotal &- rings.volumeSums[(number &- 1 &- count) & 31]
    }

    @inline(__always)
    func highest(with high: Int64) -> Int64 { range.highest(with: high, rings) }

    @inline(__always)
    func lowest(with low: Int64) -> Int64 { range.lowest(with: low, rings) }

    @inline(__always)
    mutating func push(_ input: IndicatorInput, raw newRaw: Double, smooth newSmooth: Double) {
        if !isKnownUniquelyReferenced(&rings) { rings = CandleRings(copying: rings) }
        let typical = input.typical
        closeTotal &+= Exact.wide(input.close)
        squareTotal &+= Self.square(input.close)
        typicalTotal &+= Exact.wide(typical)
        volumeTotal &+= input.volume
        let slot = number & 31
        rings.closeSums[number & 255] = closeTotal
        rings.squareSums[slot] = squareTotal
        rings.typicalSums[slot] = typicalTotal
        rings.volumeSums[slot] = volumeTotal
        rings.typicals[slot] = typical
        rings.typicals[slot &+ 32] = typical
        lastClose = input.close
        range.push(high: input.high, low: input.low, rings)
        raw = SIMD2(newRaw, raw[0])
        smooth = SIMD2(newSmooth, smooth[0])
        number &+= 1
    }

    @inline(__always)
    static func square(_ value: Int64) -> UInt128 {
        let magnitude = value.magnitude
        let product = magnitude.multipliedFullWidth(by: magnitude)
        return UInt128(_low: product.low, _high: product.high)
    }

    /// Σ |20 tᵢ − Σt| over 20 typical prices, exactly: 20 is the one period whose cost is not constant.
    ///
    /// What is above the mean is as far from it as what is below, together: so twice the sum of those above.
    @inline(__always)
    mutating func deviationSum(typical: Int64, sum: Int128) -> UInt128 {
        guard let small = Exact.narrow(sum) else { return wideDeviationSum(typical: typical, sum: sum) }
        // With mean = ⌊sum / 20⌋ and 0 ≤ rest < 20, t lies above exactly when t > mean, by 20 (t − mean) − rest.
        // Without a branch: which prices lie above is as good as random.
        let mean = small / 20
        let typicals = rings.typicals + (number &- 19) & 31
        var difference = typical &- mean &- 1
        var notAbove = difference &>> 63
        var above = difference & ~notAbove
        for index in 0..<19 {
            difference = typicals[index] &- mean &- 1
            above &+= difference & ~(difference &>> 63)
            notAbove &+= difference &>> 63
        }
        let count = 20 &+ notAbove
        above &+= count
        let rest = small &- mean &* 20
        return Self.twice(UInt128(_low: above.magnitude, _high: 0), count, rest)
    }

    /// The same for prices from 1.5 × 10⁹ on.
    @inline(never)
    private mutating func wideDeviationSum(typical: Int64, sum: Int128) -> UInt128 {
        let mean = Int64(truncatingIfNeeded: sum / 20)
        var above: UInt128 = 0
        var count: Int64 = 0
        for back in 0..<20 {
            let price = back == 0 ? typical : rings.typicals[(number &- back) & 31]
            guard price > mean else { continue }
            above &+= UInt128((price &- mean).magnitude)
            count &+= 1
        }
        return Self.twice(above, count, Int64(truncatingIfNeeded: sum &- Exact.wide(mean) &* 20))
    }

    @inline(__always)
    private static func twice(_ above: UInt128, _ count: Int64, _ rest: Int64) -> UInt128 {
        (above &* 20 &- UInt128(_low: UInt64(bitPattern: count &* rest), _high: 0)) &* 2
    }
}

extension IndicatorInput {
    /// Three times the typical price.
    @inline(__always)
    var typical: Int64 { high &+ low &+ close }
}
