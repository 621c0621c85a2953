import Glibc

/// Waits on the calling thread.
enum BlockingWaiter {
    static func wait(_ wait: Wait) -> WaitOutcome {
        while true {
            var entry = pollfd(fd: wait.descriptor, events: wait.readiness.pollEvents, revents: 0)
            let timeout = pollTimeout(until: wait.deadline, now: .now)
            let count = poll(&entry, 1, timeout)
            if count > 0 { return .ready }
            if count < 0 && errno != EINTR { return .ready }
            if ContinuousClock.Instant.now >= wait.deadline { return .timedOut }
        }
    }
}

extension Readiness {
    var pollEvents: Int16 {
        var events: Int32 = 0
        if contains(.readable) { events |= Int32(POLLIN) }
        if contains(.writable) { events |= Int32(POLLOUT) }
        return Int16(truncatingIfNeeded: events)
    }
}

/// The milliseconds that `poll` may sleep, rounded up so that a wake-up is never early.
func pollTimeout(until deadline: ContinuousClock.Instant, now: ContinuousClock.Instant) -> Int32 {
    let left = now.duration(to: deadline)
    if left <= .zero { return 0 }
    let (seconds, attoseconds) = left.components
    // An hour at most: the caller looks at the clock again anyway.
    if seconds >= 3600 { return 3_600_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
}
