import Database
import Market
import Storage
import TestKit
import Testing

/// What the schema promises to people: comments, rights, names.
@Suite struct SchemaTests {
    private func state(_ body: () async throws -> Void) async -> SQLState? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? DatabaseError)?.sqlState
        }
    }

    @Test(arguments: TestEngines.all)
    func everythingExplainsItself(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        let silent = try await database.connection.lines(
            """
            SELECT c.oid::regclass::text, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
            WHERE n.nspname IN ('market', 'ops', 'compat') AND c.relkind IN ('r', 'p', 'v', 'm')
                AND coalesce(col_description(c.oid, a.attnum), '') = ''
            UNION ALL
            SELECT c.oid::regclass::text, NULL FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('market', 'ops', 'compat') AND c.relkind IN ('r', 'p', 'v', 'm')
                AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''
            UNION ALL
            SELECT p.oid::regprocedure::text, NULL FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('market', 'ops', 'compat') AND obj_description(p.oid, 'pg_proc') IS NULL
            """)
        #expect(silent.isEmpty)
        let count = try await database.connection.query(
            "SELECT count(*) FROM pg_class c WHERE relnamespace = 'market'::regnamespace AND relkind IN ('r', 'p', 'v')"
        ).single().value(0, as: Int.self)
        #expect(count > 20)
    }

    @Test(arguments: TestEngines.all)
    func namesAreUniqueAcrossTheSearchPath(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        let twice = try await database.connection.lines(
            """
            SELECT relname FROM pg_class WHERE relnamespace IN ('market'::regnamespace, 'ops'::regnamespace)
            AND relkind IN ('r', 'p', 'v', 'm') GROUP BY relname HAVING count(*) > 1
            """)
        #expect(twice.isEmpty)
        // A fresh session finds them without a schema.
        let session = try await database.scratch.connect()
        #expect(try await session.lines("SELECT count(*) FROM transactions, bot_config") == ["(0)"])
    }

    @Test(arguments: TestEngines.all)
    func theReaderReadsAndWritesNothing(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        var samples = try Samples(seed: 3, now: Instant(microseconds: clockMicroseconds()))
        var writer = try MarketWriter(database.connection.blocking)
        _ = try writer.commit(
            MarketBatch(trades: samples.trades(5), orderBooks: [samples.orderBook()]), now: samples.now)
        let reader = try await database.connect(as: "yeoul_reader")
        let names = try await reader.query(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('market', 'compat') AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
            """
        ).map { try $0.value(0, as: String.self) }
        for name in names { try await reader.query("SELECT * FROM \(name) LIMIT 1") }
        #expect(try await reader.lines("SELECT count(*) FROM order_flow_1m WHERE trades > 0") != ["(0)"])
        try await reader.execute("SET default_transaction_read_only = off")
        for name in names {
            #expect(await state { try await reader.execute("DELETE FROM \(name)") } != nil)
        }
        #expect(
            await state {
                try await reader.execute("INSERT INTO market.transactions SELECT * FROM market.transactions")
            }
                == .insufficientPrivilege)
        #expect(
            await state {
                try await reader.execute("SELECT ops.ensure_partitions('transactions', now(), now())")
            }
                == .insufficientPrivilege)
        #expect(
            await state { try await reader.execute("CREATE TABLE market.mine (id int)") }
                == .insufficientPrivilege)
        let limits = try await database.connect(as: "yeoul_reader").lines(
            "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
        )
        #expect(limits == ["(1min,30s)"])
    }

    @Test(arguments: TestEngines.all)
    func ingestWritesAndCannotTakeAway(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        let ingest = try await database.connect(as: "yeoul_ingest")
        var samples = try Samples(seed: 4, now: Instant(microseconds: clockMicroseconds()))
        var writer = try MarketWriter(ingest.blocking)
        let trades = samples.trades(20, secondsBack: 5 * 86_400)
        _ = try writer.commit(MarketBatch(trades: trades), now: samples.now)
        #expect(try writer.commit(MarketBatch(trades: trades), now: samples.now).duplicates == 20)
        var candles = try CandleWriter(ingest.blocking)
        let candle = samples.candle(.minute1, back: 10)
        try candles.ensureParts([candle], on: ingest.blocking)
        try ingest.blocking.transaction { try candles.upsert([candle, candle], on: $0) }
        for statement in [
            "DROP TABLE market.transactions", "TRUNCATE market.transactions",
            "DELETE FROM market.transactions",
            "UPDATE market.transactions SET price = 1", "ALTER TABLE market.gaps ADD COLUMN x int",
            "INSERT INTO ops.schema_migrations SELECT * FROM ops.schema_migrations",
            "UPDATE ops.instance SET exchange = 'x'",
            "DELETE FROM ops.audit_log", "SELECT ops.grant_roles()",
        ] {
            #expect(
                await state { try await ingest.execute(statement) } == .insufficientPrivilege, "\(statement)")
        }
    }

    /// Those that a database had before the migration, and those that come after it.
    @Test(arguments: TestEngines.all)
    func openCandlesHaveRoomInEveryPart(engine: EngineName) async throws {
        let scratch = try await ScratchDatabase.make()
        let migrator = try TestDatabase.migrator(scratch.options, engine)
        _ = try await migrator.migrate()
        _ = try await migrator.rollback(to: 14)
        let connection = try await scratch.connect()
        let parts = """
            SELECT count(*), count(*) FILTER (WHERE reloptions @> '{fillfactor=70}')
            FROM pg_class WHERE oid IN
                (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'market.candles_intraday'::regclass)
            """
        let now = Instant(microseconds: clockMicroseconds())
        var made: Int64 = 0
        for (weeks, isMigrated) in [(40, false), (50, true), (60, true)] {
            if isMigrated { _ = try await migrator.migrate() }
            var candles = try CandleWriter(connection.blocking)
            var samples = try Samples(seed: 5, now: now.adding(seconds: Int64(weeks) * -7 * 86_400))
            let candle = samples.candle(.minute1, back: 0)
            try candles.ensureParts([candle], on: connection.blocking)
            try connection.blocking.transaction { try candles.upsert([candle], on: $0) }
            let counts = try await connection.query(parts).single()
            let (all, roomy): (Int64, Int64) = (try counts.value(0), try counts.value(1))
            #expect(all > made && roomy == (isMigrated ? all : 0))
            made = all
        }
    }

    @Test func withoutRightsOverRolesAndTheDatabaseItSaysWhatItSkipped() async throws {
        let server = try await ScratchServer.start(settings: ["fsync = off"])
        let owner = try await Connection.connect(server.options())
        try await owner.execute("CREATE ROLE humble LOGIN")
        try await owner.execute("CREATE DATABASE rented")
        let inside = try await Connection.connect(server.options(database: "rented"))
        try await inside.execute("GRANT CREATE ON DATABASE rented TO humble")
        let options = try server.options(database: "rented").setting("user", to: "humble")
        let migrator = Migrator(
            options, instance: TestDatabase.instance, program: "test", set: try .embedded())
        let report = try await migrator.migrate()
        #expect(
            report.skippedSteps.map(\.step) == [
                "role yeoul_ingest", "role yeoul_reader", "role yeoul_trader", "search path of the database",
            ])
        #expect(
            report.skippedSteps.allSatisfy {
                $0.remedy.contains("As ") && $0.remedy.hasSuffix("again.") || $0.remedy.hasSuffix(";")
            })
        #expect(try await migrator.status().isCurrent)
        // An administrator makes the roles; the next run grants.
        try await owner.execute(
            "CREATE ROLE yeoul_ingest LOGIN; CREATE ROLE yeoul_trader LOGIN; CREATE ROLE yeoul_reader LOGIN")
        let second = try await migrator.migrate()
        #expect(!second.skippedSteps.contains { $0.step == "role yeoul_reader" })
        let reader = try await Connection.connect(options.setting("user", to: "yeoul_reader"))
        try await reader.query("SELECT * FROM market.candles")
        #expect(await state { try await reader.execute("DELETE FROM market.gaps") } == .insufficientPrivilege)
    }

    @Test(arguments: TestEngines.all)
    func impossibleRowsAreRefused(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.connection.query(
            "SELECT ops.ensure_partitions('transactions', now(), now() + interval '1 s')")
        for row in [
            "now(), 1, now(), 0, 1, 'KRW-BTC', 'buy'", "now(), 1, now(), 1, -1, 'KRW-BTC', 'buy'",
            "now(), 1, now(), 1, 1, 'KRW-BTC', 'hold'",
        ] {
            #expect(
                await state {
                    try await database.connection.execute("INSERT INTO market.transactions VALUES (\(row))")
                }
                    == .checkViolation)
        }
        let candle =
            "INSERT INTO market.candles_long (time, complete, open, high, low, close, volume, value, symbol, timeframe, source)"
        try await database.connection.query(
            "SELECT ops.ensure_partitions('candles_long', now(), now() + interval '1 s')")
        for values in [
            "1, 2, 1, 3, 0, 0, 'KRW-BTC', '1d'", "2, 2, 3, 2, 0, 0, 'KRW-BTC', '1d'",
            "1, 1, 1, 1, 0, 0, 'KRW-BTC', '1m'",
        ] {
            #expect(
                await state {
                    try await database.connection.execute(
                        "\(candle) VALUES (now(), true, \(values), 'trades')")
                }
                    == .checkViolation, "\(values)")
        }
    }

    @Test(arguments: TestEngines.all)
    func aViewOverFamiliesOpensOneOnly(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        let plan = try await database.connection.query(
            "EXPLAIN SELECT * FROM market.candles WHERE symbol = 'KRW-BTC' AND timeframe = '1d'"
        ).map { try $0.value(0, as: String.self) }.joined(separator: "\n")
        #expect(!plan.contains("candles_intraday") && !plan.contains("candles_seconds"))
    }

    @Test func statisticsOfAnHourReadAnHour() async throws {
        let database = try await TestDatabase.make(.native)
        var samples = try Samples(seed: 5, now: Instant(microseconds: clockMicroseconds()))
        var writer = try MarketWriter(database.connection.blocking)
        for _ in 0..<20 {
            let trades = samples.trades(1_000, secondsBack: 7 * 86_400)
            _ = try writer.commit(MarketBatch(trades: trades), now: samples.now)
        }
        try await database.connection.execute("ANALYZE market.transactions")
        let plan = try await database.connection.query(
            """
            EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM market.order_flow_1m
            WHERE symbol = 'KRW-BTC' AND time > now() - interval '1 hour'
            """
        ).map { try $0.value(0, as: String.self) }
        // The parts of other days are not opened, but for the newest and oldest row.
        let opened = plan.filter {
            $0.contains("transactions_p") && $0.contains(" r_") && !$0.contains("never executed")
        }
        #expect((1...2).contains(opened.count), "\(plan.joined(separator: "\n"))")
    }
}
