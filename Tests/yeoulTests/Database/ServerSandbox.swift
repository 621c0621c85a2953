import Foundation
import TestKit

/// A place to run the program with a private database in: a folder, an account, an environment. Whatever
/// runs there is stopped at the end.
final class ServerSandbox: Sendable {
    let folder: TemporaryFolder
    /// Runs the program as this account instead of ours.
    let account: String?
    let environment: [String: String]
    let program: String

    static let isRoot = geteuid() == 0
    static let programs = ProcessInfo.processInfo.environment["YEOUL_TEST_POSTGRES_BIN"] ?? ""

    init(account: String? = nil, environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder(named: "yeoul-run")
        self.account = account
        var all = environment
        if !Self.programs.isEmpty { all["YEOUL__DATABASE__PROGRAMS"] = Self.programs }
        if let account {
            // The account may not be able to enter the folder that we were built in.
            try FileManager.default.copyItem(atPath: YeoulProgram.path, toPath: folder.path(of: "yeoul"))
            let home = folder.path(of: "home")
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
            guard let entry = getpwnam(account), chown(home, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0
            else { throw CocoaError(.fileNoSuchFile) }
            program = folder.path(of: "yeoul")
            all["HOME"] = home
        } else {
            program = YeoulProgram.path
        }
        self.environment = all
    }

    var data: String { folder.path(of: "data") }
    /// For the verbs that take it.
    var place: [String] { account == nil ? ["--data-folder", data] : [] }

    private func commandLine(_ arguments: [String]) -> [String] {
        guard let account else { return [program] + arguments }
        return ["/usr/bin/setpriv", "--reuid=\(account)", "--regid=nogroup", "--clear-groups", program]
            + arguments
    }

    /// Runs `yeoul` with these words and the data folder to its end.
    func yeoul(_ arguments: String...) async throws -> YeoulProgram.Result { try await yeoul(arguments) }

    func yeoul(_ arguments: [String]) async throws -> YeoulProgram.Result {
        let line = commandLine(arguments + place)
        return try await YeoulProgram.run(line[0], Array(line.dropFirst()), environment: environment)
    }

    /// Starts it and leaves it running.
    func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(commandLine(arguments + place), environment: environment, folder: folder)
    }

    /// Starts it with further variables in its environment, and perhaps on a terminal, to which only its
    /// output goes.
    func start(
        _ arguments: [String], adding variables: [String: String] = [:], terminal: FileHandle? = nil
    ) throws -> RunningProgram {
        try RunningProgram(
            commandLine(arguments + place), environment: environment.merging(variables) { $1 },
            folder: folder,
            terminal: terminal)
    }

    /// A role's last word; nil: none yet.
    func role(_ name: String) -> [String: Any]? {
        guard let data = FileManager.default.contents(atPath: data + "/status/\(name).json") else {
            return nil
        }
        return try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    }

    /// What a statement answers over the address that `db url` prints.
    func answer(_ sql: String, _ options: String...) async throws -> String {
        let line = commandLine(["db", "url"] + options + place)
        let url = try await YeoulProgram.run(line[0], Array(line.dropFirst()), environment: environment)
        let address = url.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let psql = try await YeoulProgram.run(
            "/usr/bin/psql", [address, "-XAtc", sql], environment: ["PATH": "/usr/bin:/bin"])
        return psql.output.trimmingCharacters(in: .whitespacesAndNewlines) + psql.errors
    }

    /// The server's process, when there is one.
    func serverProcess() -> Int32? {
        let base = account == nil ? data : folder.path(of: "home/.local/share/yeoul")
        let file = try? String(contentsOfFile: base + "/database/server/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    func use<Result>(_ body: (ServerSandbox) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            _ = try await yeoul("db", "stop", "--force")
            return result
        } catch {
            _ = try? await yeoul("db", "stop", "--force")
            throw error
        }
    }

    /// Waits until `condition` holds, for a minute at most: a busy machine is slow.
    static func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        for _ in 0..<3_000 {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    static func isRunning(_ pid: Int32) -> Bool {
        // One that is ending, or a zombie, which ended and that nobody waited for, works in no folder.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) != nil
    }
}
