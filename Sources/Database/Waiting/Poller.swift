import Glibc
import Synchronization

/// Waits for sockets on behalf of tasks, on one thread for the whole process, so that a waiting
/// connection never holds a thread of Swift's pool.
final class Poller: Sendable {
    /// Every connection waits for one thing at a time, so this bounds the connections in use.
    static let waitsMax = 4096

    private static let started = Result { () throws(DatabaseError) in try Poller() }

    /// The process's poller, started by its first user.
    static func shared() throws(DatabaseError) -> Poller { try started.get() }

    private typealias Continuation = CheckedContinuation<WaitOutcome, Never>
    private let waits = Mutex(WaitList<Continuation>(entriesMax: waitsMax))
    private let wakeUp: WakeUp

    private init() throws(DatabaseError) {
        wakeUp = try WakeUp()
        try startThread { self.run() }
    }

    func wait(_ wait: Wait) async -> WaitOutcome {
        let id = waits.withLock { $0.newId() }
        guard wait.isCancellable else { return await enrol(id, wait) }
        return await withTaskCancellationHandler {
            await enrol(id, wait)
        } onCancel: {
            end(id, with: .cancelled)
        }
    }

    private func enrol(_ id: Int, _ wait: Wait) async -> WaitOutcome {
        await withCheckedContinuation { continuation in
            guard waits.withLock({ $0.add(id, wait, continuation) }) else {
                continuation.resume(returning: .refused)
                return
            }
            // A cancellation before the wait was enrolled found nothing to end.
            if wait.isCancellable && Task.isCancelled {
                end(id, with: .cancelled)
            } else {
                wakeUp.signal()
            }
        }
    }

    private func end(_ id: Int, with outcome: WaitOutcome) {
        waits.withLock { $0.remove(id) }?.resume(returning: outcome)
    }

    private func run() {
        var polled: [pollfd] = []
        var ids: [Int] = []
        while true {
            polled.removeAll(keepingCapacity: true)
            ids.removeAll(keepingCapacity: true)
            polled.append(pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0))
            let nextDeadline = waits.withLock { list in
                for (id, entry) in list.entries {
                    let events = entry.wait.readiness.pollEvents
                    polled.append(pollfd(fd: entry.wait.descriptor, events: events, revents: 0))
                    ids.append(id)
                }
                return list.nextDeadline
            }
            let timeout = nextDeadline.map { pollTimeout(until: $0, now: .now) } ?? -1
            let count = poll(&polled, nfds_t(polled.count), timeout)
            if count > 0 {
                if polled[0].revents != 0 { wakeUp.clear() }
                for (id, entry) in zip(ids, polled.dropFirst()) where entry.revents != 0 {
                    end(id, with: .ready)
                }
            }
            for waiter in waits.withLock({ $0.removeDue(at: .now) }) {
                waiter.resume(returning: .timedOut)
            }
        }
    }
}
