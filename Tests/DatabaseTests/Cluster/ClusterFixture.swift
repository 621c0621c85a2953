import Database
import Foundation
import TestKit

/// A private cluster in a folder of its own, which is stopped at the end whatever happened.
///
/// The first cluster made in this process is kept as a pattern: copying its files is ten times faster than
/// making them.
struct ClusterFixture {
    let folder: TemporaryFolder
    var settings: ClusterSettings

    var cluster: PrivateCluster { get throws { try PrivateCluster(settings) } }
    var layout: ClusterLayout { ClusterLayout(dataFolder: settings.dataFolder) }

    static let isRoot = geteuid() == 0

    private static let pattern = Task {
        let fixture = try empty()
        try removeAtOurEnd(fixture.folder.path)
        let lease = try await fixture.cluster.open()
        try await lease.close()
        return fixture
    }

    static func empty(named name: String = "data") throws -> ClusterFixture {
        let folder = try TemporaryFolder(named: "cluster")
        let programs = ProcessInfo.processInfo.environment["YEOUL_TEST_POSTGRES_BIN"] ?? ""
        let settings = ClusterSettings(
            dataFolder: folder.path(of: name), programs: programs.isEmpty ? nil : programs)
        return ClusterFixture(folder: folder, settings: settings)
    }

    /// A fixture whose cluster exists and does not run.
    static func made() async throws -> ClusterFixture {
        let source = try await pattern.value
        let fixture = try empty()
        try run("/bin/cp", "-a", source.settings.dataFolder, fixture.settings.dataFolder)
        // The pattern's port belongs to the pattern.
        try FileManager.default.removeItem(atPath: fixture.layout.port)
        return fixture
    }

    /// Nothing deinitialises what is static: a shell waits for the end of its input, which is our end.
    private static func removeAtOurEnd(_ path: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "trap '' INT TERM HUP; read -r _; rm -rf \"$0\"", path]
        let input = Pipe()
        // Passed on to another child, it would stay open longer than we live.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        shell.standardInput = input
        try shell.run()
        // Deliberately never closed by us.
        _ = Unmanaged.passRetained(input)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a program to its end; the error shows what it said.
    static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: said, as: UTF8.self))
        }
    }

    /// Runs `body`, then stops the server.
    func use<Result>(_ body: (ClusterFixture) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            _ = try? await cluster.stop(force: true)
            return result
        } catch {
            _ = try? await cluster.stop(force: true)
            throw error
        }
    }

    static func isRunning(_ pid: Int32) -> Bool {
        // One that is ending, or a zombie, which ended and that nobody waited for, works in no folder.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) != nil
    }

    static func connect(_ address: ClusterAddress, _ role: ClusterRole) async throws -> Connection {
        try await Connection.connect(ConnectionOptions(url: address.url(role)))
    }

    /// One value, as text.
    static func query(_ address: ClusterAddress, _ role: ClusterRole, _ sql: String) async throws -> String {
        let connection = try await connect(address, role)
        defer { try? connection.close() }
        return try await connection.query(sql).single().value(0, as: String.self)
    }
}
