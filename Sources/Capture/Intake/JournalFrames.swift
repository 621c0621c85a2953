import Journal

/// The journal's frames behind a position, for the thread that decodes.
package final class JournalFrames: FrameFeed {
    private let journal: Journal
    private var feed: JournalFeed?
    private var position: UInt64 = 0

    package init(_ journal: Journal) { self.journal = journal }

    package func seek(after position: UInt64) {
        self.position = position
        feed = nil
    }

    package func committed(through position: UInt64) { journal.committed(through: position) }

    package func read(
        bytesMax: Int, waitMilliseconds: Int,
        _ body: (FrameHead, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) throws -> FeedReading {
        // Made anew after a seek; a failure of the disk then is one of this reading.
        let feed = try self.feed ?? journal.feed(after: position)
        self.feed = feed
        switch try feed.next(bytesMax: bytesMax, waitMilliseconds: waitMilliseconds) {
        case .frames(let batch):
            batch.forEach { frame in body(frame.head, frame.label, frame.payload) }
            return FeedReading()
        case .hole(let hole):
            guard hole.isLoss else { return FeedReading() }
            return FeedReading(
                hole: FeedHole(frames: hole.first...hole.last, reason: "journal_\(hole.reason.rawValue)"))
        case .nothing: return FeedReading(isDrained: true)
        case .ended: return FeedReading(isEnded: true, isDrained: true)
        }
    }
}
