/// Decimal digits, eight at a time.
@usableFromInline
package enum DigitRun {
    /// Appends the digits at `position` to `mantissa` (wrapping when they are too many: the caller
    /// counts them) and moves behind the last one.
    @inlinable
    @inline(__always)
    package static func read(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ mantissa: inout UInt64
    ) {
        var at = position
        while at &+ 8 <= end {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let values = word ^ 0x3030_3030_3030_3030
            let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
            if others == 0 {
                mantissa = mantissa &* 100_000_000 &+ eight(values)
                at &+= 8
                continue
            }
            let count = others.trailingZeroBitCount >> 3
            if count > 0 {
                mantissa =
                    mantissa &* PowersOfTen.upToEight(count) &+ eight(values &<< UInt64(64 &- count &* 8))
                at &+= count
            }
            position = at
            return
        }
        while at < end {
            let digit = base.load(fromByteOffset: at, as: UInt8.self) &- 0x30
            guard digit <= 9 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            at &+= 1
        }
        position = at
    }

    /// The number that eight digit values make, the first in the lowest byte.
    @inlinable
    @inline(__always)
    static func eight(_ values: UInt64) -> UInt64 {
        let pairs = (values &* 10) &+ (values &>> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ high) &>> 32
    }
}
