import Foundation
import Synchronization

/// A shell that keeps a server for us: it does what we write to it, answers `done …`, and cleans up at the
/// end of its input. That is when we end, be it by kill -9.
final class ScratchShell: Sendable {
    private struct State {
        var process: Process
        var input: FileHandle
        var output: FileHandle
    }

    private let state: Mutex<State>

    init(_ script: String, environment: [String: String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.unprivileged() + ["/bin/sh", "-c", script]
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        all.merge(environment) { $1 }
        process.environment = all
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let input = Pipe()
        let output = Pipe()
        // Were the writing end passed on to a child, the shell would never see its input end.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(output.fileHandleForReading.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try? input.fileHandleForReading.close()
        try? output.fileHandleForWriting.close()
        state = Mutex(
            State(
                process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
    }

    deinit {
        state.withLock { try? $0.input.close() }
    }

    /// Has the shell do something and waits for its end.
    func command(_ command: String) async throws {
        try state.withLock { try $0.input.write(contentsOf: Data((command + "\n").utf8)) }
        _ = try await readAnswer()
    }

    /// Waits for `done …`, on a thread of its own since reading blocks.
    func readAnswer() async throws -> String {
        let output = state.withLock { $0.output.fileDescriptor }
        let text: String = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var text = ""
                var byte: UInt8 = 0
                while read(output, &byte, 1) == 1 {
                    // The account of a failure has many lines and ends with the output.
                    if byte == UInt8(ascii: "\n") && text.hasPrefix("done ") { break }
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                }
                continuation.resume(returning: text)
            }
        }
        guard text.hasPrefix("done ") else { throw ScratchError(text: "the scratch server failed: \(text)") }
        return String(text.dropFirst(5))
    }

    /// PostgreSQL refuses to run as root.
    private static func unprivileged() -> [String] {
        guard geteuid() == 0 else { return [] }
        let account = getpwnam("postgres") != nil ? "postgres" : "nobody"
        return ["setpriv", "--reuid=\(account)", "--regid=\(account)", "--init-groups"]
    }
}
