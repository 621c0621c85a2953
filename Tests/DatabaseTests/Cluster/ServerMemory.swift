import Foundation

/// What the processes of one server take together.
enum ServerMemory {
    /// The sum of the proportional set sizes: a page that several processes share counts once.
    static func proportionalBytes(of folder: String) throws -> Int {
        var sum = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int32(name) != nil {
            let works = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")
            guard works == folder else { continue }
            let rollup = try String(contentsOfFile: "/proc/\(name)/smaps_rollup", encoding: .utf8)
            for line in rollup.split(separator: "\n") where line.hasPrefix("Pss:") {
                sum += (Int(line.split(separator: " ")[1]) ?? 0) * 1024
            }
        }
        return sum
    }
}
