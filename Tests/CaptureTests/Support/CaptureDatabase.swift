import Capture
import Database
import Market
import Network
import Storage
import TestKit

/// A migrated database, in the shared server or in one of the test's own.
struct CaptureDatabase {
    static let instance = Instance(exchange: "upbit", isSimulated: true, dataFolderID: "test-folder")

    /// As the owner.
    let options: ConnectionOptions
    /// Kept alive.
    private let scratch: ScratchDatabase?

    private static let template = Task {
        let scratch = try await ScratchDatabase.make()
        _ = try await migrator(scratch.options).migrate()
        // The scheduler of TimescaleDB must keep out of what is copied.
        let connection = try await Connection.connect(scratch.server.options())
        let name = try quotedIdentifier(scratch.name)
        try await connection.execute("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try await connection.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
            [.text(scratch.name)])
        try connection.close()
        return scratch
    }

    static func migrator(_ options: ConnectionOptions) throws -> Migrator {
        Migrator(
            options, instance: instance, engine: .native, program: "test", set: try .embedded())
    }

    static func make() async throws -> CaptureDatabase {
        let scratch = try await ScratchDatabase.make(template: template.value.name)
        let connection = try await scratch.connect()
        try await connection.execute(
            """
            ALTER DATABASE \(quotedIdentifier(scratch.name)) SET search_path = market, trading, ops, public;
            SELECT ops.grant_roles()
            """)
        try connection.close()
        return CaptureDatabase(options: try scratch.options, scratch: scratch)
    }

    /// In a server that the test may stop.
    static func make(on server: ScratchServer) async throws -> CaptureDatabase {
        let connection = try await Connection.connect(server.options())
        try await connection.execute("CREATE DATABASE capture")
        try connection.close()
        let options = try server.options(database: "capture")
        _ = try await migrator(options).migrate()
        return CaptureDatabase(options: options, scratch: nil)
    }

    /// As the role that writes, with no right that it does not need.
    var ingestOptions: ConnectionOptions {
        get throws { try options.setting("user", to: "yeoul_ingest") }
    }

    func answer(_ sql: String) async throws -> String {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let rows = try await connection.query("SELECT (\(sql))::text")
        return try rows.single().optional(0, as: String.self) ?? ""
    }

    func execute(_ sql: String) async throws {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        try await connection.execute(sql)
    }

    func count(_ table: String = "market.transactions") async throws -> Int {
        Int(try await answer("SELECT count(*) FROM \(table)")) ?? -1
    }
}
