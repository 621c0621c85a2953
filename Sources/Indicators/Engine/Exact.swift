/// From exact integers to doubles: each function of the integer's value alone.
enum Exact {
    /// Units of a price and of a volume.
    static let price = 1e8
    static let volume = 1e16

    // The standard library's generic conversions are not always specialised: these are a few instructions.

    @inline(__always)
    static func wide(_ value: Int64) -> Int128 {
        Int128(_low: UInt64(bitPattern: value), _high: value &>> 63)
    }

    /// The value when it fits.
    @inline(__always)
    static func narrow(_ value: Int128) -> Int64? {
        let low = Int64(bitPattern: value._low)
        return value._high == low &>> 63 ? low : nil
    }

    // Without branches: which sums pass 64 bits is up to the market.

    @inline(__always)
    static func double(_ value: Int128) -> Double {
        let sign = value._high &>> 63
        let magnitude = double(
            bits((value ^ Int128(_low: UInt64(bitPattern: sign), _high: sign)) &- wide(sign)))
        return Double(bitPattern: magnitude.bitPattern | (UInt64(bitPattern: sign) &<< 63))
    }

    @inline(__always)
    static func double(_ value: UInt128) -> Double {
        Double(value._high) * 18_446_744_073_709_551_616.0 + Double(value._low)
    }

    /// The same bits without a sign.
    @inline(__always)
    static func bits(_ value: Int128) -> UInt128 {
        UInt128(_low: value._low, _high: UInt64(bitPattern: value._high))
    }
}
