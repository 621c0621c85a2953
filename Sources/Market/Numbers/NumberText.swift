/// A number as its JSON text gives it: sign, digits, power of ten. Nothing is rounded.
///
/// The common case (up to 19 digits) is one 64-bit integer; longer ones use 128 bits,
/// and of the digits that do not fit there it is only known whether all were zero.
@frozen
package struct NumberText: Equatable {
    /// Powers of ten beyond this one do not fit in 128 bits.
    package static let powerMax = 38
    /// Exponents are cut here: anything beyond is as good as infinity or zero.
    package static let exponentMax = 100_000

    /// The significant digits, as many as fit.
    package var mantissa: UInt128
    /// The value is ±mantissa × 10^exponent.
    package var exponent: Int
    package var isNegative: Bool
    /// Digits that did not fit were cut, and not all of them were zero.
    package var isCut: Bool

    @inlinable
    package init(mantissa: UInt128, exponent: Int, isNegative: Bool, isCut: Bool = false) {
        self.mantissa = mantissa
        self.exponent = exponent
        self.isNegative = isNegative
        self.isCut = isCut
    }

    /// Reads the number that starts at `position` and moves `position` behind it. What follows the
    /// number is the caller's business. Never reads at or behind `end`.
    @inlinable
    package static func scan(
        _ base: UnsafeRawPointer, _ position: inout Int, end: Int
    ) throws(NumberFault) -> NumberText {
        var at = position
        var isNegative = false
        if at < end, base.load(fromByteOffset: at, as: UInt8.self) == 0x2D {
            isNegative = true
            at &+= 1
        }
        let whole = at
        var mantissa: UInt64 = 0
        DigitRun.read(base, &at, end, &mantissa)
        let wholeDigits = at &- whole
        guard wholeDigits > 0 else { throw .malformed }
        if wholeDigits > 1, base.load(fromByteOffset: whole, as: UInt8.self) == 0x30 { throw .malformed }
        var digits = wholeDigits
        var decimals = 0
        if at < end, base.load(fromByteOffset: at, as: UInt8.self) == 0x2E {
            at &+= 1
            let fraction = at
            DigitRun.read(base, &at, end, &mantissa)
            decimals = at &- fraction
            guard decimals > 0 else { throw .malformed }
            digits &+= decimals
        }
        let digitsEnd = at
        var exponent = 0
        if at < end, base.load(fromByteOffset: at, as: UInt8.self) | 0x20 == 0x65 {
            exponent = try scanExponent(base, &at, end)
        }
        position = at
        if digits <= 19 {
            return NumberText(
                mantissa: UInt128(mantissa), exponent: exponent &- decimals, isNegative: isNegative)
        }
        return rescan(base, whole, digitsEnd, exponent, isNegative)
    }

    @usableFromInline
    static func scanExponent(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int
    ) throws(NumberFault) -> Int {
        var at = position + 1
        var isNegative = false
        if at < end {
            let sign = base.load(fromByteOffset: at, as: UInt8.self)
            if sign == 0x2B || sign == 0x2D {
                isNegative = sign == 0x2D
                at += 1
            }
        }
        let start = at
        var exponent = 0
        while at < end {
            let digit = base.load(fromByteOffset: at, as: UInt8.self) &- 0x30
            guard digit <= 9 else { break }
            exponent = min(exponent * 10 + Int(digit), exponentMax)
            at += 1
        }
        guard at > start else { throw .malformed }
        position = at
        return isNegative ? -exponent : exponent
    }

    /// The slow way for long numbers: the digits in `start ..< end` once more, with 128 bits.
    @usableFromInline
    static func rescan(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, _ exponent: Int, _ isNegative: Bool
    ) -> NumberText {
        var number = NumberText(mantissa: 0, exponent: exponent, isNegative: isNegative)
        var isFull = false
        var isFraction = false
        for at in start..<end {
            let byte = base.load(fromByteOffset: at, as: UInt8.self)
            if byte == 0x2E {
                isFraction = true
                continue
            }
            let digit = byte &- 0x30
            let (shifted, isTooLong) = number.mantissa.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) = shifted.addingReportingOverflow(UInt128(digit))
            isFull = isFull || isTooLong || isTooLarge
            if isFull {
                if digit > 0 { number.isCut = true }
                if !isFraction { number.exponent += 1 }
            } else {
                number.mantissa = sum
                if isFraction { number.exponent -= 1 }
            }
        }
        return number
    }
}
