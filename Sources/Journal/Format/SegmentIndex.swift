/// What a segment spans, and where to look for a sequence number or a time: sparse, an entry for each
/// `entryBytes` of the file, so that it stays small whatever the blocks are.
struct SegmentIndex: Sendable, Equatable {
    static let entryBytes = 64 << 10

    private(set) var entries: [IndexEntry] = []
    private(set) var firstSequence: UInt64 = 0
    private(set) var lastSequence: UInt64 = 0
    private(set) var frames = 0
    private(set) var rawBytes = 0
    private(set) var earliest = Int64.max
    private(set) var latest = Int64.min
    /// The end of the last block.
    private(set) var end = SegmentHeader.bytes

    init() {}

    var isEmpty: Bool { frames == 0 }

    mutating func add(_ block: BlockHeader, at offset: Int) {
        if isEmpty { firstSequence = block.firstSequence }
        lastSequence = max(lastSequence, block.lastSequence)
        frames += block.frames
        rawBytes += block.rawBytes
        earliest = min(earliest, block.earliest)
        latest = max(latest, block.latest)
        end = offset + block.totalBytes
        if let last = entries.last, offset - last.offset < Self.entryBytes {
            entries[entries.count - 1].earliest = min(last.earliest, block.earliest)
            entries[entries.count - 1].latest = max(last.latest, block.latest)
        } else {
            entries.append(
                IndexEntry(
                    offset: offset, firstSequence: block.firstSequence, earliest: block.earliest,
                    latest: block.latest))
        }
    }

    /// The last place at or before the block of this frame.
    func offset(before sequence: UInt64) -> Int {
        entries.last { $0.firstSequence <= sequence }?.offset ?? SegmentHeader.bytes
    }

    /// The part of the file in which frames of these times may lie; nil when there are none.
    func range(from: Int64, to: Int64) -> Range<Int>? {
        guard let first = entries.firstIndex(where: { $0.latest >= from && $0.earliest < to }),
            let last = entries.lastIndex(where: { $0.latest >= from && $0.earliest < to })
        else { return nil }
        return entries[first].offset..<(last + 1 < entries.count ? entries[last + 1].offset : end)
    }
}

extension SegmentIndex {
    /// The last bytes of a sealed segment, behind the entries:
    ///
    ///      0  "YEOULEND"                  16  entries         UInt32    48  frames             UInt64
    ///      8  CRC-32C of these bytes      24  begin, in file  UInt64    56  bytes unpacked     UInt64
    ///     12  CRC-32C of the entries      32  first sequence  UInt64    64  earliest, latest   Int64 × 2
    ///                                     40  last sequence   UInt64    80  the segment's salt UInt64
    static let trailerBytes = 88
    private static let magic = ByteFields.magic("YEOULEND")
    /// More than any segment has.
    static let entriesMax = 1 << 20

    func encoded(salt: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: entries.count * IndexEntry.bytes)
        for (number, entry) in entries.enumerated() {
            let at = number * IndexEntry.bytes
            ByteFields.store(UInt64(entry.offset), at, in: &bytes)
            ByteFields.store(entry.firstSequence, at + 8, in: &bytes)
            ByteFields.store(entry.earliest, at + 16, in: &bytes)
            ByteFields.store(entry.latest, at + 24, in: &bytes)
        }
        var trailer = [UInt8](repeating: 0, count: Self.trailerBytes)
        ByteFields.store(Self.magic, 0, in: &trailer)
        ByteFields.store(Checksum.crc32c(bytes), 12, in: &trailer)
        ByteFields.store(UInt32(entries.count), 16, in: &trailer)
        ByteFields.store(UInt64(end), 24, in: &trailer)
        ByteFields.store(firstSequence, 32, in: &trailer)
        ByteFields.store(lastSequence, 40, in: &trailer)
        ByteFields.store(UInt64(frames), 48, in: &trailer)
        ByteFields.store(UInt64(rawBytes), 56, in: &trailer)
        ByteFields.store(earliest, 64, in: &trailer)
        ByteFields.store(latest, 72, in: &trailer)
        ByteFields.store(salt, 80, in: &trailer)
        ByteFields.seal(&trailer)
        return bytes + trailer
    }

    /// How many bytes before the file's end the entries begin; nil when these are no sound trailer.
    static func entryBytes(trailer: UnsafeRawBufferPointer, fileBytes: Int) -> Int? {
        guard trailer.count == trailerBytes, ByteFields.isSound(trailer, magic: magic) else { return nil }
        let count = Int(ByteFields.load(16, from: trailer, as: UInt32.self))
        let begin = ByteFields.load(24, from: trailer, as: UInt64.self)
        guard count <= entriesMax, begin <= UInt64(fileBytes),
            Int(begin) + count * IndexEntry.bytes + trailerBytes == fileBytes
        else { return nil }
        return count * IndexEntry.bytes
    }

    /// Nil when the bytes are not what was written. `trailer` has been looked at by `entryBytes`.
    init?(entries bytes: UnsafeRawBufferPointer, trailer: UnsafeRawBufferPointer, salt: UInt64?) {
        guard Checksum.crc32c(bytes) == ByteFields.load(12, from: trailer, as: UInt32.self),
            salt == nil || salt == ByteFields.load(80, from: trailer, as: UInt64.self)
        else { return nil }
        for at in stride(from: 0, to: bytes.count, by: IndexEntry.bytes) {
            let offset: UInt64 = ByteFields.load(at, from: bytes)
            entries.append(
                IndexEntry(
                    offset: Int(truncatingIfNeeded: offset),
                    firstSequence: ByteFields.load(at + 8, from: bytes),
                    earliest: ByteFields.load(at + 16, from: bytes),
                    latest: ByteFields.load(at + 24, from: bytes)))
        }
        end = Int(truncatingIfNeeded: ByteFields.load(24, from: trailer, as: UInt64.self))
        firstSequence = ByteFields.load(32, from: trailer)
        lastSequence = ByteFields.load(40, from: trailer)
        frames = Int(truncatingIfNeeded: ByteFields.load(48, from: trailer, as: UInt64.self))
        rawBytes = Int(truncatingIfNeeded: ByteFields.load(56, from: trailer, as: UInt64.self))
        earliest = ByteFields.load(64, from: trailer)
        latest = ByteFields.load(72, from: trailer)
    }
}
