/// Lets one thread sleep until another has something for it. A signal that nobody waits for is kept.
final class WakeSignal: @unchecked Sendable {
    private let monitor = Monitor()
    // Guarded by the monitor.
    private var isSet = false

    func signal() {
        monitor.locked {
            isSet = true
            monitor.wakeAll()
        }
    }

    /// Returns when signalled, or when the monotonic clock has come to `deadline` (nil: only when signalled).
    func wait(until deadline: Int64?) {
        monitor.locked {
            defer { isSet = false }
            while !isSet {
                guard let deadline else {
                    monitor.wait()
                    continue
                }
                guard monitor.wait(untilNanoseconds: deadline) else { return }
            }
        }
    }
}
