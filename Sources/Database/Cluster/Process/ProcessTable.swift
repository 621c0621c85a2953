import Foundation

/// What the system says about its processes. A process that ended but was not yet waited for is none.
enum ProcessTable {
    /// A process's working folder; nil when there is no such process, or we may not know.
    ///
    /// The postmaster and all its children work in the cluster's folder, which tells our server from
    /// another process that was given the same number later.
    static func folder(of pid: Int32) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/\(pid)/cwd", &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Every process that works in `folder`, which must be free of links.
    static func processes(in folder: String) -> [Int32] {
        let names = (try? Files.names(in: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { Self.folder(of: $0) == folder }
    }

    /// Takes note of the end of a child of ours, so that it does not stay as a zombie. Its wait status,
    /// or nil while it runs or when it is no child of ours.
    static func reap(_ pid: Int32) -> Int32? {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid ? status : nil
    }

    /// "ended with status 1", "was ended by signal 9".
    static func describe(waitStatus status: Int32) -> String {
        let signal = status & 0x7f
        if signal == 0 { return "ended with status \((status >> 8) & 0xff)" }
        return "was ended by signal \(signal)"
    }
}
