import Glibc

/// A moment on the clock that never steps and on the one that people read. It comes from outside into
/// everything that decides, so that a simulation can run with a clock of its own.
package struct JournalTime: Sendable, Equatable {
    package var monotonicNanoseconds: Int64
    package var unixMicroseconds: Int64

    package init(monotonicNanoseconds: Int64, unixMicroseconds: Int64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.unixMicroseconds = unixMicroseconds
    }

    package static func now() -> JournalTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let monotonic = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        clock_gettime(CLOCK_REALTIME, &time)
        return JournalTime(
            monotonicNanoseconds: monotonic,
            unixMicroseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
