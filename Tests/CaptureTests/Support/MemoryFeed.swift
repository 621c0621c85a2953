import Capture
import Journal
import Market
import Network
import Synchronization

/// A journal in memory: frames can be added while it is read, and its oldest can be lost.
final class MemoryFeed: FrameFeed, @unchecked Sendable {
    private struct State {
        var frames: [(head: FrameHead, payload: [UInt8])] = []
        var next = 0
        var lostBefore = 0
        var isClosed = false
        var committed: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Frames are numbered from 1, as the journal does.
    func append(_ payloads: [String], receivedAt: Instant? = nil) {
        state.withLock { state in
            for payload in payloads {
                var time = JournalTime.now()
                if let receivedAt { time.unixMicroseconds = receivedAt.microseconds }
                state.frames.append(
                    (
                        FrameHead(
                            sequence: UInt64(state.frames.count + 1), time: time, connection: 0,
                            kind: .webSocket),
                        Array(payload.utf8)
                    ))
            }
        }
    }

    func close() { state.withLock { $0.isClosed = true } }
    func lose(before sequence: UInt64) { state.withLock { $0.lostBefore = Int(sequence) - 1 } }
    var committedThrough: UInt64 { state.withLock { $0.committed } }
    var count: Int { state.withLock { $0.frames.count } }

    func read(
        bytesMax: Int, waitMilliseconds: Int,
        _ body: (FrameHead, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) throws -> FeedReading {
        var hole: FeedHole?
        let (frames, isEnded) = state.withLock { state -> ([(FrameHead, [UInt8])], Bool) in
            if state.next < state.lostBefore {
                hole = FeedHole(
                    frames: UInt64(state.next + 1)...UInt64(state.lostBefore), reason: "journal_gone")
                state.next = state.lostBefore
            }
            var taken: [(FrameHead, [UInt8])] = []
            var bytes = 0
            while state.next < state.frames.count, bytes < bytesMax {
                taken.append(state.frames[state.next])
                bytes += state.frames[state.next].payload.count
                state.next += 1
            }
            return (taken, taken.isEmpty && state.isClosed)
        }
        if frames.isEmpty, !isEnded, hole == nil { pauseMilliseconds(2) }
        let label = UnsafeRawBufferPointer(start: nil, count: 0)
        for (head, payload) in frames { payload.withUnsafeBytes { body(head, label, $0) } }
        return FeedReading(isEnded: isEnded, isDrained: frames.isEmpty && hole == nil, hole: hole)
    }

    func seek(after position: UInt64) { state.withLock { $0.next = Int(position) } }
    func committed(through position: UInt64) { state.withLock { $0.committed = position } }
}
