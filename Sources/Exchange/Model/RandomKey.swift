/// Random numbers that are looked up instead of drawn: each is a function of a key and a counter, so
/// any moment of any market is known without walking the time before it.
package struct RandomKey: Sendable, Equatable {
    private let state: UInt64

    package init(seed: UInt64) {
        state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    }

    /// A key of its own for a part, such as a market or a purpose.
    @inline(__always)
    package func part(_ number: Int64) -> RandomKey {
        RandomKey(seed: bits(number))
    }

    /// A key of its own for a name.
    package func part(_ name: String) -> RandomKey {
        var hash = state
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return RandomKey(seed: hash)
    }

    /// 64 random bits.
    @inline(__always)
    package func bits(_ counter: Int64) -> UInt64 {
        Self.mixed(state &+ UInt64(bitPattern: counter) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// 0 ..< 1.
    @inline(__always)
    package func unit(_ counter: Int64) -> Double {
        Double(bits(counter) >> 11) * 0x1p-53
    }

    /// 0 ..< `count`; zero when there is nothing to choose from.
    @inline(__always)
    package func index(_ counter: Int64, below count: Int) -> Int {
        count > 0 ? Int(truncatingIfNeeded: bits(counter).multipliedFullWidth(by: UInt64(count)).high) : 0
    }

    /// `bell` is never further from zero.
    static let bellMax = 2 * 1.732_050_807_568_877_2

    /// Nearly normal, mean 0, deviation 1: the sum of four 16-bit numbers.
    @inline(__always)
    package func bell(_ counter: Int64) -> Double {
        let bits = bits(counter)
        let low = (bits & 0xFFFF) &+ ((bits >> 16) & 0xFFFF)
        let high = ((bits >> 32) & 0xFFFF) &+ (bits >> 48)
        // Four uniform numbers have the mean 2 and the deviation √(4/12) in units of 65,536.
        return (Double(low &+ high) * 0x1p-16 - 2) * 1.732_050_807_568_877_2
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
