import Database
import Foundation
import Market
import Network
import Quotation
import Synchronization
import TestKit
import Testing
import Upbit

@Suite struct RateBudgetDatabaseTests {
    private static let isLong = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == "1"
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func host(
        _ name: String, _ table: BudgetTable, _ settings: BudgetSource.Settings = BudgetSource.Settings()
    ) throws -> RateBudgetDatabase {
        try RateBudgetDatabase(
            table.options, name: "upbit-test", table: .upbit, hosts: 2, shareFile: folder.path(of: name),
            settings: settings)
    }

    /// What the budget grants at once.
    private func granted(_ budget: RateBudgetDatabase, atMost most: Int = 30) async throws -> [RatePermit] {
        var permits: [RatePermit] = []
        while permits.count < most,
            case .granted(let permit) = try await budget.request(.ticker, priority: .refill).decision
        {
            permits.append(permit)
        }
        return permits
    }

    /// Asks until it is granted, which must be within a minute.
    private func awaitPermit(_ budget: RateBudgetDatabase) async throws -> RatePermit {
        for _ in 0..<3_000 {
            let answer = try await budget.request(.ticker, priority: .refill)
            if case .granted(let permit) = answer.decision { return permit }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw QuotationError(.waitedTooLong, "no permit within a minute")
    }

    @Test func whatOneHostTakesTheOtherDoesNotGet() async throws {
        let table = try await BudgetTable.make()
        let (one, other) = (try host("one", table), try host("other", table))
        let first = try await granted(one, atMost: 6)
        #expect(first.count == 6)
        #expect(try await granted(other).count == 4)
        #expect(try await granted(one).isEmpty)
        try await one.finish(first[0], .unused)
        #expect(try await granted(other).count == 1)
        // A ban that one meets stops the other.
        try await one.finish(first[1], .banned(seconds: 300))
        guard case .stopped = try await other.request(.market, priority: .refill).decision else {
            Issue.record("the ban is not shared")
            return
        }
    }

    @Test func hostsThatAskAtTheSameMomentGetTheLimitTogether() async throws {
        let table = try await BudgetTable.make()
        let hosts = try (0..<4).map { try host("\($0)", table) }
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    if case .granted = try await hosts[task % 4].request(.ticker, priority: .refill).decision
                    {
                        1
                    } else {
                        0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(count == 10)
        #expect(try await table.number("SELECT count(*) FROM ops.rate_budgets") == 1)
    }

    /// Over real calls: no refusal by an exchange that counts, and the limit is used. Half of it would mean
    /// that the hosts keep to their shares.
    @Test func twoHostsTogetherStayWithinTheLimitAndUseIt() async throws {
        let table = try await BudgetTable.make()
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        let budgets = [try host("one", table), try host("other", table)]
        let clients = budgets.map { QuotationClient(fixture.profile, http: fixture.http, budget: $0) }
        let seconds: Int64 = Self.isLong ? 60 : 4
        let start = Monotonic.milliseconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let client = clients[number % 2]
                    while Monotonic.milliseconds() - start < seconds * 1_000 {
                        _ = try await client.tickers(ExchangeServer.symbols, priority: .backfill)
                    }
                }
            }
            try await group.waitForAll()
        }
        let (served, refused) = fixture.exchange.state.withLock { ($0.served, $0.refused) }
        let took = Double(Monotonic.milliseconds() - start) / 1_000
        let share = Double(served) / (10 * took)
        print(
            "▸ two hosts over the database: \(served) calls in \(took) s, \(Int(share * 100)) % of what is allowed"
        )
        #expect(refused == 0)
        #expect(share >= (Self.isLong ? 0.95 : 0.6), "\(served) in \(took) s")
    }

    @Test func withoutTheDatabaseEachHostKeepsToItsShareAndComesBack() async throws {
        let server = try await ScratchServer.start()
        let table = try await BudgetTable.make(in: server)
        var settings = BudgetSource.Settings()
        settings.probeMilliseconds = 100
        settings.returnMilliseconds = 2_000
        settings.underWayMilliseconds = 100
        let (one, other) = (try host("one", table, settings), try host("other", table, settings))
        let before = try await granted(one)
        #expect(before.count == 10)
        try await server.stop()
        // First nothing, as the last calls are still in the exchange's windows; then half of the limit each.
        #expect(try await granted(one).isEmpty)
        var alone = [try await awaitPermit(one)]
        alone += try await granted(one)
        #expect(alone.count == 5)
        #expect(try await [awaitPermit(other)].count + granted(other).count == 5)
        // A permit of the database is not given back to the share.
        try await one.finish(before[0], .unused)
        #expect(try await granted(one).isEmpty)
        try await one.finish(alone[0], .banned(seconds: 3_600))
        try await server.start()
        // What one host learnt while it was alone, the other gets to know by the database.
        for _ in 0..<3_000 {
            _ = try await one.request(.ticker, priority: .refill)
            let decision = try await other.request(.market, priority: .refill).decision
            if case .stopped = decision { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        guard case .stopped = try await other.request(.market, priority: .refill).decision else {
            Issue.record("the other host does not know of the ban")
            return
        }
        #expect(
            try await table.number(
                "SELECT count(*) FROM ops.rate_budgets WHERE shares_until > 'epoch'") == 1)
    }

    @Test func aGroupWithFewerCallsThanHostsHasNoShare() async throws {
        let server = try await ScratchServer.start()
        var settings = BudgetSource.Settings()
        settings.underWayMilliseconds = 0
        let table = try await BudgetTable.make(in: server)
        try await server.stop()
        let budget = try host("one", table, settings)
        _ = try await awaitPermit(budget)
        try await Task.sleep(for: .milliseconds(2_100))
        for _ in 0..<5 {
            guard case .wait = try await budget.request(.orderCancelAll, priority: .refill).decision else {
                Issue.record("one call in two seconds was shared")
                return
            }
        }
    }

    @Test func aRecordThatIsNotUnderstoodIsBegunAfresh() async throws {
        let table = try await BudgetTable.make()
        let budget = try host("one", table)
        #expect(try await granted(budget).count == 10)
        try await table.execute(
            "UPDATE ops.rate_budgets SET record = 'nonsense', generation = generation + 1")
        #expect(try await granted(budget).count == 10)
    }

    @Test func aSchemaWithoutTheTableSaysWhatToDo() async throws {
        let table = try await BudgetTable.make()
        try await table.execute("DROP TABLE ops.rate_budgets")
        let budget = try host("one", table)
        await #expect {
            _ = try await budget.request(.ticker, priority: .refill)
        } throws: {
            let error = $0 as? QuotationError
            return error?.code == .budgetUnusable && error?.remedy?.contains("yeoul db migrate") == true
        }
    }
}
