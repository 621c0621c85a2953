/// The indicators at one candle; absent before their warm-up, never NaN or infinite.
package struct IndicatorValues: Sendable, Equatable {
    private var numbers = InlineArray<28, Double>(repeating: 0)
    private var presence: UInt32 = 0
    /// Zero times each number: zero while all are finite, then NaN.
    private var zeros = 0.0

    package init() {}

    /// What was set before is absent.
    @inline(__always)
    package mutating func clear() {
        presence = 0
        zeros = 0
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
        zeros += number * 0
    }

    /// To be called when all are set.
    @inline(__always)
    package mutating func dropWhatIsNotFinite() {
        if zeros != 0 { dropEachThatIsNotFinite() }
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
