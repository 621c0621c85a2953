/// Little-endian fields in a record of a fixed length.
enum ByteFields {
    static func store(_ value: some FixedWidthInteger, _ offset: Int, in bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
        }
    }

    /// The caller knows that there are enough bytes.
    static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, from bytes: UnsafeRawBufferPointer, as type: Value.Type = Value.self
    ) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The CRC of a record whose bytes 8 to 12 hold it: of all behind those, and of the magic before.
    static func checksum(of record: UnsafeRawBufferPointer) -> UInt32 {
        let magic = Checksum.crc32c(UnsafeRawBufferPointer(rebasing: record[0..<8]))
        return Checksum.crc32c(UnsafeRawBufferPointer(rebasing: record[12...]), after: magic)
    }

    static func seal(_ bytes: inout [UInt8]) {
        let checksum = bytes.withUnsafeBytes { Self.checksum(of: $0) }
        store(checksum, 8, in: &bytes)
    }

    /// Whether the record begins with `magic` and is as it was sealed.
    static func isSound(_ record: UnsafeRawBufferPointer, magic: UInt64) -> Bool {
        load(0, from: record, as: UInt64.self) == magic
            && load(8, from: record, as: UInt32.self) == checksum(of: record)
    }

    /// Eight letters as a number.
    static func magic(_ text: StaticString) -> UInt64 {
        text.withUTF8Buffer { letters in
            letters.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
