/// CRC-32C, a byte at a time: a ledger is written at some megabytes a second at most.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value = UInt32.max
        table.withUnsafeBufferPointer { table in
            for byte in bytes {
                value = (value >> 8) ^ table[Int((value ^ UInt32(byte)) & 0xFF)]
            }
        }
        return ~value
    }
}
