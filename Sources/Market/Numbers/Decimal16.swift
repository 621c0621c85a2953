/// An exact value or sum: a 128-bit count of 10⁻¹⁶, so that price × volume is held exactly.
@frozen
package struct Decimal16: FixedPoint {
    @inlinable
    package static var scale: Int { 16 }
    package var unscaled: Int128

    @inlinable
    package init(unscaled: Int128) { self.unscaled = unscaled }

    /// A whole number; every `Int` fits.
    @inlinable
    package init(_ whole: Int) { unscaled = Int128(whole) &* 10_000_000_000_000_000 }

    /// The value with 8 decimals, or nil when it has more.
    package var narrowed: Decimal8? {
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: 100_000_000)
        return remainder == 0 ? Decimal8(unscaled: quotient) : nil
    }

    /// Decimals of a volume-weighted average price.
    package static let averageDecimals = 12

    /// `value` / `volume` rounded half-even to 12 decimals: the volume-weighted average price.
    /// Nil when there is no volume or the quotient does not fit.
    package static func average(value: Decimal16, volume: Decimal16) -> Decimal16? {
        guard volume.unscaled != 0 else { return nil }
        let product = value.unscaled.magnitude.multipliedFullWidth(by: 1_000_000_000_000)
        let divisor = volume.unscaled.magnitude
        // A quotient of more than 128 bits would trap below.
        guard product.high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        let rest = divisor - remainder
        let isUp = remainder > rest || (remainder == rest && quotient % 2 == 1)
        let rounded = isUp ? quotient.addingReportingOverflow(1) : (quotient, false)
        let (scaled, overflow) = rounded.0.multipliedReportingOverflow(by: 10_000)
        guard !rounded.1, !overflow, scaled <= UInt128(Int128.max) else { return nil }
        let isNegative = (value.unscaled < 0) != (volume.unscaled < 0)
        return Decimal16(unscaled: isNegative ? -Int128(scaled) : Int128(scaled))
    }
}
