import Foundation
import TestKit

/// `yeoul` as a process beside the benchmark, with what it costs.
final class Program {
    private let process = Process()
    private let path: String

    init(_ arguments: [String], environment: [String: String], output: String) throws {
        path = output
        process.executableURL = URL(fileURLWithPath: YeoulProgram.path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: output)
        try process.run()
    }

    var output: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    func prints(_ text: String, times: Int = 1) async throws {
        for _ in 0..<600 {
            if output.components(separatedBy: text).count > times { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchmarkError(text: "it did not say \(text) \(times) times: \(output)")
    }

    /// Once more is harmless.
    func stop() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    var residentMiB: Double {
        let status =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1_024
    }

    /// Of all its threads, the system's part included.
    var cpuSeconds: Double {
        let text =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
