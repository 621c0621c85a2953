import Diagnostics
import Market
import Storage
import Testing

@Suite struct PolicyPlannerTests {
    private let now = Instant(microseconds: 1_767_225_600_000_000)  // 2026-01-01
    private let licensed = EngineAbilities.timescale(isLicensed: true)

    /// Facts of a database that was migrated and never had a policy.
    private func fresh(_ profile: RetentionProfile, _ engine: EngineAbilities) -> CatalogFacts {
        var facts = CatalogFacts(engine: engine)
        for policy in profile.timeTables {
            let columns = policy.segmentBy + policy.orderBy.map(\.name)
            facts.timeTables[policy.table] = TimeTableFacts(
                chunk: policy.chunk, hypertableChunk: engine == .native ? nil : policy.chunk,
                columns: columns, keyColumns: columns)
        }
        for rule in profile.pruneRules { facts.plainTables[rule.table] = rule.columns }
        return facts
    }

    private func plan(_ profile: RetentionProfile, _ facts: CatalogFacts) -> PolicyPlan {
        PolicyPlanner(profile: profile, facts: facts, now: now).plan()
    }

    /// What `apply` leaves behind, as far as the planner looks.
    private func applied(_ plan: PolicyPlan, to facts: CatalogFacts) -> CatalogFacts {
        var facts = facts
        for change in plan.changes {
            var table = facts.timeTables[change.table] ?? TimeTableFacts(chunk: .days(1))
            switch change {
            case .setChunk(_, _, let to):
                table.chunk = to
                table.hypertableChunk = table.hypertableChunk.map { _ in to }
            case .setColumnstore(_, let segmentBy, let orderBy):
                (table.isColumnstoreEnabled, table.segmentBy, table.orderBy) = (true, segmentBy, orderBy)
            case .addCompression(_, let after), .changeCompression(_, _, let after):
                table.compression = JobFacts(id: 1, after: after)
            case .removeCompression: table.compression = nil
            case .addRetention(_, let after), .changeRetention(_, _, let after):
                table.retention = JobFacts(id: 2, after: after)
            case .removeRetention: table.retention = nil
            }
            facts.timeTables[change.table] = table
        }
        return facts
    }

    @Test(arguments: ["default", "year", "small", "forever"], ["default", "year", "small", "forever"])
    func fromAnyProfileToAnyOtherNothingIsLeftToDo(_ from: String, _ to: String) throws {
        for engine in [licensed, .native, .timescale(isLicensed: false)] {
            let first = try RetentionProfiles.named(from)
            let start = fresh(first, engine)
            let middle = applied(plan(first, start), to: start)
            #expect(plan(first, middle).changes.isEmpty)
            let second = try RetentionProfiles.named(to)
            let end = applied(plan(second, middle), to: middle)
            #expect(plan(second, end).changes.isEmpty, "\(from) to \(to) on \(engine)")
            #expect(plan(second, end).text.hasPrefix("The database is as the profile wants it."))
        }
    }

    @Test func anArchivedTableHasNoJobThatDropsIt() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.timeTables["transactions"]?.retention = JobFacts(id: 9, after: .days(30))
        let changes = plan(profile, facts).changes
        #expect(changes.contains(.removeRetention(table: "transactions", was: .days(30))))
        #expect(changes.contains(.addRetention(table: "tickers", after: .days(30))))
        #expect(!changes.contains(.addRetention(table: "transactions", after: .days(30))))
    }

    @Test func withoutALicenseThereAreNoJobsAndThatIsSaid() throws {
        let profile = try RetentionProfiles.named("default")
        for engine in [EngineAbilities.native, .timescale(isLicensed: false)] {
            let plan = plan(profile, fresh(profile, engine))
            #expect(plan.changes.isEmpty, "\(plan.changes)")
            #expect(plan.remarks.contains { $0.contains("columnstore") })
        }
    }

    @Test func aRetentionInsideARefreshWindowIsRefused() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.aggregates = [.init(name: "order_flow_1m", source: "transactions", refreshWindow: .days(29))]
        #expect(plan(profile, facts).refusals.isEmpty)
        facts.aggregates = [
            .init(name: "order_flow_1m", source: "transactions", refreshWindow: .hours(29 * 24 + 1))
        ]
        let refusal = try #require(plan(profile, facts).refusal)
        #expect(refusal.what.contains("order_flow_1m") && refusal.place?.contains("transactions") == true)
        facts.aggregates = [.init(name: "order_flow_1m", source: "transactions", refreshWindow: nil)]
        #expect(plan(profile, facts).refusal?.what.contains("refreshes everything") == true)
    }

    @Test func statisticsHaveARetentionOfTheirOwnThatOutlivesWhatReadsThem() throws {
        var profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.aggregates = [
            .init(name: "order_flow_1m", source: "transactions", refreshWindow: .days(9)),
            .init(
                name: "order_flow_1h", source: "order_flow_1m", refreshWindow: .days(9),
                retention: JobFacts(id: 3, after: .days(20))),
            .init(
                name: "order_flow_1d", source: "order_flow_1h", refreshWindow: .days(10),
                retention: JobFacts(id: 4, after: .days(20))),
        ]
        let changes = plan(profile, facts).changes
        #expect(changes.contains(.addRetention(table: "order_flow_1m", after: .days(90))))
        #expect(changes.contains(.changeRetention(table: "order_flow_1h", from: .days(20), to: .days(407))))
        #expect(changes.contains(.removeRetention(table: "order_flow_1d", was: .days(20))))
        #expect(plan(profile, facts).remarks.isEmpty)
        profile.statistics[0].dropAfter = .hours(9 * 24 + 1)
        #expect(plan(profile, facts).refusal?.what.contains("what order_flow_1h refreshes") == true)
    }

    @Test func aRetentionThatDropsWhatIsNeededIsRefused() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        let old = now.adding(seconds: -31 * 86_400)
        facts.needs = [
            Need(table: "transactions", range: old..<old.adding(seconds: 60), reason: "unproven minutes")
        ]
        let refusal = try #require(plan(profile, facts).refusal)
        #expect(refusal.what.contains("unproven minutes"))
        facts.needs[0].range = now.adding(seconds: -29 * 86_400)..<now
        #expect(plan(profile, facts).refusal == nil)
    }

    @Test func columnsThatDoNotExistAreRefusedWithTheNearOne() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.timeTables["orderbooks"]?.columns = ["symbols", "time", "level"]
        facts.plainTables["system_logs"] = ["created_on"]
        let text = plan(profile, facts).text
        #expect(text.contains("orderbooks has no column symbol") && text.contains("Did you mean symbols?"))
        #expect(text.contains("system_logs has no column created_at"))
    }

    @Test func aKeyColumnOutsideTheColumnstoresOrderIsRefused() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.timeTables["transactions"]?.keyColumns = ["time", "symbol", "venue"]
        #expect(plan(profile, facts).refusal?.what.contains("key column venue") == true)
    }

    @Test func aDatabaseWithoutTheTableIsRefused() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.timeTables["tickers"] = nil
        #expect(plan(profile, facts).refusal?.remedy == "Run yeoul db migrate first.")
    }

    @Test func thePlanIsReadable() throws {
        let profile = try RetentionProfiles.named("default")
        var facts = fresh(profile, licensed)
        facts.timeTables["tickers"]?.chunk = .hours(6)
        let text = plan(profile, facts).text
        #expect(text.contains("tickers\n  new chunks cover 1d instead of 6h\n"))
        #expect(text.contains("  columnstore segmented by symbol, ordered by time, sequential_id\n"))
    }
}
