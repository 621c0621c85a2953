import Foundation
import Synchronization

/// The shell that makes a scratch server, does what we write to it, and cleans up at the end of its input:
/// that is when we end, be it by kill -9.
final class ScratchShell: Sendable {
    private struct State {
        var process: Process
        var input: FileHandle
        var output: FileHandle
    }

    private let state: Mutex<State>

    init(environment: [String: String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.unprivileged() + ["/bin/sh", "-c", Self.script]
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

    private static let script = """
        trap '' INT HUP TERM
        umask 077
        folder=$(TMPDIR=/tmp mktemp -d) || exit 1
        control() { "$YEOUL_BIN/pg_ctl" -D "$folder/data" -w -t 60 "$@" </dev/null >>"$folder/control" 2>&1; }
        leave() { control -m immediate stop; rm -rf "$folder"; exit "$1"; }
        fail() { cat "$folder/control" "$folder/log" 2>/dev/null; leave 1; }
        cd "$folder" || exit 1
        printf '%s' "$YEOUL_PASSWORD" >password
        "$YEOUL_BIN/initdb" -D data -U "$YEOUL_USER" --pwfile=password --auth-host=scram-sha-256 \\
            --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync </dev/null >control 2>&1 || fail
        printf '%s\\n' "unix_socket_directories = '$folder'" "$YEOUL_SETTINGS" >>data/postgresql.conf
        (eval "$YEOUL_PREPARE") </dev/null >>control 2>&1 || fail
        control -l "$folder/log" start || fail
        echo "done $folder"
        while read -r command; do
            case "$command" in
            start) control -l "$folder/log" start || fail ;;
            stop) control -m immediate stop || fail ;;
            restart) control -l "$folder/log" -m immediate restart || fail ;;
            esac
            echo "done $command"
        done
        leave 0
        """
}
