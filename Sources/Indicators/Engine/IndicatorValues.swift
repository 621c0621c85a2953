/// The indicators at one candle; absent before their warm-up, never NaN or infinite.
package struct IndicatorValues: Sendable, Equatable {
    private var numbers = InlineArray<28, Double>(repeating: 0)
    private var presence: UInt32 = 0
    /// Sums of the numbers: finite only while all are. Several, for one would wait for itself each time.
    private var sums = SIMD4<Double>(repeating: 0)

    package init() {}

    /// What was set before is absent.
    @inline(__always)
    package mutating func clear() {
        presence = 0
        sums = SIMD4(repeating: 0)
    }

    @inline(__always)
    package subscript(indicator: Indicator) -> Double? {
        presence & (1 &<< UInt32(truncatingIfNeeded: indicator.rawValue)) == 0
            ? nil : numbers[indicator.rawValue]
    }

    @inline(__always)
    package mutating func set(_ indicator: Indicator, _ number: Double) {
        numbers[indicator.rawValue] = number
        presence |= 1 &<< UInt32(truncatingIfNeeded: indicator.rawValue)
        sums[indicator.rawValue & 3] += number
    }

    /// To be called when all are set.
    @inline(__always)
    package mutating func dropWhatIsNotFinite() {
        if !(sums[0] + sums[1] + sums[2] + sums[3]).isFinite { dropEachThatIsNotFinite() }
    }

    @inline(never)
    private mutating func dropEachThatIsNotFinite() {
        for index in 0..<Indicator.count where !numbers[index].isFinite {
            numbers[index] = 0
            presence &= ~(1 &<< UInt32(truncatingIfNeeded: index))
        }
    }

    /// The same values, bit for bit.
    package static func == (left: IndicatorValues, right: IndicatorValues) -> Bool {
        guard left.presence == right.presence else { return false }
        return Indicator.allCases.allSatisfy { left[$0]?.bitPattern == right[$0]?.bitPattern }
    }
}
