import Journal
import Network
import Synchronization

/// Frames go from the sockets into the journal. When it is full, connections wait until it has room.
package final class JournalSink: FrameSink {
    private struct Waiting: Sendable {
        /// How often there was room again.
        var rooms = 0
        /// The same when a frame was last refused.
        var roomsAtRefusal = 0
        var calls: [@Sendable () -> Void] = []
    }

    private let journal: Journal
    private let waiting = Mutex(Waiting())
    private let tooLong = Atomic<Int>(0)

    package init(_ journal: Journal) {
        self.journal = journal
        journal.whenRoom { [weak self] in self?.tellRoom() }
    }

    /// Messages that are longer than any frame may be: the network's bound is below it.
    package var framesTooLong: Int { tooLong.load(ordering: .relaxed) }

    package func take(_ frame: UnsafeRawBufferPointer, connection: UInt32, at time: ReceiveTime) -> Bool {
        let rooms = waiting.withLock { $0.rooms }
        let outcome = journal.append(
            kind: .webSocket, connection: connection,
            time: JournalTime(
                monotonicNanoseconds: time.monotonicNanoseconds, unixMicroseconds: time.unixMicroseconds),
            payload: frame)
        switch outcome {
        case .accepted: return true
        case .full:
            waiting.withLock { $0.roomsAtRefusal = rooms }
            return false
        case .tooLong:
            tooLong.add(1, ordering: .relaxed)
            return true
        // The program ends: what comes now was never promised to anybody.
        case .closed: return true
        }
    }

    package func whenRoom(_ call: @escaping @Sendable () -> Void) {
        let isNow = waiting.withLock { waiting in
            // There was room between the refusal and this call.
            if waiting.rooms != waiting.roomsAtRefusal { return true }
            waiting.calls.append(call)
            return false
        }
        if isNow { call() }
    }

    private func tellRoom() {
        let calls = waiting.withLock { waiting in
            waiting.rooms += 1
            defer { waiting.calls = [] }
            return waiting.calls
        }
        for call in calls { call() }
    }
}
