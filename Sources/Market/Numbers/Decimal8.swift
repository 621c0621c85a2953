/// An exact price or volume: a 128-bit count of 10⁻⁸.
@frozen
package struct Decimal8: FixedPoint {
    @inlinable
    package static var scale: Int { 8 }
    package var unscaled: Int128

    @inlinable
    package init(unscaled: Int128) { self.unscaled = unscaled }

    /// A whole number; every `Int` fits.
    @inlinable
    package init(_ whole: Int) { unscaled = Int128(whole) &* 100_000_000 }

    /// The exact product, such as price × volume, or nil when it does not fit.
    @inlinable
    package func multiplied(by other: Decimal8) -> Decimal16? {
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: other.unscaled)
        return overflow ? nil : Decimal16(unscaled: product)
    }

    /// The same value with 16 decimals, or nil when it does not fit.
    @inlinable
    package var widened: Decimal16? {
        let (value, overflow) = unscaled.multipliedReportingOverflow(by: 100_000_000)
        return overflow ? nil : Decimal16(unscaled: value)
    }
}
