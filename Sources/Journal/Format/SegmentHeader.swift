/// The first 64 bytes of a segment, little-endian:
///
///      0  "YEOULSEG"          16  journal id, 16 bytes      48  salt of this segment  UInt64
///      8  CRC-32C   UInt32    32  first sequence   UInt64   56  the journal's last frame before  UInt64
///     12  version   UInt32    40  made, microseconds Int64
package struct SegmentHeader: Sendable, Equatable {
    static let bytes = 64
    static let version: UInt32 = 1
    private static let magic = ByteFields.magic("YEOULSEG")

    package var journal: JournalID
    package var firstSequence: UInt64
    package var createdUnixMicroseconds: Int64
    /// Stands in every block of the segment, so that bytes of another file are never taken for a block.
    package var salt: UInt64
    package var previousSequence: UInt64

    func encoded() -> [UInt8] {
        var record = [UInt8](repeating: 0, count: Self.bytes)
        ByteFields.store(Self.magic, 0, in: &record)
        ByteFields.store(Self.version, 12, in: &record)
        ByteFields.store(journal.high, 16, in: &record)
        ByteFields.store(journal.low, 24, in: &record)
        ByteFields.store(firstSequence, 32, in: &record)
        ByteFields.store(createdUnixMicroseconds, 40, in: &record)
        ByteFields.store(salt, 48, in: &record)
        ByteFields.store(previousSequence, 56, in: &record)
        ByteFields.seal(&record)
        return record
    }

    enum Refusal: Error, Equatable {
        case unsound
        case version(UInt32)
    }

    init(
        journal: JournalID, firstSequence: UInt64, createdUnixMicroseconds: Int64, salt: UInt64,
        previousSequence: UInt64
    ) {
        self.journal = journal
        self.firstSequence = firstSequence
        self.createdUnixMicroseconds = createdUnixMicroseconds
        self.salt = salt
        self.previousSequence = previousSequence
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
        guard bytes.count >= Self.bytes else { throw .unsound }
        let record = UnsafeRawBufferPointer(rebasing: bytes[0..<Self.bytes])
        guard ByteFields.isSound(record, magic: Self.magic) else { throw .unsound }
        let version: UInt32 = ByteFields.load(12, from: record)
        guard version == Self.version else { throw .version(version) }
        journal = JournalID(
            high: ByteFields.load(16, from: record), low: ByteFields.load(24, from: record))
        firstSequence = ByteFields.load(32, from: record)
        createdUnixMicroseconds = ByteFields.load(40, from: record)
        salt = ByteFields.load(48, from: record)
        previousSequence = ByteFields.load(56, from: record)
    }
}
