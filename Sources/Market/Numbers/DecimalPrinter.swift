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
        var magnitude = unscaled.magnitude
        var decimals = scale
        while decimals > 0, magnitude % 10 == 0 {
            magnitude /= 10
            decimals -= 1
        }
        // Backwards from the last digit, then moved to the front.
        var at = bytesMax
        var written = 0
        repeat {
            let (rest, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            at -= 1
            buffer[at] = UInt8(truncatingIfNeeded: digit) + 0x30
            magnitude = rest
            written += 1
            if written == decimals {
                at -= 1
                buffer[at] = 0x2E
            }
        } while magnitude > 0 || written <= decimals
        if unscaled < 0 {
            at -= 1
            buffer[at] = 0x2D
        }
        let count = bytesMax - at
        for index in 0..<count { buffer[index] = buffer[at + index] }
        return count
    }
}
