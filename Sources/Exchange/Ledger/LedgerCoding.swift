import Market

/// How a ledger's blocks are laid out.
///
/// A file is eight bytes of name, then blocks: payload length, CRC-32C of the payload (both 32 bits,
/// little-endian), payload. A payload is entries, each a byte that says what it is. Numbers have seven
/// bits a byte, and are differences from the market's last trade of the same block, so a block can be
/// read without the ones before it.
enum LedgerCoding {
    static let signature = Array("YEOULLG1".utf8)
    static let blockHeaderBytes = 8
    /// A block is closed at this size; a longer one in a file is damage.
    static let payloadBytesMax = 1 << 20
    /// An entry is never longer than this.
    static let entryBytesMax = 96

    /// The byte before a market's code, which gives it the next number of the block.
    static let marketMark: UInt8 = 0xFF
    static let buyBit: UInt8 = 0x80

    struct Base {
        var milliseconds: Int64 = 0
        var price: Int64 = 0
    }

    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    static func append(signed value: Int64, to bytes: inout [UInt8]) {
        append(UInt64(bitPattern: (value << 1) ^ (value >> 63)), to: &bytes)
    }

    /// A reader of one payload; nil results are damage.
    struct Reader {
        let bytes: ArraySlice<UInt8>
        var at: Int

        init(_ bytes: ArraySlice<UInt8>) {
            self.bytes = bytes
            at = bytes.startIndex
        }

        var isAtEnd: Bool { at >= bytes.endIndex }

        mutating func byte() -> UInt8? {
            guard at < bytes.endIndex else { return nil }
            defer { at += 1 }
            return bytes[at]
        }

        mutating func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let byte = byte() {
                guard shift < 63 || byte <= 1 else { return nil }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
                guard shift <= 63 else { return nil }
            }
            return nil
        }

        mutating func signed() -> Int64? {
            guard let number = number() else { return nil }
            return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
        }
    }
}
