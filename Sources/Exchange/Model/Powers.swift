/// Powers and logarithms of two from additions and multiplications alone: those are the same bits on
/// every machine, which the C library's functions are not.
package enum Powers {
    /// 2^`exponent`, to about 1e-9 of its value; exponents beyond ±1,000 are cut there.
    @inline(__always)
    package static func two(to exponent: Double) -> Double {
        let cut = min(1_000, max(-1_000, exponent))
        let whole = cut.rounded(.down)
        let x = (cut - whole) * 0.693_147_180_559_945_3
        // The exponential series of the fraction, which is below 0.7.
        var sum = 1 + x * (1.0 / 11)
        sum = 1 + x * (1.0 / 10) * sum
        sum = 1 + x * (1.0 / 9) * sum
        sum = 1 + x * 0.125 * sum
        sum = 1 + x * (1.0 / 7) * sum
        sum = 1 + x * (1.0 / 6) * sum
        sum = 1 + x * 0.2 * sum
        sum = 1 + x * 0.25 * sum
        sum = 1 + x * (1.0 / 3) * sum
        sum = 1 + x * 0.5 * sum
        sum = 1 + x * sum
        return sum * Double(bitPattern: UInt64(bitPattern: 1_023 + Int64(whole)) << 52)
    }

    /// The logarithm to base 2 of a positive number, to about 1e-9.
    package static func logarithm(_ value: Double) -> Double {
        guard value.isNormal, value > 0 else { return 0 }
        let bits = value.bitPattern
        let exponent = Int64(bits >> 52) - 1_023
        let significand = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
        // With m in 1 ..< 2: ln m = 2 artanh((m − 1) / (m + 1)), an odd series of at most 1/3.
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = square * (1.0 / 19) + (1.0 / 17)
        sum = sum * square + (1.0 / 15)
        sum = sum * square + (1.0 / 13)
        sum = sum * square + (1.0 / 11)
        sum = sum * square + (1.0 / 9)
        sum = sum * square + (1.0 / 7)
        sum = sum * square + 0.2
        sum = sum * square + (1.0 / 3)
        sum = sum * square + 1
        return Double(exponent) + 2 * ratio * sum * 1.442_695_040_888_963_4
    }
}
