import Glibc

/// How often something that failed for a passing reason is tried, and how long to wait before.
package struct BoundedRetry: Sendable {
    package let attemptsMax: Int
    private let first: Duration
    private let longest: Duration
    package private(set) var attempts = 0

    package init(attemptsMax: Int, first: Duration, longest: Duration) {
        self.attemptsMax = attemptsMax
        self.first = first
        self.longest = longest
    }

    /// The wait before the next attempt, doubled each time; nil when there is none left.
    package mutating func next() -> Duration? {
        attempts += 1
        guard attempts < attemptsMax else { return nil }
        return min(longest, first * (1 << min(attempts - 1, 20)))
    }
}

extension BoundedRetry {
    /// Waits on the calling thread: for threads of our own.
    static func sleep(_ pause: Duration) {
        let (seconds, attoseconds) = pause.components
        var left = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0 && errno == EINTR { left = rest }
    }
}
