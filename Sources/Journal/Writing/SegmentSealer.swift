/// Writes the index behind a segment's last block.
enum SegmentSealer {
    /// Returns the file's length. All blocks are on disk already.
    static func seal(
        _ disk: any JournalDisk, _ name: String, index: SegmentIndex, salt: UInt64
    ) throws(DiskFailure) -> Int {
        let bytes = index.encoded(salt: salt)
        try disk.write(bytes, to: name, at: index.end)
        try disk.sync(name)
        return index.end + bytes.count
    }
}
