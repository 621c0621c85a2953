/// Reads the blocks of a segment in their order, and finds the next good one behind damage.
struct SegmentReader {
    enum Item {
        /// A block whose checksums are right; `body` gives its bytes until the next step.
        case block(BlockHeader, offset: Int)
        /// Bytes that are not what was written, with good blocks behind them.
        case damage(from: Int, to: Int)
        /// No good block begins in the bytes from `offset` to the limit (none when they are equal).
        case end(offset: Int, limit: Int)
    }

    let name: String
    private(set) var offset: Int
    /// Nothing behind it is read: the file's end, the index's beginning, or the end of what was synced.
    var limit: Int
    /// Known from the header, or else learned from the first good block.
    private(set) var salt: UInt64?
    private var window: SegmentWindow
    private var body: (offset: Int, count: Int) = (0, 0)

    init(_ disk: any JournalDisk, name: String, offset: Int, limit: Int, salt: UInt64?) {
        self.name = name
        self.offset = offset
        self.limit = limit
        self.salt = salt
        window = SegmentWindow(disk, name)
    }

    mutating func next() throws(DiskFailure) -> Item {
        if let header = try block(at: offset) { return step(header, at: offset) }
        guard let found = try search(from: offset + 1) else { return .end(offset: offset, limit: limit) }
        defer { offset = found }
        return .damage(from: offset, to: found)
    }

    /// The body of the block that `next` has just given.
    func withBody<Result>(_ use: (UnsafeRawBufferPointer) -> Result) -> Result {
        window.withBytes(body.offset, body.count, use)
    }

    /// The file has grown since.
    mutating func extend(to limit: Int) {
        if limit > self.limit {
            self.limit = limit
            window.forget()
        }
    }

    private mutating func step(_ header: BlockHeader, at place: Int) -> Item {
        salt = header.salt
        body = (place + BlockHeader.bytes, header.bodyBytes)
        offset = place + header.totalBytes
        return .block(header, offset: place)
    }

    /// The header of a wholly good block at `place`, whose body is in the window then.
    private mutating func block(at place: Int) throws(DiskFailure) -> BlockHeader? {
        guard place + BlockHeader.bytes <= limit,
            try window.fill(from: place, count: BlockHeader.bytes) == BlockHeader.bytes,
            let header = window.withBytes(
                place, BlockHeader.bytes, { [salt] in BlockHeader($0, salt: salt) }),
            place + header.totalBytes <= limit,
            try window.fill(from: place, count: header.totalBytes) == header.totalBytes
        else { return nil }
        let checksum = window.withBytes(place + BlockHeader.bytes, header.bodyBytes) {
            Checksum.crc32c($0)
        }
        return checksum == header.bodyChecksum ? header : nil
    }

    /// The place of the next good block at or behind `start`.
    private mutating func search(from start: Int) throws(DiskFailure) -> Int? {
        var place = start
        while place + BlockHeader.bytes <= limit {
            let wanted = min(SegmentWindow.chunkBytes, limit - place)
            let have = try window.fill(from: place, count: wanted)
            guard have >= BlockHeader.bytes else { return nil }
            let candidate = window.withBytes(place, have) { Self.firstMagic(in: $0) }
            guard let candidate else {
                // The magic may lie across the border of two pieces.
                guard have == wanted else { return nil }
                place += have - 7
                continue
            }
            if try block(at: place + candidate) != nil { return place + candidate }
            place += candidate + 1
        }
        return nil
    }

    private static func firstMagic(in bytes: UnsafeRawBufferPointer) -> Int? {
        let first = UInt8(truncatingIfNeeded: BlockHeader.magic)
        var place = 0
        while place + 8 <= bytes.count {
            if bytes[place] == first,
                ByteFields.load(place, from: bytes, as: UInt64.self) == BlockHeader.magic
            {
                return place
            }
            place += 1
        }
        return nil
    }
}
