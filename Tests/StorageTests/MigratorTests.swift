import Database
import Storage
import TestKit
import Testing

@Suite struct MigratorTests {
    private let first: [(name: String, text: String)]

    /// The program's first migration, and what a test adds.
    init() throws {
        first = ["up", "down"].map { half in
            let migration = try? MigrationSet.embedded().migrations[0]
            return (
                "0001_ground.\(half).sql", (half == "up" ? migration?.up.text : migration?.down.text) ?? ""
            )
        }
    }

    private func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test(arguments: TestEngines.all)
    func anEmptyDatabaseIsMigratedAndTheSecondTimeNothingIsLeftToDo(engine: EngineName) async throws {
        let scratch = try await ScratchDatabase.make()
        let migrator = try TestDatabase.migrator(scratch.options, engine)
        let before = try await migrator.status()
        #expect(
            before.record == nil && before.entries.allSatisfy { $0.state == .pending } && !before.isCurrent)
        let report = try await migrator.migrate()
        #expect(report.versionBefore == 0 && report.steps.count == report.versionAfter)
        #expect(report.skippedSteps.isEmpty)
        #expect(try await migrator.migrate().steps.isEmpty)
        let status = try await migrator.status()
        #expect(status.isCurrent)
        #expect(status.record?.engine == engine && status.record?.schemaVersion == report.versionAfter)
        #expect(status.record?.instance == TestDatabase.instance)
    }

    @Test(arguments: TestEngines.all)
    func rollbackLeavesNothingAndMigrateBringsItBack(engine: EngineName) async throws {
        let scratch = try await ScratchDatabase.make()
        let migrator = try TestDatabase.migrator(scratch.options, engine)
        _ = try await migrator.migrate()
        #expect(await code { _ = try await migrator.rollback(to: 0) } == .deletesData)
        let partly = try await migrator.rollback(to: 7, deletingData: false)
        #expect(partly.steps.count == partly.versionBefore - 7)
        #expect(try await migrator.status().record?.schemaVersion == 7)
        _ = try await migrator.rollback(to: 0, deletingData: true)
        let connection = try await scratch.connect()
        #expect(
            try await connection.lines(
                """
                SELECT nspname FROM pg_namespace WHERE nspname IN ('market', 'ops', 'compat', 'trading')
                """
            ).isEmpty)
        _ = try await migrator.migrate()
        #expect(try await migrator.status().isCurrent)
    }

    @Test func twoMigratorsAtOnceDoItOnce() async throws {
        let scratch = try await ScratchDatabase.make()
        let migrator = try TestDatabase.migrator(scratch.options, .native)
        async let one = migrator.migrate()
        async let other = migrator.migrate()
        let counts = try await [one.steps.count, other.steps.count].sorted()
        #expect(counts == [0, try MigrationSet.embedded().newestNumber])
    }

    @Test func aMigratorThatFindsAnotherAtWorkGivesUpAfterItsLimit() async throws {
        let scratch = try await ScratchDatabase.make()
        let holder = try await scratch.connect()
        try await holder.query("SELECT pg_advisory_lock($1)", [.int64(0x7965_6F75_6C)])
        var limits = Migrator.Limits()
        limits.lockWait = .milliseconds(300)
        let migrator = Migrator(
            try scratch.options, instance: TestDatabase.instance, program: "test", set: try .embedded(),
            limits: limits)
        #expect(await code { _ = try await migrator.migrate() } == .busy)
        try holder.close()
    }

    @Test func editedAndNewerSchemasAreRefused() async throws {
        let scratch = try await ScratchDatabase.make()
        let extra = [
            ("0002_more.up.sql", "CREATE TABLE ops.more (id int)"),
            ("0002_more.down.sql", "DROP TABLE ops.more"),
        ]
        let full = try MigrationSet(files: first + extra)
        _ = try await TestDatabase.migrator(scratch.options, .native, set: full).migrate()
        let older = try TestDatabase.migrator(scratch.options, .native, set: MigrationSet(files: first))
        #expect(await code { _ = try await older.migrate() } == .newerSchema)
        let edited = try MigrationSet(
            files: first + [("0002_more.up.sql", "CREATE TABLE ops.more (id bigint)"), extra[1]])
        let migrator = try TestDatabase.migrator(scratch.options, .native, set: edited)
        #expect(await code { _ = try await migrator.migrate() } == .editedMigration)
        #expect(try await migrator.status().fault?.code == .editedMigration)
        let connection = try await scratch.connect()
        #expect(
            await code { _ = try await SchemaGate.require(TestDatabase.instance, on: connection, known: 1) }
                == .newerSchema)
        #expect(
            await code { _ = try await SchemaGate.require(TestDatabase.instance, on: connection, known: 3) }
                == .olderSchema)
    }

    @Test func aFailureInTheMiddleLeavesWhatWasThereAndTheNextRunGoesOn() async throws {
        let scratch = try await ScratchDatabase.make()
        let down = ("0002_more.down.sql", "DROP TABLE ops.more")
        let broken = try MigrationSet(
            files: first + [("0002_more.up.sql", "CREATE TABLE ops.more (id int);\nSELECT 1/0"), down])
        let migrator = try TestDatabase.migrator(scratch.options, .native, set: broken)
        let error = await #expect(throws: DatabaseError.self) { try await migrator.migrate() }
        #expect(error?.what.contains("0002 more") == true)
        let unverified = try MigrationSet(
            files: first + [("0002_more.up.sql", "-- verify: false\nCREATE TABLE ops.more (id int)"), down])
        let second = try TestDatabase.migrator(scratch.options, .native, set: unverified)
        #expect(await code { _ = try await second.migrate() } == .verification)
        #expect(try await second.status().record?.schemaVersion == 1)
        let good = try MigrationSet(
            files: first + [("0002_more.up.sql", "CREATE TABLE ops.more (id int)"), down])
        let third = try TestDatabase.migrator(scratch.options, .native, set: good)
        #expect(try await third.migrate().steps.count == 1)
        #expect(try await third.status().isCurrent)
    }

    @Test func aMigratorThatIsKilledLeavesNothingHalfDone() async throws {
        let scratch = try await ScratchDatabase.make()
        let slow = try MigrationSet(
            files: first + [
                ("0002_more.up.sql", "CREATE TABLE ops.more (id int); SELECT pg_sleep(30)"),
                ("0002_more.down.sql", "DROP TABLE ops.more"),
            ])
        let migrator = try TestDatabase.migrator(scratch.options, .native, set: slow)
        async let outcome = code { _ = try await migrator.migrate() }
        let watcher = try await scratch.connect()
        var isKilled = false
        for _ in 0..<200 where !isKilled {
            isKilled = try await !watcher.lines(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event = 'PgSleep'
                """
            ).isEmpty
            try await Task.sleep(for: .milliseconds(20))
        }
        _ = await outcome
        #expect(isKilled)
        #expect(try await watcher.lines("SELECT to_regclass('ops.more') AS it") == ["()"])
        #expect(try await migrator.status().entries.map(\.state) == [.applied, .pending])
    }

    @Test func aMigrationOutsideATransactionThatFailsMustBeTakenBackFirst() async throws {
        let scratch = try await ScratchDatabase.make()
        let down = (
            "0002_index.down.sql", "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS ops.extra"
        )
        func set(_ column: String) throws -> MigrationSet {
            try MigrationSet(
                files: first + [
                    (
                        "0002_index.up.sql",
                        "-- transaction: none\nCREATE INDEX CONCURRENTLY extra ON ops.system_logs (\(column))"
                    ),
                    down,
                ])
        }
        let broken = try TestDatabase.migrator(scratch.options, .native, set: set("nowhere"))
        await #expect(throws: DatabaseError.self) { try await broken.migrate() }
        #expect(await code { _ = try await broken.migrate() } == .halfApplied)
        _ = try await broken.rollback(to: 1)
        let good = try TestDatabase.migrator(scratch.options, .native, set: set("component"))
        #expect(try await good.migrate().steps.count == 1)
        #expect(try await good.status().isCurrent)
    }

    @Test func aTableInUseIsWaitedForAndThenGivenUpOn() async throws {
        let scratch = try await ScratchDatabase.make()
        _ = try await TestDatabase.migrator(scratch.options, .native, set: MigrationSet(files: first))
            .migrate()
        let reader = try await scratch.connect()
        try await reader.execute("BEGIN; SELECT * FROM ops.bot_config")
        var limits = Migrator.Limits()
        (limits.tableLockMilliseconds, limits.attemptsMax, limits.firstPause) = (50, 2, .milliseconds(10))
        let set = try MigrationSet(
            files: first + [
                ("0002_more.up.sql", "ALTER TABLE ops.bot_config ADD COLUMN more int"),
                ("0002_more.down.sql", "ALTER TABLE ops.bot_config DROP COLUMN more"),
            ])
        let hasty = Migrator(
            try scratch.options, instance: TestDatabase.instance, program: "test", set: set, limits: limits)
        #expect(await code { _ = try await hasty.migrate() } == .busy)
        async let patient = TestDatabase.migrator(scratch.options, .native, set: set).migrate()
        try await Task.sleep(for: .milliseconds(100))
        try await reader.execute("COMMIT")
        #expect(try await patient.steps.count == 1)
    }

    @Test func anotherExchangeOrDataFolderIsRefused() async throws {
        let scratch = try await ScratchDatabase.make()
        _ = try await TestDatabase.migrator(scratch.options, .native).migrate()
        let connection = try await scratch.connect()
        var other = TestDatabase.instance
        #expect(try await SchemaGate.require(other, on: connection).engine == .native)
        other.isSimulated = false
        #expect(await code { _ = try await SchemaGate.require(other, on: connection) } == .instance)
        other = TestDatabase.instance
        other.exchange = "bithumb"
        #expect(await code { _ = try await SchemaGate.require(other, on: connection) } == .instance)
        other = TestDatabase.instance
        other.dataFolderID = "elsewhere"
        let migrator = Migrator(try scratch.options, instance: other, program: "test", set: try .embedded())
        #expect(await code { _ = try await migrator.migrate() } == .instance)
        // Kept by name: a scratch database is dropped with its last use.
        let bare = try await ScratchDatabase.make()
        let empty = try await bare.connect()
        #expect(await code { _ = try await SchemaGate.require(other, on: empty) } == .olderSchema)
        withExtendedLifetime(bare) {}
    }

    @Test(arguments: TestEngines.all)
    func driftIsReported(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        let migrator = try TestDatabase.migrator(database.scratch.options, engine)
        try await database.connection.execute(
            """
            ALTER TABLE market.gaps ALTER COLUMN reason DROP NOT NULL;
            ALTER TABLE market.markets ADD COLUMN extra int;
            DROP INDEX market.gaps_open;
            ALTER TABLE ops.bot_status DROP CONSTRAINT bot_status_status_check;
            """)
        let drifts = try await migrator.status().drifts.map {
            "\($0.change) \($0.object.kind) \($0.object.name)"
        }
        #expect(
            drifts == [
                "changed column market.gaps.reason", "added column market.markets.extra",
                "missing constraint ops.bot_status.bot_status_status_check",
                "missing index market.gaps.gaps_open",
            ])
        // Partitions and chunks are no drift.
        let clean = try await TestDatabase.make(engine)
        try await clean.connection.execute(
            """
            SELECT ops.ensure_partitions('transactions', now() - interval '1 day', now());
            INSERT INTO market.transactions VALUES (now(), 1, now(), 1, 1, 'KRW-BTC', 'buy');
            """)
        #expect(try await TestDatabase.migrator(clean.scratch.options, engine).status().drifts.isEmpty)
    }
}
