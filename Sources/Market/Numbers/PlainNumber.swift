/// A number without an exponent and of at most 19 digits: what exchanges mostly send. Everything that
/// stands between the bytes and the value is inlined into the decoder; other numbers go through
/// `NumberText`.
@frozen
package struct PlainNumber {
    package let digits: UInt64
    package let decimals: Int
    package let isNegative: Bool

    /// Reads the number at `position` and moves behind it; nil, and not moved, for any other text.
    @inlinable
    @inline(__always)
    package init?(_ base: UnsafeRawPointer, _ position: inout Int, end: Int) {
        var at = position
        guard at < end else { return nil }
        let isNegative = base.load(fromByteOffset: at, as: UInt8.self) == 0x2D
        if isNegative { at &+= 1 }
        let whole = at
        var digits: UInt64 = 0
        DigitRun.read(base, &at, end, &digits)
        var count = at &- whole
        guard count > 0, count == 1 || base.load(fromByteOffset: whole, as: UInt8.self) != 0x30, at < end
        else { return nil }
        var next = base.load(fromByteOffset: at, as: UInt8.self)
        var decimals = 0
        if next == 0x2E {
            at &+= 1
            let fraction = at
            DigitRun.read(base, &at, end, &digits)
            decimals = at &- fraction
            guard decimals > 0, at < end else { return nil }
            count &+= decimals
            next = base.load(fromByteOffset: at, as: UInt8.self)
        }
        guard count <= 19, next | 0x20 != 0x65 else { return nil }
        position = at
        self.digits = digits
        self.decimals = decimals
        self.isNegative = isNegative
    }

    /// The value as a count of 10^−`scale` (8 or 16); nil when it has more decimals than that or is too large.
    @inlinable
    @inline(__always)
    package func unscaled(_ scale: Int) -> Int128? {
        guard decimals <= scale else { return nil }
        let product = digits.multipliedFullWidth(by: PowersOfTen.small(scale &- decimals))
        // 19 digits times 10¹⁶ stay far below 127 bits.
        let value = Int128(_low: product.low, _high: Int64(truncatingIfNeeded: product.high))
        return isNegative ? 0 &- value : value
    }
}
