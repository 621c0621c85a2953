/// The indicators at one candle; absent before their warm-up, never NaN or infinite.
package struct IndicatorValues: Sendable, Equatable {
    private var numbers = InlineArray<28, Double>(repeating: 0)
    private var presence: UInt32 = 0

    package init() {}

    package subscript(indicator: Indicator) -> Double? {
        presence & (1 &<< UInt32(truncatingIfNeeded: indicator.rawValue)) == 0
            ? nil : numbers[indicator.rawValue]
    }

    @inline(__always)
    mutating func set(_ indicator: Indicator, _ number: Double) {
        // An exponent of ones only: infinite or NaN.
        guard number.bitPattern & 0x7FF0_0000_0000_0000 != 0x7FF0_0000_0000_0000 else { return }
        numbers[indicator.rawValue] = number
        presence |= 1 &<< UInt32(truncatingIfNeeded: indicator.rawValue)
    }

    /// The same values, bit for bit.
    package static func == (left: IndicatorValues, right: IndicatorValues) -> Bool {
        guard left.presence == right.presence else { return false }
        for index in 0..<Indicator.count
        where left.numbers[index].bitPattern != right.numbers[index].bitPattern {
            return false
        }
        return true
    }
}
