import Foundation

/// What the server wrote last, for a person who has to find out why it does not start.
struct ServerLog {
    var layout: ClusterLayout

    static let linesMax = 12
    private static let tailBytes = 64 * 1024

    /// The last lines of the start's own output and of the newest log file, if that was written since.
    /// `since` is in the clock of `moment`: by the second, the end of the server before would count as well.
    func lastLines(since: Int64) -> [String] {
        var lines = tail(layout.startLog)
        let files = (try? Files.names(in: layout.log)) ?? []
        let newest =
            files
            .compactMap { name -> (path: String, time: Int64)? in
                let path = layout.log + "/" + name
                var status = stat()
                guard stat(path, &status) == 0 else { return nil }
                let time = Self.nanoseconds(status.st_mtim)
                return time >= since ? (path, time) : nil
            }
            .max { $0.time < $1.time }
        if let newest { lines += tail(newest.path) }
        return lines.filter { !$0.contains("logging collector") && !$0.contains("Future log output") }
            .suffix(Self.linesMax)
    }

    /// Now, by the clock that files are stamped with.
    static func moment() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return nanoseconds(now)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func tail(_ path: String) -> [String] {
        guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        let end = (try? handle.seekToEnd()) ?? 0
        try? handle.seek(toOffset: end - min(end, UInt64(Self.tailBytes)))
        let bytes = (try? handle.readToEnd()) ?? nil
        let text = String(decoding: bytes ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(Self.linesMax).map(String.init)
    }
}
