/// The SHA-256 of some bytes (FIPS 180-4): what tells an edited migration.
enum SHA256 {
    /// 64 hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        var state = initialState
        var message = bytes
        let bitCount = UInt64(bytes.count) * 8
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        for start in stride(from: 0, to: message.count, by: 64) {
            compress(message[start..<(start + 64)], into: &state)
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words = [UInt32](repeating: 0, count: 64)
        for index in 0..<16 {
            for byte in block[(block.startIndex + index * 4)...].prefix(4) {
                words[index] = words[index] << 8 | UInt32(byte)
            }
        }
        for index in 16..<64 {
            let early = words[index - 15]
            let late = words[index - 2]
            let mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
            let mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
            words[index] = words[index - 16] &+ mixedEarly &+ words[index - 7] &+ mixedLate
        }
        var v = state
        for index in 0..<64 {
            let mixedE = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let first = v[7] &+ mixedE &+ choice &+ roundConstants[index] &+ words[index]
            let mixedA = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            let second = mixedA &+ majority
            v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] = state[index] &+ v[index] }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// The fractional parts of the square roots of the first 8 primes.
    private static let initialState = primes.prefix(8).map { fraction(root: 2, of: $0) }
    /// The fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants = primes.map { fraction(root: 3, of: $0) }

    private static let primes: [UInt64] = Array(
        (2...311).lazy.filter { candidate in
            !(2..<candidate).contains { candidate % $0 == 0 }
        }.map { UInt64($0) })

    /// The first 32 bits after the point of a number's square or cube root, by bisection on integers.
    private static func fraction(root: Int, of number: UInt64) -> UInt32 {
        // root(number) × 2³² = root(number × 2^(32 × root))
        let target = UInt128(number) << UInt128(32 * root)
        var low: UInt128 = 0
        var high: UInt128 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            let power = root == 2 ? middle * middle : middle * middle * middle
            if power <= target { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
