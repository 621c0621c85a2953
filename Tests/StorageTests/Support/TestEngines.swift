import Database
import Foundation
import Storage
import TestKit

/// The engines that this machine can test.
enum TestEngines {
    static let hasTimescale: Bool = {
        guard let programs = try? ServerPrograms.find() else { return false }
        return ServerPrograms.hasLibrary("timescaledb", beside: programs)
    }()

    static let all: [EngineName] = hasTimescale ? [.native, .timescale] : [.native]

    /// Runs the refresh policies as the server's scheduler does: what is materialized must read as what is
    /// computed on read. Returns how many there are.
    static func materialize(_ blocking: BlockingConnection) throws -> Int {
        let jobs = try blocking.query(
            """
            SELECT job_id FROM timescaledb_information.jobs
            WHERE proc_name = 'policy_refresh_continuous_aggregate'
            ORDER BY array_position(array['order_flow_1m', 'order_flow_1h', 'order_flow_1d'], hypertable_name::text)
            """)
        for job in jobs { try blocking.execute("CALL run_job(\(try job.value(0, as: Int64.self)))") }
        return jobs.count
    }
}

/// A migrated database of one engine.
struct TestDatabase {
    static let instance = Instance(exchange: "upbit", isSimulated: true, dataFolderID: "test-folder")

    let scratch: ScratchDatabase
    let engine: EngineName
    let connection: Connection

    /// A copy of a database that was migrated once for all tests of the engine.
    static func make(_ engine: EngineName) async throws -> TestDatabase {
        let template = try await (engine == .native ? nativeTemplate : timescaleTemplate).value
        let scratch = try await ScratchDatabase.make(template: template.name)
        let connection = try await scratch.connect()
        // Settings of a database are not copied with it.
        try await connection.execute(
            """
            ALTER DATABASE \(quotedIdentifier(scratch.name)) SET search_path = market, trading, ops, public;
            SELECT ops.grant_roles()
            """)
        try connection.close()
        return TestDatabase(scratch: scratch, engine: engine, connection: try await scratch.connect())
    }

    private static let nativeTemplate = Task { try await template(.native) }
    private static let timescaleTemplate = Task { try await template(.timescale) }

    private static func template(_ engine: EngineName) async throws -> ScratchDatabase {
        let scratch = try await ScratchDatabase.make()
        _ = try await migrator(scratch.options, engine).migrate()
        // The scheduler of TimescaleDB must keep out of what is copied.
        let connection = try await Connection.connect(scratch.server.options())
        let name = try quotedIdentifier(scratch.name)
        try await connection.execute("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try await connection.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
            [.text(scratch.name)])
        return scratch
    }

    static func migrator(
        _ options: ConnectionOptions, _ engine: EngineName, set: MigrationSet? = nil
    ) throws -> Migrator {
        let choice: EngineChoice = engine == .native ? .native : .timescale
        return Migrator(
            options, instance: instance, engine: choice, program: "test", set: try set ?? .embedded())
    }

    func connect(as role: String) async throws -> Connection {
        try await Connection.connect(try scratch.options.setting("user", to: role))
    }
}

extension QueryResult {
    /// Every row as text, for comparisons: all columns must be text.
    func lines() throws -> [String] {
        try map { row in
            try (0..<columns.count).map { try row.optional($0, as: String.self) ?? "–" }.joined(
                separator: " | ")
        }
    }
}

extension Connection {
    /// The rows of a query, each as one text.
    func lines(_ sql: String, _ parameters: [DatabaseValue] = []) async throws -> [String] {
        try await query("SELECT q::text FROM (\(sql)) AS q", parameters).lines()
    }
}
