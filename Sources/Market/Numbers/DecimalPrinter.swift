/// Prints `unscaled` × 10^−`scale` in the shortest decimal form, straight into bytes.
package enum DecimalPrinter {
    /// 39 digits, the sign, the point and a leading zero.
    package static let bytesMax = 48

    /// Returns how many bytes were written; `buffer` must hold `bytesMax`.
    @discardableResult
    package static func print(
        _ unscaled: Int128, scale: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        precondition(buffer.count >= bytesMax, "a decimal needs \(bytesMax) bytes")
        let digits = DecimalDigits(unscaled.magnitude)
        var count = 0
        func put(_ byte: UInt8) {
            buffer[count] = byte
            count += 1
        }
        if unscaled < 0 { put(0x2D) }
        let whole = digits.count - scale
        if whole <= 0 {
            put(0x30)
        } else {
            for index in 0..<whole { put(digits[index]) }
        }
        // Trailing zeros were counted, and stand only behind the point.
        let last = digits.count - digits.trailingZeros
        if last > max(whole, 0) {
            put(0x2E)
            for _ in 0..<max(-whole, 0) { put(0x30) }
            for index in max(whole, 0)..<last { put(digits[index]) }
        }
        return count
    }
}
