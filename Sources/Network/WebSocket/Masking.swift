/// The XOR of RFC 6455 §5.3, eight bytes at a time.
enum Masking {
    static func apply(_ mask: UInt32, to bytes: UnsafeMutableRawBufferPointer) {
        guard mask != 0, let base = bytes.baseAddress else { return }
        let wide = UInt64(mask) << 32 | UInt64(mask)
        var index = 0
        while index + 8 <= bytes.count {
            let word = (base + index).loadUnaligned(as: UInt64.self)
            (base + index).storeBytes(of: word ^ wide, as: UInt64.self)
            index += 8
        }
        withUnsafeBytes(of: mask) { key in
            while index < bytes.count {
                bytes[index] ^= key[index & 3]
                index += 1
            }
        }
    }
}
