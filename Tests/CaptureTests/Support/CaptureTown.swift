import Database
import Foundation
import TestKit

/// A built-in exchange, a server, and captures, each a process of its own.
final class CaptureTown: Sendable {
    let folder: TemporaryFolder
    let server: ScratchServer
    let databaseURL: String
    let ledger: String
    let exchange: CaptureProcess
    let exchangeURL: String
    /// Where its faults are changed.
    let controlURL: String
    /// The exchange's own authority, when it speaks TLS.
    let authority: String?

    static let isTorture = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] != nil

    /// `exchangeOptions` go to `yeoul exchange` besides.
    init(tradesPerSecond: Int = 2_000, markets: Int = 40, exchangeOptions: [String] = []) async throws {
        let folder = try TemporaryFolder(named: "yeoul-town")
        self.folder = folder
        server = try await ScratchServer.start()
        let admin = try await Connection.connect(server.options())
        try await admin.execute("CREATE DATABASE capture")
        try admin.close()
        let host = server.folder.replacingOccurrences(of: "/", with: "%2F")
        databaseURL = "postgresql://yeoul@/capture?host=\(host)&port=\(server.port)"
        let migrated = try await YeoulProgram.run(
            ["db", "migrate", "--exchange-profile", "built-in"],
            environment: ["DATABASE_URL": databaseURL, "YEOUL__DATA__FOLDER": folder.path(of: "a")])
        guard migrated.status == 0 else { throw TownError(text: migrated.errors + migrated.output) }
        ledger = folder.path(of: "ledger")
        exchange = try CaptureProcess(
            [
                "exchange", "--rate", "\(tradesPerSecond)", "--markets", "\(markets)", "--ledger", ledger,
                "--steady", "--no-limits",
            ] + exchangeOptions, environment: [:], output: folder.path(of: "exchange.out"))
        let ready = try await exchange.prints("\"rest\":\"")
        guard ready else { throw TownError(text: exchange.output) }
        let said = exchange.output
        func value(_ key: String) -> String? {
            let parts = said.components(separatedBy: "\"\(key)\":\"")
            return parts.count > 1 ? String(parts[1].prefix { $0 != "\"" }) : nil
        }
        exchangeURL = value("rest") ?? ""
        controlURL = value("control") ?? ""
        authority = value("ca")
    }

    /// A capture with a data folder of this name. Another name than "a" is another host: it gets the identity.
    ///
    /// `settings` are environment variables; `launcher` is a program that runs the words behind it.
    func capture(
        _ name: String = "a", settings: [String: String] = [:], launcher: [String] = [],
        exchange: String? = nil
    ) throws -> CaptureProcess {
        if name != "a" {
            let data = folder.path(of: name)
            if !FileManager.default.fileExists(atPath: data) {
                try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
                for file in ["identity", "YEOUL"] {
                    try FileManager.default.copyItem(
                        atPath: folder.path(of: "a") + "/" + file, toPath: data + "/" + file)
                }
            }
        }
        return try CaptureProcess(
            ["capture", "--exchange", exchange ?? exchangeURL, "--markets", "all"],
            environment: environment(name).merging(settings) { $1 },
            output: folder.path(of: "\(name)-\(UUID().uuidString.prefix(6)).out"), launcher: launcher)
    }

    /// With seconds, so that many candles close in a short run.
    private func environment(_ name: String) -> [String: String] {
        [
            "DATABASE_URL": databaseURL, "YEOUL__DATA__FOLDER": folder.path(of: name),
            "YEOUL__DERIVATION__TIMEFRAMES": "1s, 1m, 3m, 5m, 10m, 15m, 30m, 1h, 4h, 1d, 1w, 1mo",
        ]
    }

    /// What `yeoul verify` says of all that this capture's journal holds.
    func verify(_ name: String = "a", journal: String? = nil) async throws -> YeoulProgram.Result {
        try await YeoulProgram.run(
            ["verify", "--ledger", ledger, "--journalled", "--json", "--exchange-profile", "built-in"],
            environment: environment(name).merging(
                journal.map { ["YEOUL__JOURNAL__FOLDER": $0] } ?? [:]
            ) { $1 })
    }

    /// What it says of all that the ledger holds, or of its own proof.
    func verify(_ options: [String]) async throws -> YeoulProgram.Result {
        try await YeoulProgram.run(
            ["verify"] + options + ["--json", "--exchange-profile", "built-in"],
            environment: environment("a"))
    }

    func answer(_ sql: String) async throws -> String {
        let connection = try await Connection.connect(server.options(database: "capture"))
        defer { try? connection.close() }
        return try await connection.query("SELECT (\(sql))::text").single()
            .optional(0, as: String.self) ?? ""
    }

    func count() async throws -> Int {
        Int(try await answer("SELECT count(*) FROM market.transactions")) ?? 0
    }

    /// Waits until `condition` holds.
    static func eventually(seconds: Int = 30, _ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if (try? await condition()) ?? false { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

struct TownError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

/// The program, running beside the test.
final class CaptureProcess: @unchecked Sendable {
    private let process = Process()
    private let path: String

    /// `launcher` is a program with its first words, which runs the words behind them.
    init(
        _ arguments: [String], environment: [String: String], output: String, launcher: [String] = []
    ) throws {
        path = output
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let line = launcher + [YeoulProgram.path] + arguments
        process.executableURL = URL(fileURLWithPath: line[0])
        process.arguments = Array(line.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: output)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var output: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    var pid: Int32 { process.processIdentifier }

    func residentMiB() throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1_024
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func prints(_ text: String) async throws -> Bool {
        try await CaptureTown.eventually { self.output.contains(text) }
    }

    /// Waits for its end: the exit code, or the signal as a negative number. Nil when it does not end.
    func status(seconds: Int = 15) async throws -> Int32? {
        guard try await CaptureTown.eventually(seconds: seconds, { !self.process.isRunning }) else {
            return nil
        }
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }
}
