import Foundation

/// What of the machine the server's settings follow.
package struct Machine: Sendable, Equatable {
    package let memoryBytes: Int64

    package init(memoryBytes: Int64) {
        self.memoryBytes = memoryBytes
    }

    /// Assumed where the system does not say.
    static let unknownMemoryBytes: Int64 = 2 << 30

    /// This machine: its memory, or the container's limit when that is smaller.
    static func current() -> Machine {
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        let limit = limits.lazy.compactMap { try? Files.text($0) }.first
        let total = (try? Files.text("/proc/meminfo")) ?? ""
        return Machine(memoryBytes: memory(meminfo: total, limit: limit))
    }

    /// Reads "MemTotal:       24680436 kB" and a cgroup's limit in bytes ("max" is none).
    package static func memory(meminfo: String, limit: String?) -> Int64 {
        let line = meminfo.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
        let total = kilobytes.map { $0 * 1024 } ?? unknownMemoryBytes
        let trimmed = limit?.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bound = trimmed.flatMap({ Int64($0) }), bound > 0 else { return total }
        return min(total, bound)
    }
}
