import Glibc

/// Waits on a thread of our own, never on Swift's.
enum Pause {
    static func nanoseconds(_ count: Int64) {
        var wanted = timespec(tv_sec: Int(count / 1_000_000_000), tv_nsec: Int(count % 1_000_000_000))
        var left = timespec()
        while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
    }
}
