/// The decimal digits of a number as ASCII, without leading zeros (zero has none).
package struct DecimalDigits {
    private var bytes = InlineArray<40, UInt8>(repeating: 0x30)
    private let start: Int
    /// How many of the last digits are zeros.
    package let trailingZeros: Int

    package var count: Int { 40 - start }

    /// Most significant first.
    package subscript(index: Int) -> UInt8 { bytes[start + index] }

    package init(_ number: UInt128) {
        var at = 40
        var rest = number
        // 128-bit divisions are slow: take 18 digits with each.
        while rest > UInt128(UInt64.max) {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
            Self.put(UInt64(truncatingIfNeeded: remainder), &bytes, &at, digitsMin: 18)
            rest = quotient
        }
        Self.put(UInt64(truncatingIfNeeded: rest), &bytes, &at, digitsMin: 0)
        start = at
        var zeros = 0
        while zeros < 40 - at, bytes[39 - zeros] == 0x30 { zeros += 1 }
        trailingZeros = zeros
    }

    private static func put(
        _ number: UInt64, _ bytes: inout InlineArray<40, UInt8>, _ at: inout Int, digitsMin: Int
    ) {
        var rest = number
        let stop = at - digitsMin
        while rest > 0 || at > stop {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            at -= 1
            bytes[at] = UInt8(truncatingIfNeeded: digit) &+ 0x30
            rest = quotient
        }
    }
}
