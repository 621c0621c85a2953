/// The memory of the ring and where its parts begin. Not safe across threads: `FrameRing` guards it.
///
/// Frames lie in `FrameLayout`, never across the buffer's end: what does not fit there begins at the start
/// again. Sendable since nobody but the state knows its memory. Offsets count all bytes that ever went through; the place in the buffer is the remainder.
struct RingState: ~Copyable, @unchecked Sendable {
    /// Every so many bytes the place of a frame is noted, so that a reader who comes from the disk finds its
    /// own quickly.
    static let markBytes = 64 << 10
    /// Stands where a frame's length would, when the rest of the buffer is left empty.
    private static let skipMark = UInt32.max

    private struct Mark {
        let sequence: UInt64
        let offset: Int
    }

    private let buffer: UnsafeMutableRawPointer
    let capacity: Int
    /// The oldest frame that is still here, and the one that will come next.
    private(set) var tail: RingCursor
    private(set) var end: RingCursor
    /// Everything before is on disk and may go.
    private(set) var synced: RingCursor
    private var marks: [Mark] = []
    /// Takes nothing, whatever room there is: the disk is full, or the journal is closed.
    var refusal: AppendOutcome?
    /// Somebody was told `full` and waits for room.
    var wantsRoom = false
    var framesRefused: UInt64 = 0
    /// The writer sleeps until the ring's end passes this.
    var writerWakeOffset = Int.max
    /// Readers that sleep until something comes. As many as there are feeds.
    var waiting: [WakeSignal] = []

    init(bytes: Int, firstSequence: UInt64) {
        capacity = bytes
        buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        end = RingCursor(offset: 0, sequence: firstSequence)
        tail = end
        synced = end
    }

    deinit { buffer.deallocate() }

    var unsyncedBytes: Int { end.offset - synced.offset }

    /// Nil when there is no room.
    mutating func append(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) -> UInt64? {
        let needed = FrameLayout.bytes(label: label.count, payload: payload.count)
        var place = end.offset % capacity
        let skipped = capacity - place < needed ? capacity - place : 0
        guard makeRoom(skipped + needed) else { return nil }
        if skipped > 0 {
            if skipped >= FrameLayout.headBytes {
                buffer.storeBytes(of: Self.skipMark, toByteOffset: place, as: UInt32.self)
            }
            end.offset += skipped
            place = 0
        }
        let head = FrameHead(sequence: end.sequence, time: time, connection: connection, kind: kind)
        FrameLayout.write(head, label: label, payload: payload, to: buffer + place)
        if marks.last.map({ end.offset - $0.offset >= Self.markBytes }) ?? true {
            marks.append(Mark(sequence: end.sequence, offset: end.offset))
        }
        end.offset += needed
        end.sequence += 1
        return head.sequence
    }

    private mutating func makeRoom(_ bytes: Int) -> Bool {
        let oldTail = tail.offset
        while end.offset + bytes - tail.offset > capacity {
            guard tail.sequence < synced.sequence else { return false }
            tail = next(tail)
        }
        if tail.offset != oldTail, let first = marks.firstIndex(where: { $0.offset >= tail.offset }) {
            if first > 0 { marks.removeFirst(first) }
        } else if tail.offset != oldTail {
            marks.removeAll(keepingCapacity: true)
        }
        return true
    }

    /// Where the frame at or behind `offset` really begins.
    private func settled(_ offset: Int) -> Int {
        let place = offset % capacity
        let rest = capacity - place
        if rest < FrameLayout.headBytes { return offset + rest }
        return buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self) == Self.skipMark
            ? offset + rest : offset
    }

    /// Only for a cursor before a frame that is here.
    private func frameBytes(at offset: Int) -> Int {
        let place = offset % capacity
        let head = UnsafeRawBufferPointer(start: buffer + place, count: capacity - place)
        return FrameLayout.bytes(at: head) ?? 0
    }

    private func next(_ cursor: RingCursor) -> RingCursor {
        let offset = settled(cursor.offset)
        return RingCursor(offset: offset + frameBytes(at: offset), sequence: cursor.sequence + 1)
    }

    /// The cursor before `sequence`; nil when that frame has left the ring already.
    func cursor(before sequence: UInt64) -> RingCursor? {
        guard sequence >= tail.sequence, sequence <= end.sequence else { return nil }
        if sequence == end.sequence { return end }
        var cursor = tail
        if let mark = marks.last(where: { $0.sequence <= sequence }), mark.sequence > cursor.sequence {
            cursor = RingCursor(offset: mark.offset, sequence: mark.sequence)
        }
        while cursor.sequence < sequence { cursor = next(cursor) }
        return cursor
    }

    func status(behind cursor: RingCursor) -> RingStatus {
        guard cursor.sequence < end.sequence else { return RingStatus(bytes: 0, frames: 0) }
        let place = settled(cursor.offset) % capacity
        return RingStatus(
            bytes: end.offset - cursor.offset, frames: end.sequence - cursor.sequence,
            oldestMonotonicNanoseconds: FrameLayout.monotonicNanoseconds(at: UnsafeRawPointer(buffer + place))
        )
    }

    /// Appends whole frames behind `cursor` to `target`, at least one and at most about `bytesMax` bytes, and
    /// moves the cursor. Nil when the frames have left the ring.
    func copy(from cursor: inout RingCursor, to target: inout [UInt8], bytesMax: Int) -> Int? {
        guard cursor.sequence >= tail.sequence else { return nil }
        var frames = 0
        var copied = 0
        while cursor.sequence < end.sequence, copied < bytesMax {
            // One run of frames that lie behind each other.
            let start = settled(cursor.offset)
            var run = 0
            var inRun = 0
            while cursor.sequence + UInt64(inRun) < end.sequence, settled(start + run) == start + run {
                // The buffer's end also ends a run: the next frame lies at its start.
                guard (start + run) / capacity == start / capacity else { break }
                let bytes = frameBytes(at: start + run)
                guard inRun == 0 || copied + run + bytes <= bytesMax else { break }
                run += bytes
                inRun += 1
            }
            guard frames == 0 || copied + run <= bytesMax else { break }
            target.append(contentsOf: UnsafeRawBufferPointer(start: buffer + start % capacity, count: run))
            copied += run
            frames += inRun
            cursor = RingCursor(offset: start + run, sequence: cursor.sequence + UInt64(inRun))
        }
        return frames
    }

    /// The length of the frame behind the cursor; 0 when there is none or it has left.
    func nextBytes(behind cursor: RingCursor) -> Int {
        guard cursor.sequence < end.sequence, cursor.sequence >= tail.sequence else { return 0 }
        return frameBytes(at: settled(cursor.offset))
    }

    mutating func release(through cursor: RingCursor) {
        if cursor.sequence > synced.sequence { synced = cursor }
    }
}
