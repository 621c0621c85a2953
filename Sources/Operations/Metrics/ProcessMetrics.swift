import Glibc

/// What the system tells of this process, by the names that Prometheus' own clients use.
package enum ProcessMetrics {
    package static func families() -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let pages = words("/proc/self/statm").dropFirst().first.flatMap({ Double($0) }) {
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, "Memory of the process that is in RAM.",
                    pages * Double(sysconf(Int32(_SC_PAGESIZE)))))
        }
        var usage = rusage()
        if getrusage(__rusage_who_t(truncatingIfNeeded: RUSAGE_SELF.rawValue), &usage) == 0 {
            let times = [usage.ru_utime, usage.ru_stime]
            let seconds = times.reduce(0.0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }
            families.append(
                MetricFamily(
                    "process_cpu_seconds_total", .counter, "Processor time of the process.", seconds))
        }
        return families
    }

    /// The words of a small file.
    private static func words(_ path: String) -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return [] }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
    }
}
