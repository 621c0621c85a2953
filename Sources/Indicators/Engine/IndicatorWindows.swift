/// The last candles, and their sums in integers: what the sums are does not depend on where one began.
///
/// A window of n holds the n − 1 candles before the one that is looked at. Sums wrap around, so a value
/// that leaves takes away exactly what it brought.
struct IndicatorWindows: Sendable {
    /// Candles from which every window can be made again.
    static let candlesMax = 199

    /// Rings, indexed by the low bits of a candle's number. Arrays, since reading one element of a large
    /// inline array copies all of it.
    private var closes = [Int64](repeating: 0, count: 256)
    private var typicals = [Int64](repeating: 0, count: 32)
    private var volumes = [Int128](repeating: 0, count: 32)
    private var number = 0

    private(set) var sum4: Int128 = 0
    private(set) var sum9: Int128 = 0
    private(set) var sum19: Int128 = 0
    private(set) var sum49: Int128 = 0
    private(set) var sum99: Int128 = 0
    private(set) var sum199: Int128 = 0
    private(set) var squareSum19: UInt128 = 0
    private(set) var typicalSum19: Int128 = 0
    private(set) var volumeSum19: Int128 = 0
    private(set) var range = SlidingRange()
    /// The stochastic before and the one before that: raw, and smoothed once.
    private(set) var raw = SIMD2<Double>(repeating: 0)
    private(set) var smooth = SIMD2<Double>(repeating: 0)

    /// The close of the candle before; 0 when there is none.
    @inline(__always)
    var lastClose: Int64 { close(back: 1) }

    /// The close so many candles before the one that is looked at; 0 when there are not so many.
    @inline(__always)
    func close(back: Int) -> Int64 { closes[(number &- back) & 255] }

    @inline(__always)
    mutating func push(_ input: IndicatorInput, raw newRaw: Double, smooth newSmooth: Double) {
        let close = Exact.wide(input.close)
        let out19 = self.close(back: 19)
        sum4 = sum4 &+ close &- Exact.wide(self.close(back: 4))
        sum9 = sum9 &+ close &- Exact.wide(self.close(back: 9))
        sum19 = sum19 &+ close &- Exact.wide(out19)
        sum49 = sum49 &+ close &- Exact.wide(self.close(back: 49))
        sum99 = sum99 &+ close &- Exact.wide(self.close(back: 99))
        sum199 = sum199 &+ close &- Exact.wide(self.close(back: 199))
        squareSum19 = squareSum19 &+ Self.square(input.close) &- Self.square(out19)
        let typical = input.typical
        let outTypical = typicals[(number &- 19) & 31]
        typicalSum19 = typicalSum19 &+ Exact.wide(typical) &- Exact.wide(outTypical)
        volumeSum19 = volumeSum19 &+ input.volume &- volumes[(number &- 19) & 31]
        closes[number & 255] = input.close
        typicals[number & 31] = typical
        volumes[number & 31] = input.volume
        range.push(high: input.high, low: input.low)
        raw = SIMD2(newRaw, raw[0])
        smooth = SIMD2(newSmooth, smooth[0])
        number = (number &+ 1) & 0xFFFF
    }

    @inline(__always)
    static func square(_ value: Int64) -> UInt128 {
        let magnitude = value.magnitude
        let product = magnitude.multipliedFullWidth(by: magnitude)
        return UInt128(_low: product.low, _high: product.high)
    }

    /// Σ |20 tᵢ − Σt| over 20 typical prices, exactly: 20 is the one period whose cost is not constant.
    @inline(__always)
    func deviationSum(typical: Int64, sum: Int128) -> UInt128 {
        // |20 (tᵢ − a) − r| with sum = 20 a + r needs no more than 64 bits for each tᵢ − a.
        guard let small = Exact.narrow(sum) else { return wideDeviationSum(typical: typical, sum: sum) }
        let mean = small / 20
        var difference = typical &- mean
        var total = difference.magnitude
        var above: Int64 = difference > 0 ? 1 : 0
        for back in 1..<20 {
            difference = typicals[(number &- back) & 31] &- mean
            total &+= difference.magnitude
            above &+= difference > 0 ? 1 : 0
        }
        return Self.deviationSum(UInt128(_low: total, _high: 0), above, small &- mean &* 20)
    }

    /// The same for prices from 1.5 × 10⁹ on.
    @inline(never)
    private func wideDeviationSum(typical: Int64, sum: Int128) -> UInt128 {
        let mean = Int64(truncatingIfNeeded: sum / 20)
        var total: UInt128 = 0
        var above: Int64 = 0
        for back in 0..<20 {
            let difference = (back == 0 ? typical : typicals[(number &- back) & 31]) &- mean
            total &+= UInt128(difference.magnitude)
            above &+= difference > 0 ? 1 : 0
        }
        return Self.deviationSum(total, above, Int64(truncatingIfNeeded: sum &- Exact.wide(mean) &* 20))
    }

    @inline(__always)
    private static func deviationSum(_ total: UInt128, _ above: Int64, _ rest: Int64) -> UInt128 {
        // Above the mean r is taken away, at and below it is added.
        total &* 20 &+ Exact.bits(Exact.wide(rest &* (20 &- 2 &* above)))
    }
}

extension IndicatorInput {
    /// Three times the typical price.
    @inline(__always)
    var typical: Int64 { high &+ low &+ close }
}
