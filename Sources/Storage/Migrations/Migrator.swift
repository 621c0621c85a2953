import Database

/// Brings a database to the schema that this program was made for, and back.
///
/// It needs a session of its own (advisory locks do not work through a transaction pooler): give it the
/// direct address of the server.
package struct Migrator: Sendable {
    /// Only one migrator works on a database at a time: the key of its advisory lock ("yeoul" in ASCII).
    static let lockKey: Int64 = 0x7965_6F75_6C

    package struct Limits: Sendable {
        /// How long it waits for another migrator to end.
        package var lockWait: Duration = .seconds(60)
        /// How long one statement may take.
        package var statement: Duration = .seconds(600)
        /// How long a statement waits for a table that others use, before it lets them go first. Whoever comes
        /// after it waits as long, so it stays well under the two seconds that a writer may wait.
        package var tableLockMilliseconds = 1_000
        /// Attempts at one migration that finds tables in use.
        package var attemptsMax = 10
        package var firstPause: Duration = .milliseconds(200)

        package init() {}
    }

    private let options: ConnectionOptions
    private let instance: Instance
    private let choice: EngineChoice
    private let set: MigrationSet
    private let program: String
    private let limits: Limits

    /// `program` is the version that is noted with each migration.
    package init(
        _ options: ConnectionOptions, instance: Instance, engine: EngineChoice = .automatic,
        program: String, set: MigrationSet, limits: Limits = Limits()
    ) {
        self.options = options
        self.instance = instance
        choice = engine
        self.set = set
        self.program = program
        self.limits = limits
    }

    /// Applies what is missing. Safe to call at each start, from many processes at once.
    package func migrate() async throws -> MigrationReport {
        let preparation = EnginePreparation(options: options, choice: choice)
        if choice != .native { try await preparation.updateExtension() }
        return try await locked { connection in
            let record = try await InstanceRecord.read(connection)
            try record?.check(is: instance)
            let (decision, facts) = try await preparation.prepare(connection, record: record)
            let planner = MigrationPlanner(
                set, recorded: try await MigrationTable.read(connection), engine: decision)
            var report = MigrationReport(
                engine: decision, versionBefore: planner.currentNumber, versionAfter: set.newestNumber)
            let performer = MigrationPerformer(
                connection: connection, decision: decision, extensionSchema: facts.extensionSchema,
                instance: instance, program: program, limits: limits)
            for step in try planner.stepsUp() {
                try await performer.perform(step)
                report.steps.append(step)
            }
            try await performer.grantRoles()
            report.skippedSteps = try await MigrationTable.skippedSteps(connection)
            return report
        }
    }

    /// Takes migrations back, down to a version.
    package func rollback(to target: Int, deletingData: Bool = false) async throws -> MigrationReport {
        try await locked { connection in
            guard let record = try await InstanceRecord.read(connection) else {
                throw StorageError(.badTarget, "the database has no schema of Yeoul", place: connection.place)
            }
            try record.check(is: instance)
            let facts = try await EngineFacts.read(connection)
            let decision = EngineDecision(
                record.engine, hasContinuousAggregates: record.hasContinuousAggregates)
            let planner = MigrationPlanner(
                set, recorded: try await MigrationTable.read(connection), engine: decision)
            var report = MigrationReport(
                engine: decision, versionBefore: planner.currentNumber, versionAfter: target)
            let performer = MigrationPerformer(
                connection: connection, decision: decision, extensionSchema: facts.extensionSchema,
                instance: instance, program: program, limits: limits)
            for step in try planner.stepsDown(to: target, deletingData: deletingData) {
                try await performer.perform(step)
                report.steps.append(step)
            }
            return report
        }
    }

    /// Looks, and changes nothing.
    package func status() async throws -> SchemaStatus {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let record = try await InstanceRecord.read(connection)
        let recorded = try await MigrationTable.read(connection)
        var status = SchemaStatus(
            record: record, facts: try await EngineFacts.read(connection),
            entries: [], drifts: [], skippedSteps: [])
        let states = Dictionary(recorded.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        status.entries = set.migrations.map { migration in
            let state = states[migration.number].flatMap {
                SchemaStatus.Entry.State(rawValue: $0.state.rawValue)
            }
            return SchemaStatus.Entry(
                number: migration.number, name: migration.name, state: state ?? .pending)
        }
        guard let record else { return status }
        let decision = EngineDecision(record.engine, hasContinuousAggregates: record.hasContinuousAggregates)
        do throws(StorageError) {
            try record.check(is: instance)
            _ = try MigrationPlanner(set, recorded: recorded, engine: decision).stepsUp()
        } catch {
            status.fault = error
        }
        status.drifts = try await MigrationTable.drifts(connection)
        status.skippedSteps = try await MigrationTable.skippedSteps(connection)
        return status
    }

    /// Runs `body` while no other migrator works on the database. The lock ends with the session.
    private func locked(
        _ body: (Connection) async throws -> MigrationReport
    ) async throws -> MigrationReport {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let deadline = ContinuousClock.now + limits.lockWait
        while true {
            let row = try await connection.query(
                "SELECT pg_try_advisory_lock($1)", [.int64(Self.lockKey)]
            ).single()
            if try row.value(0, as: Bool.self) { return try await body(connection) }
            guard ContinuousClock.now < deadline else {
                throw StorageError(
                    .busy, "another process has been migrating the database for \(limits.lockWait)",
                    place: connection.place, remedy: "Wait for it to end, then run `yeoul db status`")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
