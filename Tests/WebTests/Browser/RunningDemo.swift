import Foundation
import TestKit

/// `yeoul demo` as a process, in a folder of its own.
final class RunningDemo {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: TemporaryFolder
    private let process = Process()
    let began = ContinuousClock.now

    init() throws {
        folder = try TemporaryFolder(named: "yeoul-demo")
        try folder.write("", to: "output")
        process.executableURL = URL(fileURLWithPath: YeoulProgram.path)
        // It ends by itself when this process is killed.
        process.arguments = [
            "demo", "--seconds", "240", "--data-folder", folder.path(of: "data"), "--set", "web.port=0",
            "--set",
            "web.folder=\(PageTests.charts)",
        ]
        process.environment = ProcessInfo.processInfo.environment
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = FileHandle(forWritingAtPath: folder.path(of: "output"))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private var output: String {
        (try? String(contentsOfFile: folder.path(of: "output"), encoding: .utf8)) ?? ""
    }

    /// The page's address, once it is printed, without the slash at its end.
    func page() async throws -> String {
        for _ in 0..<1_200 {
            if let rest = output.components(separatedBy: "  page      ").dropFirst().first,
                rest.contains("\n")
            {
                return String(rest.prefix { $0 != "\n" }.dropLast())
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "the demo shows no page: \(output)")
    }

    /// Its exit status after SIGTERM.
    func end() async throws -> Int32 {
        kill(process.processIdentifier, SIGTERM)
        for _ in 0..<1_200 where process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        guard !process.isRunning else { throw Failure(description: "the demo does not end: \(output)") }
        return process.terminationStatus
    }
}
