/// Powers of ten, by calculation: a table in a global would be read through a lock.
@usableFromInline
package enum PowersOfTen {
    /// 10ⁿ for n in 0...8, where the scanner multiplies by the digits of one word.
    @inlinable
    package static func upToEight(_ n: Int) -> UInt64 {
        switch n {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        default: 100_000_000
        }
    }

    /// 10ⁿ for n in 0...19.
    @inlinable
    package static func small(_ n: Int) -> UInt64 {
        if n <= 8 { return upToEight(n) }
        if n <= 16 { return 100_000_000 &* upToEight(n &- 8) }
        return 10_000_000_000_000_000 &* upToEight(n &- 16)
    }

    /// 10ⁿ for n in 0...38.
    @inlinable
    package static func wide(_ n: Int) -> UInt128 {
        if n <= 19 { return UInt128(small(n)) }
        return UInt128(small(19)) &* UInt128(small(n &- 19))
    }
}
