import Synchronization

/// The bounded memory in front of the journal's disk: whoever receives appends, the writer and the feeds read.
///
/// What is not synced is never overwritten: when that fills the ring, `append` says `full`. What is synced
/// stays readable until its room is needed, so that a feed that keeps up never touches the disk.
package final class FrameRing: Sendable {
    /// A reader holds the lock for so many bytes at most, so that it never delays the network for long.
    static let copyBytesMax = 64 << 10
    /// After `full`, room is announced when so much of the ring is free.
    static let roomPercent = 25

    private let state: Mutex<RingState>
    package let capacity: Int
    private let firstSequence: UInt64
    private let needsAnchor: Bool

    /// `needsAnchor`: the first number lies behind a leap over what nobody knows (see `isAnchored`).
    package init(bytes: Int, firstSequence: UInt64, needsAnchor: Bool = false) {
        capacity = bytes
        self.firstSequence = firstSequence
        self.needsAnchor = needsAnchor
        state = Mutex(RingState(bytes: bytes, firstSequence: firstSequence))
    }

    /// Also tells whom to wake: the call itself happens outside the lock.
    func append(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) -> (outcome: AppendOutcome, wakesWriter: Bool, waiting: [WakeSignal]) {
        let needed = FrameLayout.bytes(label: label.count, payload: payload.count)
        return state.withLock { state in
            if let refusal = state.refusal {
                if refusal == .full {
                    state.wantsRoom = true
                    state.framesRefused += 1
                }
                return (refusal, false, [])
            }
            guard payload.count <= JournalSettings.payloadBytesMax, needed <= capacity / 4,
                label.count <= JournalSettings.labelBytesMax
            else { return (.tooLong, false, []) }
            guard
                let sequence = state.append(
                    kind: kind, connection: connection, time: time, label: label, payload: payload)
            else {
                state.wantsRoom = true
                state.framesRefused += 1
                return (.full, false, [])
            }
            let wakesWriter = state.end.offset > state.writerWakeOffset
            if wakesWriter { state.writerWakeOffset = .max }
            guard !state.waiting.isEmpty else { return (.accepted(sequence), wakesWriter, []) }
            let waiting = state.waiting
            state.waiting.removeAll(keepingCapacity: true)
            return (.accepted(sequence), wakesWriter, waiting)
        }
    }

    /// The number that the next frame will have.
    package var nextSequence: UInt64 { state.withLock { $0.end.sequence } }
    package var oldestSequence: UInt64 { state.withLock { $0.tail.sequence } }
    /// Whether frames may be handed out. After a leap only when one behind it is on disk: else the database
    /// could run ahead of the disk start by start, and the next leap, which is as long as one ring, would
    /// not reach over its position.
    package var isAnchored: Bool {
        !needsAnchor || state.withLock { $0.synced.sequence > firstSequence }
    }
    package var unsyncedBytes: Int { state.withLock { $0.unsyncedBytes } }
    var isClosed: Bool { state.withLock { $0.refusal == .closed } }
    /// Somebody was told `full` and waits.
    var wantsRoom: Bool { state.withLock { $0.wantsRoom } }
    var framesRefused: UInt64 { state.withLock { $0.framesRefused } }

    package func cursor(before sequence: UInt64) -> RingCursor? {
        state.withLock { $0.cursor(before: sequence) }
    }

    package func status(behind cursor: RingCursor) -> RingStatus {
        state.withLock { $0.status(behind: cursor) }
    }

    /// Whole frames behind the cursor, at least one if there is any, and about `bytesMax` at most. Nil when
    /// they have left the ring. `target` gets them at its end.
    package func copy(from cursor: inout RingCursor, to target: inout [UInt8], bytesMax: Int) -> Int? {
        let start = target.count
        var frames = 0
        while target.count - start < bytesMax {
            let rest = bytesMax - (target.count - start)
            let isFirst = frames == 0
            let copied: Int? = state.withLock { state in
                if !isFirst, state.nextBytes(behind: cursor) > rest { return 0 }
                return state.copy(
                    from: &cursor, to: &target, bytesMax: min(rest, Self.copyBytesMax))
            }
            // Overtaken between two pieces: the whole frames that we have are good.
            guard let copied else { return frames == 0 ? nil : frames }
            if copied == 0 { break }
            frames += copied
        }
        return frames
    }

    /// Everything before the cursor is on disk. True when somebody was told `full` and may go on now.
    func release(through cursor: RingCursor) -> Bool {
        state.withLock { state in
            state.release(through: cursor)
            return Self.takesRoom(&state)
        }
    }

    /// Makes `append` answer this whatever room there is; nil lets it take frames again. True as `release`.
    func refuse(_ refusal: AppendOutcome?) -> Bool {
        state.withLock { state in
            // A journal that is closed stays so.
            if state.refusal != .closed { state.refusal = refusal }
            return Self.takesRoom(&state)
        }
    }

    private static func takesRoom(_ state: inout RingState) -> Bool {
        let free = state.capacity - state.unsyncedBytes
        guard state.wantsRoom, state.refusal == nil, free >= state.capacity / 100 * roomPercent else {
            return false
        }
        state.wantsRoom = false
        return true
    }

    /// Before the writer sleeps: false when there is more than `bytes` behind the cursor already.
    func armWriter(behind cursor: RingCursor, bytes: Int) -> Bool {
        state.withLock { state in
            guard state.end.offset - cursor.offset <= bytes else { return false }
            let (offset, isForEver) = cursor.offset.addingReportingOverflow(bytes)
            state.writerWakeOffset = isForEver ? .max : offset
            return true
        }
    }

    /// Before a feed sleeps: false when there is something behind its sequence, or nothing will come.
    func wait(_ signal: WakeSignal, before sequence: UInt64) -> Bool {
        state.withLock { state in
            guard state.end.sequence <= sequence, state.refusal != .closed else { return false }
            if !state.waiting.contains(where: { $0 === signal }) { state.waiting.append(signal) }
            return true
        }
    }

    /// Wakes every feed that sleeps: nothing more will come.
    func takeWaiting() -> [WakeSignal] {
        state.withLock { state in
            let waiting = state.waiting
            state.waiting.removeAll()
            return waiting
        }
    }
}
