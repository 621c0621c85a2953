import Foundation
import TestKit

/// A program that runs beside the test, in a process group of its own as from a terminal.
final class RunningProgram {
    private let process = Process()
    private let outputFile: String

    init(
        _ line: [String], environment: [String: String], folder: TemporaryFolder, terminal: FileHandle? = nil
    ) throws {
        outputFile = try folder.write("", to: "output-\(UUID().uuidString)")
        // Foundation gives each process a group of its own.
        process.executableURL = URL(fileURLWithPath: line[0])
        process.arguments = Array(line.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        let output = FileHandle(forWritingAtPath: outputFile)
        process.standardOutput = terminal ?? output
        process.standardError = output
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { kill(pid, number) }

    /// To the whole process group, as a terminal does on Ctrl-C.
    func interruptGroup() { kill(-pid, SIGINT) }

    func status() async throws -> Int32 {
        _ = try await ServerSandbox.eventually { !process.isRunning }
        guard !process.isRunning else { throw CocoaError(.executableRuntimeMismatch) }
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }

    func prints(_ text: String) async throws -> Bool {
        _ = try await ServerSandbox.eventually { output.contains(text) || !isRunning }
        return output.contains(text)
    }
}
