import Journal

/// Where frames come from, in the order of their numbers. For one thread.
package protocol FrameFeed: AnyObject {
    /// Gives the next frames to `body` (head, label, payload), at most about `bytesMax`; waits for the first
    /// one. The bytes are valid during the call only.
    func read(
        bytesMax: Int, waitMilliseconds: Int,
        _ body: (FrameHead, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) throws -> FeedReading

    /// Goes on behind this frame, with the next one that there is.
    func seek(after position: UInt64)

    /// The database has everything up to this frame, so it need not be kept for our sake.
    func committed(through position: UInt64)
}

/// What a reading of the feed ended with.
package struct FeedReading: Sendable, Equatable {
    /// Nothing is left, and nothing will come.
    package var isEnded = false
    /// Nothing was there to be read.
    package var isDrained = false
    /// Frames that the feed cannot give any more, before those that it gave.
    package var hole: FeedHole?

    package init(isEnded: Bool = false, isDrained: Bool = false, hole: FeedHole? = nil) {
        self.isEnded = isEnded
        self.isDrained = isDrained
        self.hole = hole
    }
}

/// Frames that were to be committed and are gone.
package struct FeedHole: Sendable, Equatable {
    package var frames: ClosedRange<UInt64>
    /// Such as `journal_damaged`: the word in `market.gaps`.
    package var reason: String

    package init(frames: ClosedRange<UInt64>, reason: String) {
        self.frames = frames
        self.reason = reason
    }
}
