/// The segment that is being written.
struct ActiveSegment {
    var summary: SegmentSummary
    var index: SegmentIndex
    let salt: UInt64
    let createdMonotonicNanoseconds: Int64
    /// It is sealed at this size.
    let bytesWanted: Int
    /// Where the next block goes; behind what is synced.
    var end = SegmentHeader.bytes
    /// A write failed, so bytes of it may lie behind `end`.
    var mayHaveLeftover = false

    /// What readers may see: everything until now is on disk.
    mutating func noteSynced() {
        summary.dataEnd = end
        summary.bytes = end
        summary.lastSequence = index.isEmpty ? summary.firstSequence - 1 : index.lastSequence
        summary.earliestUnixMicroseconds = index.earliest
        summary.latestUnixMicroseconds = index.latest
    }
}
