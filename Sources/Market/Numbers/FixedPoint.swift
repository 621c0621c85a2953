/// What `Decimal8` and `Decimal16` share: a 128-bit count of 10⁻ⁿ.
///
/// Arithmetic that can overflow returns nil instead of trapping: input must never stop the process.
package protocol FixedPoint: Comparable, Hashable, Sendable, CustomStringConvertible {
    /// Decimals held: the value is `unscaled` × 10^−`scale`, as PostgreSQL's `numeric` has it.
    static var scale: Int { get }
    var unscaled: Int128 { get }
    init(unscaled: Int128)
}

extension FixedPoint {
    @inlinable
    package static var zero: Self { Self(unscaled: 0) }

    @inlinable
    package var scale: Int { Self.scale }

    @inlinable
    package var isZero: Bool { unscaled == 0 }

    @inlinable
    package var isNegative: Bool { unscaled < 0 }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.unscaled < right.unscaled }

    /// The sum, or nil when it does not fit.
    @inlinable
    package func adding(_ other: Self) -> Self? {
        let (sum, overflow) = unscaled.addingReportingOverflow(other.unscaled)
        return overflow ? nil : Self(unscaled: sum)
    }

    /// The difference, or nil when it does not fit.
    @inlinable
    package func subtracting(_ other: Self) -> Self? {
        let (difference, overflow) = unscaled.subtractingReportingOverflow(other.unscaled)
        return overflow ? nil : Self(unscaled: difference)
    }

    /// The value without its sign; nil for the one value that has none.
    @inlinable
    package var magnitude: Self? {
        unscaled == .min ? nil : Self(unscaled: unscaled < 0 ? -unscaled : unscaled)
    }

    /// The nearest double, for rates and indicators only.
    package var doubleValue: Double {
        // Two exact steps and one division: correct to a unit in the last place or so.
        let divisor = Double(PowersOfTen.small(Self.scale))
        return Double(unscaled) / divisor
    }

    /// The shortest decimal text: no exponent, no trailing zeros.
    package var description: String {
        String(unsafeUninitializedCapacity: DecimalPrinter.bytesMax) { buffer in
            DecimalPrinter.print(unscaled, scale: Self.scale, into: buffer)
        }
    }

    /// Reads a whole text, such as a configured amount.
    package init(_ text: String) throws(MarketError) {
        var text = text
        let scanned: Result<NumberText, NumberFault> = text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return .failure(.malformed) }
            do throws(NumberFault) {
                var at = 0
                let number = try NumberText.scan(base, &at, end: bytes.count)
                return at == bytes.count ? .success(number) : .failure(.malformed)
            } catch {
                return .failure(error)
            }
        }
        do throws(NumberFault) {
            self = try Self(scanned.get())
        } catch {
            throw error.explained(text, as: "\(Self.self)")
        }
    }

    /// The value of a scanned number, refused when it does not fit exactly.
    @inlinable
    package init(_ number: NumberText) throws(NumberFault) {
        if number.isCut { throw .notExact }
        self = try Self(number, isRounding: false)
    }

    /// The value of a scanned number, rounded half-even where it has more decimals than the type:
    /// for what the exchange computed in binary floating point (sums), never for prices and volumes.
    @inlinable
    package init(rounding number: NumberText) throws(NumberFault) {
        self = try Self(number, isRounding: true)
    }

    @inlinable
    init(_ number: NumberText, isRounding: Bool) throws(NumberFault) {
        let shift = number.exponent &+ Self.scale
        let mantissa = number.mantissa
        // Digits of one 64-bit word, shifted up by less than another: no overflow is possible.
        if shift >= 0 && shift <= 18 && mantissa <= 0xFFFF_FFFF_FFFF_FFFF {
            let product = UInt64(truncatingIfNeeded: mantissa)
                .multipliedFullWidth(by: PowersOfTen.small(shift))
            if product.high < 0x7FFF_FFFF_FFFF_FFFF {
                let value = Int128(_low: product.low, _high: Int64(truncatingIfNeeded: product.high))
                self.init(unscaled: number.isNegative ? 0 &- value : value)
                return
            }
        }
        self.init(unscaled: try Self.scaled(number, shift: shift, isRounding: isRounding))
    }

    @usableFromInline
    static func scaled(
        _ number: NumberText, shift: Int, isRounding: Bool
    ) throws(NumberFault) -> Int128 {
        if number.mantissa == 0 { return 0 }
        var magnitude = number.mantissa
        if shift >= 0 {
            guard shift <= NumberText.powerMax else { throw .outOfRange }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: PowersOfTen.wide(shift))
            guard !overflow else { throw .outOfRange }
            magnitude = product
        } else {
            magnitude = try divided(number, by: -shift, isRounding: isRounding)
        }
        guard magnitude <= UInt128(Int128.max) else { throw .outOfRange }
        let value = Int128(magnitude)
        return number.isNegative ? -value : value
    }

    private static func divided(
        _ number: NumberText, by power: Int, isRounding: Bool
    ) throws(NumberFault) -> UInt128 {
        guard power <= NumberText.powerMax else {
            // Below half of the last decimal, whatever the digits are.
            guard isRounding else { throw .notExact }
            return 0
        }
        let divisor = PowersOfTen.wide(power)
        let (quotient, remainder) = number.mantissa.quotientAndRemainder(dividingBy: divisor)
        if remainder == 0 && !number.isCut { return quotient }
        guard isRounding else { throw .notExact }
        let half = divisor / 2
        let isUp = remainder > half || (remainder == half && (number.isCut || quotient % 2 == 1))
        return isUp ? quotient + 1 : quotient
    }
}
