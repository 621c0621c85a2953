/// A number in the digits of PostgreSQL's `numeric`: groups of four decimals, from the highest.
struct NumericDigits: ~Copyable {
    /// More decimals than any unscaled value has digits would only be zeros.
    static let scaleMax = 1000

    /// From the lowest group; `skipped` zero groups at the low end are not part of the number.
    private var groups = InlineArray<12, Int16>(repeating: 0)
    private var skipped = 0
    private(set) var groupCount = 0
    private(set) var weight: Int16 = 0
    private(set) var sign: Int16 = 0
    private(set) var displayScale: Int16 = 0

    /// Nil for a scale outside 0…`scaleMax`.
    init?(unscaled: Int128, scale: Int) {
        guard scale >= 0, scale <= Self.scaleMax else { return nil }
        if unscaled == 0 { return }
        sign = unscaled < 0 ? 0x4000 : 0
        var scale = scale
        let magnitude = unscaled.magnitude
        if magnitude <= UInt64.max {
            var small = UInt64(truncatingIfNeeded: magnitude)
            Self.stripZeros(&small, &scale)
            split(&small, scale)
        } else {
            var large = magnitude
            Self.stripZeros(&large, &scale)
            split(&large, scale)
        }
        displayScale = Int16(scale)
    }

    var byteCount: Int { 8 + 2 * groupCount }

    /// Groups from the highest.
    func group(at index: Int) -> Int16 { groups[skipped + groupCount - 1 - index] }

    /// Takes off zeros after the point.
    private static func stripZeros<T: UnsignedInteger & FixedWidthInteger>(
        _ value: inout T, _ scale: inout Int
    ) {
        while scale >= 4 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10_000)
            if remainder != 0 { break }
            value = quotient
            scale -= 4
        }
        while scale > 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            value = quotient
            scale -= 1
        }
    }

    /// Cuts the value into groups that are aligned at the point.
    private mutating func split<T: UnsignedInteger & FixedWidthInteger>(_ value: inout T, _ scale: Int) {
        var next = 0
        let odd = scale % 4
        if odd != 0 {
            // The last group has fewer decimals than four: it is filled up with zeros.
            let divisor: T = odd == 1 ? 10 : odd == 2 ? 100 : 1000
            let factor: Int16 = odd == 1 ? 1000 : odd == 2 ? 100 : 10
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
            groups[0] = Int16(truncatingIfNeeded: remainder) * factor
            value = quotient
            next = 1
        }
        while value != 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10_000)
            groups[next] = Int16(truncatingIfNeeded: remainder)
            value = quotient
            next += 1
        }
        while groups[skipped] == 0 { skipped += 1 }
        groupCount = next - skipped
        weight = Int16(next - 1 - (scale + 3) / 4)
    }
}
