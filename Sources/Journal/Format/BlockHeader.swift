/// The 64 bytes before each block's body, little-endian:
///
///      0  "YEOULBLK"                16  body bytes     UInt32    32  first sequence           UInt64
///      8  CRC-32C of this header    20  bytes unpacked UInt32    40  earliest wall clock, µs  Int64
///     12  CRC-32C of the body       24  frames         UInt32    48  latest wall clock, µs    Int64
///                                   28  packed by      UInt32    56  the segment's salt       UInt64
struct BlockHeader: Sendable, Equatable {
    enum Packing: UInt32, Sendable {
        case none = 0
        case zstd = 1
    }

    static let bytes = 64
    static let magic = ByteFields.magic("YEOULBLK")
    /// A block has one frame at least, however long that is, and no more than this.
    static let rawBytesMax = 8 << 20

    var bodyChecksum: UInt32
    var bodyBytes: Int
    var rawBytes: Int
    var frames: Int
    var packing: Packing
    var firstSequence: UInt64
    var earliest: Int64
    var latest: Int64
    var salt: UInt64

    var lastSequence: UInt64 { firstSequence + UInt64(frames) - 1 }
    var totalBytes: Int { Self.bytes + bodyBytes }

    func encoded() -> [UInt8] {
        var record = [UInt8](repeating: 0, count: Self.bytes)
        ByteFields.store(Self.magic, 0, in: &record)
        ByteFields.store(bodyChecksum, 12, in: &record)
        ByteFields.store(UInt32(truncatingIfNeeded: bodyBytes), 16, in: &record)
        ByteFields.store(UInt32(truncatingIfNeeded: rawBytes), 20, in: &record)
        ByteFields.store(UInt32(truncatingIfNeeded: frames), 24, in: &record)
        ByteFields.store(packing.rawValue, 28, in: &record)
        ByteFields.store(firstSequence, 32, in: &record)
        ByteFields.store(earliest, 40, in: &record)
        ByteFields.store(latest, 48, in: &record)
        ByteFields.store(salt, 56, in: &record)
        ByteFields.seal(&record)
        return record
    }
}

extension BlockHeader {
    /// Nil when the bytes are no sound header, or one of another segment.
    init?(_ bytes: UnsafeRawBufferPointer, salt wanted: UInt64?) {
        guard bytes.count >= Self.bytes else { return nil }
        let record = UnsafeRawBufferPointer(rebasing: bytes[0..<Self.bytes])
        guard ByteFields.isSound(record, magic: Self.magic) else { return nil }
        salt = ByteFields.load(56, from: record)
        guard wanted == nil || salt == wanted,
            let packing = Packing(rawValue: ByteFields.load(28, from: record))
        else { return nil }
        self.packing = packing
        bodyChecksum = ByteFields.load(12, from: record)
        bodyBytes = Int(ByteFields.load(16, from: record, as: UInt32.self))
        rawBytes = Int(ByteFields.load(20, from: record, as: UInt32.self))
        frames = Int(ByteFields.load(24, from: record, as: UInt32.self))
        firstSequence = ByteFields.load(32, from: record)
        earliest = ByteFields.load(40, from: record)
        latest = ByteFields.load(48, from: record)
        guard frames > 0, rawBytes <= Self.rawBytesMax, bodyBytes <= rawBytes,
            rawBytes >= frames * FrameLayout.headBytes,
            firstSequence > 0, firstSequence <= SequenceRange.last - UInt64(frames)
        else { return nil }
    }
}
