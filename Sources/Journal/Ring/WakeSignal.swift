import Glibc

/// Lets one thread sleep until another has something for it. A signal that nobody waits for is kept.
final class WakeSignal: @unchecked Sendable {
    // Guarded by the lock beside it; both live in memory of their own, since the C calls need an address.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isSet = false

    init() {
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A step of the wall clock must not make anybody sleep on.
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

    func signal() {
        pthread_mutex_lock(lock)
        isSet = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(lock)
    }

    /// Returns when signalled, or when the monotonic clock has come to `deadline` (nil: only when signalled).
    func wait(until deadline: Int64?) {
        pthread_mutex_lock(lock)
        defer {
            isSet = false
            pthread_mutex_unlock(lock)
        }
        while !isSet {
            guard let deadline else {
                pthread_cond_wait(condition, lock)
                continue
            }
            let nanoseconds = max(deadline, 0)
            var time = timespec(
                tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
            guard pthread_cond_timedwait(condition, lock, &time) == 0 else { return }
        }
    }
}
