import Glibc

/// When something was received: on the clock that never steps, and on the one that people read.
package struct ReceiveTime: Sendable, Equatable {
    package let monotonicNanoseconds: Int64
    package let unixMicroseconds: Int64

    package init(monotonicNanoseconds: Int64, unixMicroseconds: Int64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.unixMicroseconds = unixMicroseconds
    }

    package static func now() -> ReceiveTime {
        ReceiveTime(
            monotonicNanoseconds: Monotonic.nanoseconds(), unixMicroseconds: WallClock.unixMicroseconds())
    }
}

/// The clock for deadlines: it never steps.
package enum Monotonic {
    package static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    package static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }
}

package enum WallClock {
    package static func unixMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
