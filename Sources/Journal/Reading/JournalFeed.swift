/// Hands out the journal's frames behind a position, in their order, each once: from the ring while it keeps
/// up, from the segments while it lags behind that. For one thread; it never holds the journal up.
package final class JournalFeed {
    /// The frame that comes next.
    package private(set) var nextSequence: UInt64
    /// Bytes that this feed had to read from disk, since memory did not hold them any more.
    package private(set) var bytesFromDisk = 0
    private static let anchorNanoseconds: Int64 = 5_000_000
    private let ring: FrameRing
    private let signal = WakeSignal()
    private var cursor: RingCursor?
    private var segments: SegmentFeed

    init(
        after position: UInt64, ring: FrameRing, catalogue: SegmentCatalogue, disk: any JournalDisk
    ) throws(JournalError) {
        nextSequence = position + 1
        self.ring = ring
        segments = try SegmentFeed(disk: disk, catalogue: catalogue)
    }

    /// Whether it reads what was just received, and not the disk.
    package var isLive: Bool { cursor != nil }

    /// Frames of about `bytesMax` bytes at most, but one at least; waits for the first one.
    package func next(bytesMax: Int, waitMilliseconds: Int) throws(JournalError) -> FeedItem {
        let deadline = JournalTime.now().monotonicNanoseconds + Int64(max(0, waitMilliseconds)) * 1_000_000
        while true {
            let item = try poll(bytesMax: bytesMax)
            guard case .nothing = item else { return item }
            let now = JournalTime.now().monotonicNanoseconds
            guard now < deadline else { return .nothing }
            // Nobody is told of the first sync; it comes within milliseconds.
            if !ring.isAnchored {
                signal.wait(until: min(deadline, now + Self.anchorNanoseconds))
            } else if ring.wait(signal, before: nextSequence) {
                signal.wait(until: deadline)
            }
        }
    }

    /// The same without waiting, for a simulation's one thread.
    package func poll(bytesMax: Int) throws(JournalError) -> FeedItem {
        // Asked first: what is appended after that is handed out before the end.
        let isClosed = ring.isClosed
        if !ring.isAnchored, nextSequence >= ring.oldestSequence { return isClosed ? .ended : .nothing }
        if cursor == nil { cursor = ring.cursor(before: nextSequence) }
        if var place = cursor {
            var bytes: [UInt8] = []
            if let count = ring.copy(from: &place, to: &bytes, bytesMax: bytesMax) {
                guard count > 0 else { return isClosed ? .ended : .nothing }
                cursor = place
                segments.leave()
                defer { nextSequence = place.sequence }
                return .frames(FrameBatch(firstSequence: nextSequence, count: count, bytes: bytes))
            }
            // Overtaken: the frames are on disk, since the ring keeps what is not.
            cursor = nil
        }
        return try pollDisk(bytesMax: bytesMax)
    }

    private func pollDisk(bytesMax: Int) throws(JournalError) -> FeedItem {
        // Asked before the catalogue: what left the ring until now is in there.
        let oldest = ring.oldestSequence
        do throws(DiskFailure) {
            let item = try segments.next(from: nextSequence, before: oldest, bytesMax: bytesMax)
            switch item {
            case .frames(let batch):
                bytesFromDisk += batch.byteCount
                nextSequence += UInt64(batch.count)
            case .hole(let hole): nextSequence = hole.last + 1
            case .nothing, .ended: break
            }
            return item
        } catch {
            throw error.explained()
        }
    }
}
