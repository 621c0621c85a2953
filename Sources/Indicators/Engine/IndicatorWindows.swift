/// Sums over the last candles, in integers: what they are does not depend on where one began.
///
/// Kept are the sums from the first candle on; a window's is the difference of two. They wrap around, and so
/// take away exactly what was added.
struct IndicatorWindows: Sendable {
    /// Candles from which every window can be made again.
    static let candlesMax = 199

    /// Up to here sums over a window, and what the channels make of twenty prices, fit 64 bits:
    /// Σ |20 tᵢ − Σt| is at most 200 times three such prices.
    static let smallPriceMax: Int64 = 30_000_000_000_000_000

    /// Closes, their squares, typical prices and volumes, added up.
    struct Totals: Sendable {
        var close: Int128 = 0
        var square: UInt128 = 0
        var typical: Int128 = 0
        var volume: Int128 = 0
    }

    private var rings = CandleRings()
    /// How many candles were pushed.
    private var number = 0
    private var totals = Totals()
    /// From this candle on every window holds small prices only.
    private var smallFrom = 0
    private var range = SlidingRange()
    /// The close of the candle before; 0 when there is none.
    private(set) var lastClose: Int64 = 0
    /// The stochastic before and the one before that: raw, and smoothed once.
    private(set) var raw = SIMD2<Double>(repeating: 0)
    private(set) var smooth = SIMD2<Double>(repeating: 0)

    /// Whether all prices of the windows are small when this candle is in.
    @inline(__always)
    func isSmall(_ input: IndicatorInput) -> Bool {
        number >= smallFrom && input.high <= Self.smallPriceMax
    }

    /// The totals with this candle, which is not pushed yet.
    @inline(__always)
    func totals(with input: IndicatorInput) -> Totals {
        Totals(
            close: totals.close &+ Exact.wide(input.close), square: totals.square &+ Self.square(input.close),
            typical: totals.typical &+ Exact.wide(input.typical), volume: totals.volume &+ input.volume)
    }

    // Of the last `count` candles with the one whose totals are given, or of all when there are fewer.
    // Mutating, though they only read: else the compiler copies the windows for the call.

    @inline(__always)
    mutating func closes(_ count: Int, _ totals: Totals) -> Int128 {
        totals.close &- rings.closeSums[(number &- count) & 255]
    }

    @inline(__always)
    mutating func squares(_ count: Int, _ totals: Totals) -> UInt128 {
        totals.square &- rings.squareSums[(number &- count) & 31]
    }

    @inline(__always)
    mutating func typicals(_ count: Int, _ totals: Totals) -> Int128 {
        totals.typical &- rings.typicalSums[(number &- count) & 31]
    }

    @inline(__always)
    mutating func volumes(_ count: Int, _ totals: Totals) -> Int128 {
        totals.volume &- rings.volumeSums[(number &- count) & 31]
    }

    @inline(__always)
    func extremes(with input: IndicatorInput) -> (high: Int64, low: Int64) {
        range.extremes(high: input.high, low: input.low, rings)
    }

    @inline(__always)
    mutating func push(
        _ input: IndicatorInput, _ newTotals: Totals, raw newRaw: Double, smooth newSmooth: Double
    ) {
        if !isKnownUniquelyReferenced(&rings) { rings = CandleRings(copying: rings) }
        totals = newTotals
        let slot = number & 31
        rings.closeSums[number & 255] = newTotals.close
        rings.squareSums[slot] = newTotals.square
        rings.typicalSums[slot] = newTotals.typical
        rings.volumeSums[slot] = newTotals.volume
        let typical = input.typical &* 20
        rings.typicals[slot] = typical
        rings.typicals[slot &+ 32] = typical
        lastClose = input.close
        if input.high > Self.smallPriceMax { smallFrom = number &+ Self.candlesMax &+ 1 }
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

    /// Σ |20 tᵢ − Σt| over 20 typical prices, exactly: 20 is the one period whose cost is not constant. For small
    /// prices.
    @inline(__always)
    mutating func deviationSum(typical: Int64, sum: Int64) -> UInt64 {
        let pairs = UnsafeRawPointer(rings.typicals + (number &- 19) & 31)
        let sums = SIMD2(repeating: sum)
        var total = SIMD2<Int64>(repeating: 0)
        for index in 0..<9 {
            let pair = pairs.loadUnaligned(fromByteOffset: index &* 16, as: SIMD2<Int64>.self)
            total &+= Self.magnitude(pair &- sums)
        }
        // The youngest one was written a moment ago: a load of it together with others would wait for that.
        let youngest = SIMD2(pairs.loadUnaligned(fromByteOffset: 18 &* 8, as: Int64.self), typical &* 20)
        total &+= Self.magnitude(youngest &- sums)
        return UInt64(bitPattern: total[0] &+ total[1])
    }

    @inline(__always)
    private static func magnitude(_ pair: SIMD2<Int64>) -> SIMD2<Int64> {
        let sign = pair &>> SIMD2(repeating: 63)
        return (pair ^ sign) &- sign
    }

    /// The same for any price.
    @inline(never)
    mutating func wideDeviationSum(_ totals: Totals) -> UInt128 {
        let sum = typicals(20, totals)
        var next = totals.typical
        var deviation: UInt128 = 0
        for back in 1...20 {
            let last = rings.typicalSums[(number &- back) & 31]
            deviation &+= ((next &- last) &* 20 &- sum).magnitude
            next = last
        }
        return deviation
    }
}

extension IndicatorInput {
    /// Three times the typical price.
    @inline(__always)
    var typical: Int64 { high &+ low &+ close }
}
