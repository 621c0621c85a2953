/// Powers of ten, by calculation: a table in a global would be read through a lock.
@usableFromInline
package enum PowersOfTen {
    /// 10ⁿ for n in 0...8, where the scanner multiplies by the digits of one word.
    @inlinable
    @inline(__always)
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

    /// 10ⁿ for n in 0...19. The compiler makes a table of constants of it.
    @inlinable
    @inline(__always)
    package static func small(_ n: Int) -> UInt64 {
        switch n {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        case 15: 1_000_000_000_000_000
        case 16: 10_000_000_000_000_000
        case 17: 100_000_000_000_000_000
        case 18: 1_000_000_000_000_000_000
        default: 10_000_000_000_000_000_000
        }
    }

    /// 10ⁿ for n in 0...38.
    @inlinable
    package static func wide(_ n: Int) -> UInt128 {
        if n <= 19 { return UInt128(small(n)) }
        return UInt128(small(19)) &* UInt128(small(n &- 19))
    }
}
