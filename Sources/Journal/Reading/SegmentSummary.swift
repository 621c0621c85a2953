/// What the journal knows of one of its segments without opening it.
package struct SegmentSummary: Sendable, Equatable {
    package var name: String
    /// As the name says.
    package var firstSequence: UInt64
    /// Of the last frame that is on disk for sure; the one before `firstSequence` when there is none.
    package var lastSequence: UInt64
    /// The journal's last frame when the segment was begun: numbers between were never used.
    package var previousSequence: UInt64
    /// The file's length, and where its blocks end (what is synced of them).
    package var bytes: Int
    package var dataEnd: Int
    package var earliestUnixMicroseconds: Int64
    package var latestUnixMicroseconds: Int64
    package var isSealed: Bool
    /// Nil when the header is damaged: then it is learned from the first good block.
    var salt: UInt64?
}
