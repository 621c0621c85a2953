import Foundation

/// Runs a short program of PostgreSQL to its end and collects what it prints.
struct Program {
    struct Outcome {
        /// As `waitpid` gives it; 0 is success.
        var waitStatus: Int32
        var output: String
    }

    /// More than this is read and dropped: nothing we run says so much.
    static let outputBytesMax = 256 * 1024

    var spawn: Spawn
    var input = ""
    var deadlineMilliseconds: Int

    /// Waits without blocking a thread of Swift's pool. A program that outlives its deadline, or a caller
    /// that is cancelled, is killed with its session.
    func run() async throws -> Outcome {
        let inputPipe = try Pipe2()
        let outputPipe = try Pipe2()
        // Our input is short: it fits the pipe's buffer of 64 KiB, so this write cannot block.
        try inputPipe.write(input)
        var spawn = spawn
        spawn.newSession = true
        let pid = try spawn.start(input: inputPipe.readEnd, output: outputPipe.writeEnd)
        inputPipe.closeBoth()
        outputPipe.closeWriteEnd()

        let began = ContinuousClock.now
        var output: [UInt8] = []
        while true {
            outputPipe.drain(into: &output, bytesMax: Self.outputBytesMax)
            if let status = ProcessTable.reap(pid) {
                outputPipe.drain(into: &output, bytesMax: Self.outputBytesMax)
                return Outcome(waitStatus: status, output: String(decoding: output, as: UTF8.self))
            }
            let isLate = ContinuousClock.now - began > .milliseconds(deadlineMilliseconds)
            if isLate || Task.isCancelled {
                kill(-pid, SIGKILL)
                var status: Int32 = 0
                // It was killed: its end is a matter of microseconds.
                waitpid(pid, &status, 0)
                if Task.isCancelled { throw CancellationError() }
                throw ClusterError(
                    .programFailed, "it did not end within \(deadlineMilliseconds / 1000) s and was killed",
                    place: spawn.program, details: Self.lastLines(of: String(decoding: output, as: UTF8.self))
                )
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Runs, and refuses any end but a good one; the error shows the program's last lines.
    func runOrThrow(redacting passwords: ClusterPasswords = ClusterPasswords()) async throws -> String {
        let outcome = try await run()
        guard outcome.waitStatus == 0 else {
            let name = (spawn.program as NSString).lastPathComponent
            throw ClusterError(
                .programFailed, "\(name) \(ProcessTable.describe(waitStatus: outcome.waitStatus))",
                place: spawn.program, details: Self.lastLines(of: passwords.redact(outcome.output)))
        }
        return outcome.output
    }

    static func lastLines(of text: String, max: Int = 12) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(max).map(String.init)
    }
}
