import Foundation

/// The built program `yeoul`, run as a process of its own.
package struct YeoulProgram: Sendable {
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// The program beside the tests that run now.
    package static var path: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("yeoul").path
    }

    /// Runs it to its end in `folder`, with nothing but `environment`.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String = "/"
    ) async throws -> Result {
        try await run(path, arguments, environment: environment, folder: folder)
    }

    /// Runs any program the same way.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], folder: String = "/"
    ) async throws -> Result {
        let files = try TemporaryFolder(named: "yeoul-run")
        // Files, not pipes: a pipe that nobody drains would stop the program.
        try files.write("", to: "output")
        try files.write("", to: "errors")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files.path(of: "output"))
        process.standardError = FileHandle(forWritingAtPath: files.path(of: "errors"))
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                done.resume(throwing: error)
            }
        }
        return Result(
            status: process.terminationStatus,
            output: try String(contentsOfFile: files.path(of: "output"), encoding: .utf8),
            errors: try String(contentsOfFile: files.path(of: "errors"), encoding: .utf8))
    }
}
