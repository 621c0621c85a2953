import Glibc

/// A lock with a condition, for threads of our own that hand something over and wait for it.
package final class Monitor: @unchecked Sendable {
    // In memory of their own, since the C calls need an address.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A step of the wall clock must not make anybody wait longer.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }

    package func locked<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body()
    }

    /// Within `locked`: lets go until somebody calls `wakeAll`.
    package func wait() { pthread_cond_wait(condition, lock) }

    /// Within `locked`: lets go until somebody calls `wakeAll`, or the monotonic clock reaches the deadline:
    /// then false.
    @discardableResult
    package func wait(untilNanoseconds deadline: Int64) -> Bool {
        let time = max(0, deadline)
        var moment = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        return pthread_cond_timedwait(condition, lock, &moment) == 0
    }

    /// The same, for a deadline in milliseconds.
    package func wait(untilMilliseconds deadline: Int64) {
        wait(untilNanoseconds: min(max(0, deadline), .max / 1_000_000) * 1_000_000)
    }

    package func wakeAll() { pthread_cond_broadcast(condition) }
}
