/// A piece of a file in memory that moves forward.
struct SegmentWindow {
    static let chunkBytes = 256 << 10

    private let disk: any JournalDisk
    private let name: String
    private var buffer: [UInt8] = []
    private var start = 0

    init(_ disk: any JournalDisk, _ name: String) {
        self.disk = disk
        self.name = name
    }

    /// Makes `count` bytes from `offset` on available, or as many as the file has; returns how many.
    mutating func fill(from offset: Int, count: Int) throws(DiskFailure) -> Int {
        if offset >= start, offset + count <= start + buffer.count { return count }
        let wanted = max(count, Self.chunkBytes)
        var kept: ArraySlice<UInt8> = []
        if offset >= start, offset < start + buffer.count { kept = buffer[(offset - start)...] }
        let next = kept + (try disk.read(name, at: offset + kept.count, count: wanted - kept.count))
        buffer = Array(next)
        start = offset
        return min(count, buffer.count)
    }

    /// Bytes that `fill` has made available.
    func withBytes<Result>(
        _ offset: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        buffer.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[(offset - start)..<(offset - start + count)]))
        }
    }

    /// Forgets what it holds: the file may have grown or changed.
    mutating func forget() {
        buffer = []
    }
}
