import Glibc
import Synchronization

/// Beaten by a loop that must go on; asked by who watches over it.
package final class Heartbeat: Sendable {
    /// A loop that was not round for so long is stuck.
    package static let silenceMillisecondsMax: Int64 = 15_000

    private let last: Mutex<Int64>

    package init() { last = Mutex(Self.now()) }

    package func beat() { last.withLock { $0 = Self.now() } }

    package var isAlive: Bool { Self.now() - last.withLock { $0 } <= Self.silenceMillisecondsMax }

    private static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}
