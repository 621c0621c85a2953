/// A segment as `yeoul journal ls` shows it.
package struct SegmentListing: Sendable, Equatable {
    package var name: String
    package var firstSequence: UInt64
    /// The one before `firstSequence` when there is no frame.
    package var lastSequence: UInt64
    package var frames: Int
    /// Bytes of the file, and of the frames in it.
    package var fileBytes: Int
    package var rawBytes: Int
    package var earliestUnixMicroseconds: Int64
    package var latestUnixMicroseconds: Int64
    package var isSealed: Bool
    var previousSequence: UInt64?
    var salt: UInt64?
    var dataEnd: Int
    var index: SegmentIndex
}
