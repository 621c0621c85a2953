import Database
import Diagnostics
import Market
import Storage
import TestKit
import Testing

@Suite struct PolicyApplierTests {
    @Test(arguments: TestEngines.all)
    func eachProfileIsAppliedAndThenNothingIsLeftToDo(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        for name in ["default", "year", "small", "forever", "default"] {
            let applier = try fixture.applier(name)
            let before = try await applier.plan()
            #expect(
                before.refusals.isEmpty && (!before.changes.isEmpty || engine == .native),
                "\(name): \(before.text)")
            #expect(try await applier.apply() == before)
            let after = try await applier.plan()
            #expect(after.changes.isEmpty, "\(name): \(after.text)")
        }
    }

    @Test(arguments: TestEngines.all)
    func theShippedProfilesFitTheSchema(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        let rows = try await fixture.connection.query(
            """
            SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('market', 'ops') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            """)
        let tables = Set(try rows.map { try $0.value(0, as: String.self) })
        // Every table has a policy, and every policy a table.
        #expect(tables == Set(PolicyTables.time).union(PolicyTables.plain.keys))
    }

    @Test func timescaleShowsTheJobsAndTheColumnstore() async throws {
        guard TestEngines.hasTimescale else { return }
        let fixture = try await UpkeepFixture.make(.timescale)
        _ = try await fixture.applier("default").apply()
        let jobs = try await fixture.connection.lines(
            """
            SELECT hypertable_name, proc_name, coalesce(config ->> 'compress_after', config ->> 'drop_after')
            FROM timescaledb_information.jobs WHERE hypertable_name IN ('transactions', 'tickers')
                AND proc_name IN ('policy_compression', 'policy_retention') ORDER BY 1, 2
            """)
        #expect(
            jobs == [
                "(tickers,policy_compression,\"2 days\")", "(tickers,policy_retention,\"30 days\")",
                "(transactions,policy_compression,\"8 days\")",
            ])
        let statistics = """
            SELECT hypertable_name, config ->> 'drop_after' FROM timescaledb_information.jobs
            WHERE proc_name = 'policy_retention' AND hypertable_name IN ('order_flow_1m', 'order_flow_1h', 'depth')
            ORDER BY 1
            """
        #expect(
            try await fixture.connection.lines(statistics) == [
                "(depth,\"90 days\")", "(order_flow_1h,\"407 days\")", "(order_flow_1m,\"90 days\")",
            ])
        _ = try await fixture.applier("forever").apply()
        let left = try await fixture.connection.lines(
            "SELECT 1 FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention'")
        #expect(left.isEmpty)
    }

    @Test func aCompressedDayKeepsItsRows() async throws {
        guard TestEngines.hasTimescale else { return }
        let fixture = try await UpkeepFixture.make(.timescale)
        _ = try await fixture.applier("default").apply()
        try await fixture.insertTrades(20_000, daysAgo: 10)
        let content = try await fixture.contentOfTrades()
        try await fixture.connection.execute(
            "SELECT compress_chunk(c) FROM show_chunks('market.transactions') AS c", within: .seconds(60))
        #expect(try await fixture.contentOfTrades() == content)
        let facts = try await CatalogReader(fixture.connection).read(now: fixture.now)
        #expect(facts.timeTables["transactions"]?.chunks.map(\.isCompressed) == [true])
    }

    @Test(arguments: TestEngines.all)
    func whatIsNeededMakesTheProfileRefused(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        _ = try await fixture.applier("forever").apply()
        try await fixture.connection.execute(
            """
            INSERT INTO market.gaps (from_time, to_time, symbol, channel, reason, status)
            VALUES (now() - interval '50 days', now() - interval '49 days', 'KRW-BTC', 'trade', 'restart', 'open')
            """)
        let error = await #expect(throws: StorageError.self) { try await fixture.applier("default").apply() }
        #expect(error?.description.contains("a gap of KRW-BTC is open") == true)
        #expect(try await fixture.applier("forever").plan().refusals.isEmpty)
        try await fixture.connection.execute("UPDATE market.gaps SET status = 'unfillable'")
        _ = try await fixture.applier("default").apply()
    }

    @Test func aRetentionInsideARefreshWindowIsRefused() async throws {
        guard TestEngines.hasTimescale else { return }
        let fixture = try await UpkeepFixture.make(.timescale)
        var profile = try RetentionProfiles.named("small")
        let index = try #require(profile.timeTables.firstIndex { $0.table == "orderbooks" })
        profile.timeTables[index].dropAfter = .days(9)
        let applier = PolicyApplier(try fixture.database.scratch.options, profile: profile)
        let plan = try await applier.plan()
        #expect(plan.refusals.count >= 2)
        #expect(plan.text.contains("spread_1m") && plan.text.contains("depth"))
    }

    @Test func statisticsOutliveTheRowsThatTheyAreMadeOfOrSayThatTheyDoNot() async throws {
        for engine in TestEngines.all {
            let fixture = try await UpkeepFixture.make(engine)
            let plan = try await fixture.applier("default").plan()
            let saysSo = plan.remarks.contains {
                $0.contains("computed on read") && $0.contains("30d of transactions")
            }
            #expect(saysSo == (engine == .native), "\(plan.remarks)")
            let comment = try await fixture.connection.query(
                "SELECT obj_description('market.order_flow_1m'::regclass)"
            ).single().value(0, as: String.self)
            #expect(
                comment.contains(engine == .native ? "reaches as far back as the rows" : "outlives the rows"))
            try await fixture.insertTrades(100, daysAgo: 40)
            if engine == .timescale {
                // Its own policy refreshes the last days only; a backfill refreshes what it loaded.
                try await fixture.connection.execute(
                    "CALL refresh_continuous_aggregate('market.order_flow_1m', now() - interval '45 days', now())"
                )
            }
            let counted = "SELECT sum(trades)::bigint FROM market.order_flow_1m"
            #expect(try await fixture.connection.lines(counted) == ["(100)"])
            _ = try await fixture.upkeep().run()
            #expect(try await fixture.countTrades(daysAgo: 40) == 0)
            #expect(try await fixture.connection.lines(counted) == [engine == .native ? "()" : "(100)"])
        }
    }

    @Test func aDatabaseWithoutASchemaIsRefused() async throws {
        let scratch = try await ScratchDatabase.make()
        let applier = PolicyApplier(try scratch.options, profile: try RetentionProfiles.named("default"))
        let error = await #expect(throws: StorageError.self) { try await applier.plan() }
        #expect(error?.remedy?.contains("yeoul db migrate") == true)
    }
}
