import CChecksum

/// CRC-32C, as every part of a segment carries it.
package enum Checksum {
    package static func crc32c(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
        yeoul_crc32c(previous, bytes.baseAddress, bytes.count)
    }

    /// What machines without the instruction use.
    package static func crc32cByTable(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        yeoul_crc32c_table(0, bytes.baseAddress, bytes.count)
    }

    static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { crc32c($0) }
    }
}
