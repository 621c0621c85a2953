import Database

/// Performs single steps on a connection that holds the migrators' lock.
struct MigrationPerformer {
    let connection: Connection
    let decision: EngineDecision
    let extensionSchema: String?
    let instance: Instance
    let program: String
    let limits: Migrator.Limits

    /// Tries again, a bounded number of times, while readers and writers hold what the step needs.
    func perform(_ step: MigrationStep) async throws {
        var retry = BoundedRetry(
            attemptsMax: limits.attemptsMax, first: limits.firstPause, longest: .seconds(5))
        while true {
            do {
                return try await attempt(step)
            } catch let error as DatabaseError {
                guard error.isTransient, connection.isOpen else { throw failure(of: step, error) }
                guard let pause = retry.next() else {
                    throw StorageError(
                        .busy,
                        "the migration \(step.migration.title) was tried \(retry.attempts) times: \(error.what)",
                        place: error.place,
                        remedy:
                            "End long transactions (pg_stat_activity), then run it again; nothing was changed"
                    )
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    private func attempt(_ step: MigrationStep) async throws {
        switch step {
        case .apply(let migration) where migration.up.isTransactional:
            try await connection.transaction(within: limits.statement) { connection in
                try await enter(inTransaction: true)
                try await run(migration.up)
                if migration.number == 1 { try await writeInstance() }
                try await conclude(migration)
            }
        case .apply(let migration):
            try await MigrationTable.note(migration, .running, program: program, on: connection)
            try await enter(inTransaction: false)
            try await run(migration.up)
            try await connection.execute("RESET ALL")
            try await connection.transaction { _ in try await conclude(migration) }
        case .skip(let migration):
            try await connection.transaction { connection in
                try await MigrationTable.note(migration, .skipped, program: program, on: connection)
            }
        case .revert(let migration):
            try await revert(migration)
        case .forget(let migration):
            try await connection.transaction { connection in
                try await MigrationTable.forget(migration, on: connection)
            }
        }
    }

    private func revert(_ migration: Migration) async throws {
        guard migration.down.isTransactional else {
            try await enter(inTransaction: false)
            try await run(migration.down)
            try await connection.execute("RESET ALL")
            return try await connection.transaction { connection in
                try await MigrationTable.forget(migration, on: connection)
                try await MigrationTable.takeSnapshot(connection)
            }
        }
        try await connection.transaction(within: limits.statement) { connection in
            try await enter(inTransaction: true)
            try await run(migration.down)
            try await enter(inTransaction: true)
            // The first migration took the tables with it.
            if migration.number > 1 {
                try await MigrationTable.forget(migration, on: connection)
                try await MigrationTable.takeSnapshot(connection)
            }
        }
    }

    /// Makes the roles where it may, and grants; after every migration, since tables come with it.
    func grantRoles() async throws {
        let present = try await connection.query("SELECT to_regprocedure('ops.grant_roles()') IS NOT NULL")
            .single()
        guard try present.value(0, as: Bool.self) else { return }
        var retry = BoundedRetry(
            attemptsMax: limits.attemptsMax, first: limits.firstPause, longest: .seconds(5))
        while true {
            do {
                return try await connection.transaction { connection in
                    try await connection.execute("SET LOCAL lock_timeout = \(limits.tableLockMilliseconds)")
                    try await connection.execute("SELECT ops.grant_roles()")
                }
            } catch let error as DatabaseError {
                // Roles belong to the server: migrators of other databases alter them too.
                let isRace = error.isTransient || error.server?.message == "tuple concurrently updated"
                guard isRace, connection.isOpen, let pause = retry.next() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Settings for a script: never wait long for a table, and find the extension's functions.
    private func enter(inTransaction: Bool) async throws {
        let word = inTransaction ? "SET LOCAL" : "SET"
        var path = ["market", "ops", "public"]
        if let extensionSchema, !path.contains(extensionSchema) { path.append(extensionSchema) }
        let names = try path.map { try quotedIdentifier($0) }.joined(separator: ", ")
        try await connection.execute(
            """
            \(word) lock_timeout = \(limits.tableLockMilliseconds);
            \(word) search_path = \(names);
            \(word) "TimeZone" = 'UTC';
            \(word) client_min_messages = 'warning';
            \(word) yeoul.engine = '\(decision.name.rawValue)'
            """)
    }

    private func run(_ script: MigrationScript) async throws {
        try await connection.execute(script.text, within: limits.statement)
    }

    /// Verifies, notes, remembers what the schema looks like.
    private func conclude(_ migration: Migration) async throws {
        if let verification = migration.up.verification {
            let row = try await connection.query("SELECT coalesce((\(verification)), false)").single()
            guard try row.value(0, as: Bool.self) else {
                throw StorageError(
                    .verification, "the migration \(migration.title) did not do what it should have",
                    place: verification,
                    remedy: migration.up.isTransactional
                        ? "Nothing was changed. Look at the server's log, and report it"
                        : "It stays noted as running: take it back with `yeoul db rollback --to \(migration.number - 1)`"
                )
            }
        }
        try await connection.execute("SET LOCAL search_path = pg_catalog")
        try await MigrationTable.note(migration, .applied, program: program, on: connection)
        try await MigrationTable.takeSnapshot(connection)
    }

    private func writeInstance() async throws {
        try await connection.query(
            """
            INSERT INTO ops.instance (exchange, simulated, data_folder_id, engine, continuous_aggregates, schema_version)
            VALUES ($1, $2, $3, $4, $5, 1)
            """,
            [
                .text(instance.exchange), .bool(instance.isSimulated), .text(instance.dataFolderID),
                .text(decision.name.rawValue), .bool(decision.hasContinuousAggregates),
            ])
    }

    /// The server's error, with the migration that it happened in.
    private func failure(of step: MigrationStep, _ error: DatabaseError) -> DatabaseError {
        var named = error
        named.what = "the migration \(step.migration.title) failed: \(error.what)"
        return named
    }
}
