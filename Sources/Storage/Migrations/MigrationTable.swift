import Database

/// What the database remembers of migrations: `ops.schema_migrations`, `schema_objects`, `skipped_steps`.
enum MigrationTable {
    /// Empty before the first migration.
    static func read(_ connection: Connection) async throws -> [RecordedMigration] {
        let present = try await connection.query("SELECT to_regclass('ops.schema_migrations') IS NOT NULL")
            .single()
        guard try present.value(0, as: Bool.self) else { return [] }
        let rows = try await connection.query(
            "SELECT version, name, state, checksum FROM ops.schema_migrations ORDER BY version")
        return try rows.map { row in
            let word: String = try row.value("state")
            guard let state = RecordedMigration.State(rawValue: word) else {
                throw StorageError(
                    .newerSchema, "this program does not know the state `\(word)` of a migration",
                    place: "ops.schema_migrations", remedy: "Use the program that migrated the database")
            }
            return RecordedMigration(
                number: try row.value("version"), name: try row.value("name"), state: state,
                checksum: try row.value("checksum"))
        }
    }

    static func note(
        _ migration: Migration, _ state: RecordedMigration.State, program: String, on connection: Connection
    ) async throws {
        try await connection.query(
            """
            INSERT INTO ops.schema_migrations (version, name, state, checksum, down_checksum, program, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $3 <> 'running' THEN clock_timestamp() END)
            ON CONFLICT (version) DO UPDATE SET state = excluded.state, finished_at = excluded.finished_at
            """,
            [
                .int32(Int32(migration.number)), .text(migration.name), .text(state.rawValue),
                .text(migration.up.checksum), .text(migration.down.checksum), .text(program),
            ])
        try await setVersion(migration.number, on: connection)
    }

    static func forget(_ migration: Migration, on connection: Connection) async throws {
        try await connection.query(
            "DELETE FROM ops.schema_migrations WHERE version = $1", [.int32(Int32(migration.number))])
        try await setVersion(migration.number - 1, on: connection)
    }

    private static func setVersion(_ version: Int, on connection: Connection) async throws {
        try await connection.query("UPDATE ops.instance SET schema_version = $1", [.int32(Int32(version))])
    }

    /// Remembers the schema as it is now, for later comparison.
    static func takeSnapshot(_ connection: Connection) async throws {
        try await connection.query("DELETE FROM ops.schema_objects")
        try await connection.query(
            "INSERT INTO ops.schema_objects (kind, name, definition) \(SchemaObject.liveQuery)")
    }

    static func drifts(_ connection: Connection) async throws -> [Drift] {
        Drift.between(
            recorded: try await SchemaObject.read(
                connection, "SELECT kind, name, definition FROM ops.schema_objects"),
            live: try await SchemaObject.read(connection, SchemaObject.liveQuery))
    }

    static func skippedSteps(_ connection: Connection) async throws -> [SkippedStep] {
        let rows = try await connection.query(
            "SELECT step, reason, remedy FROM ops.skipped_steps ORDER BY step")
        return try rows.map {
            SkippedStep(
                step: try $0.value("step"), reason: try $0.value("reason"), remedy: try $0.value("remedy"))
        }
    }
}
