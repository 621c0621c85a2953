import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct UpkeepPlannerTests {
    private static let start = Instant(microseconds: 1_735_689_600_000_000)  // 2025-01-01

    /// YEOUL_TORTURE=1 runs more of the same.
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? [1] : Array(1...20)

    private func later(_ days: Int64) -> Instant { Self.start.adding(seconds: days * 86_400) }

    private func plan(_ model: UpkeepModel, _ profile: RetentionProfile, at now: Instant) -> UpkeepPlan {
        UpkeepPlanner(profile: profile, facts: model.facts, now: now).plan()
    }

    /// Two years in steps of hours and days, with crashes in the middle of steps, needs that come and go, late
    /// rows, and a change of the partitions' length half-way.
    @Test(arguments: ["default", "year", "small", "forever"], Self.seeds)
    func twoYearsOfUpkeepKeepWhatIsPromised(_ name: String, _ seed: UInt64) throws {
        let profile = try RetentionProfiles.named(name)
        for engine in [EngineAbilities.native, .timescale(isLicensed: false)] {
            try simulate(profile, engine, seed)
        }
    }

    private func simulate(_ profile: RetentionProfile, _ engine: EngineAbilities, _ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var model = UpkeepModel(profile: profile, engine: engine)
        var now = Self.start
        var dropped = 0
        while now < later(730) {
            now = now.adding(seconds: Int64.random(in: 3_600...(7 * 86_400), using: &random))
            for policy in profile.timeTables {
                model.insert(policy.table, at: now)
                let late = now.adding(seconds: -Int64.random(in: 0...(60 * 86_400), using: &random))
                if Int.random(in: 0..<4, using: &random) == 0 { model.insert(policy.table, at: late) }
            }
            if now > later(365) { model.setChunk(.hours(48), of: "tickers") }
            model.needs = needs(now, &random)
            // A run may end anywhere.
            if Int.random(in: 0..<3, using: &random) == 0 {
                let actions = plan(model, profile, at: now).actions
                let count = Int.random(in: 0...actions.count, using: &random)
                for action in actions.prefix(count) { model.perform(action, at: now) }
                if count < actions.count { model.perform(actions[count], at: now, isInterrupted: true) }
            }
            dropped += runWhole(&model, profile, at: now)
            try check(model, profile, at: now, "seed \(seed), \(profile.name), \(engine), \(now)")
        }
        #expect((dropped > 0) == (profile.name != "forever"))
    }

    private func needs(_ now: Instant, _ random: inout SeededRandom) -> [Need] {
        guard Int.random(in: 0..<3, using: &random) == 0 else { return [] }
        let from = now.adding(seconds: -Int64.random(in: 0...(500 * 86_400), using: &random))
        let range = from..<from.adding(seconds: 60)
        return ["transactions", "candles_intraday"].map { Need(table: $0, range: range, reason: "a test") }
    }

    /// Runs until nothing but pruning is due; says how many chunks were dropped.
    private func runWhole(_ model: inout UpkeepModel, _ profile: RetentionProfile, at now: Instant) -> Int {
        var dropped = 0
        for _ in 0..<4 {
            let actions = plan(model, profile, at: now).actions
            if actions.allSatisfy({ if case .prune = $0 { true } else { false } }) { break }
            for action in actions {
                if case .dropChunk = action { dropped += 1 }
                model.perform(action, at: now)
            }
        }
        return dropped
    }

    private func check(
        _ model: UpkeepModel, _ profile: RetentionProfile, at now: Instant, _ when: Comment
    ) throws {
        #expect(model.faults.isEmpty, when)
        let rest = plan(model, profile, at: now)
        #expect(
            rest.actions.allSatisfy { if case .prune = $0 { true } else { false } },
            "\(when): \(rest.actions.first.map { "\($0)" } ?? "")")
        for policy in profile.timeTables {
            let chunks = try #require(model.facts.timeTables[policy.table]).chunks
            if model.facts.engine == .native {
                // Nothing is made that would be dropped at once.
                let behind = min(8 * 24, (policy.dropAfter?.seconds ?? .max) / 3_600)
                for hours in stride(from: 1 - behind, through: 7 * 24 - 1, by: 11) {
                    let time = now.adding(seconds: hours * 3_600)
                    let count = chunks.count { $0.range.contains(time) && $0.attachment == .attached }
                    #expect(count == 1, "\(when): \(policy.table) at \(time)")
                }
            }
            guard let drop = policy.dropAfter else { continue }
            for chunk in chunks where now.microseconds(since: chunk.range.upperBound) >= drop.microseconds {
                #expect(model.facts.need(of: policy.table, in: chunk.range) != nil, "\(when): \(chunk)")
            }
        }
    }

    @Test func partitionsAreMadeForTheRefillAndAWeekAhead() throws {
        let profile = try RetentionProfiles.named("default")
        let model = UpkeepModel(profile: profile, engine: .native)
        let now = later(0).adding(seconds: 3_600)
        let ranges = plan(model, profile, at: now).actions.compactMap { action -> Range<Instant>? in
            if case .makePartition("transactions", let range) = action { range } else { nil }
        }
        #expect(ranges.count == 16)
        #expect(ranges.first?.lowerBound == later(-8) && ranges.last?.upperBound == later(8))
        #expect(ranges.allSatisfy { $0.upperBound.microseconds(since: $0.lowerBound) == 86_400_000_000 })
    }

    @Test func aNeededChunkIsHeldAndItsReasonIsTold() throws {
        let profile = try RetentionProfiles.named("default")
        var model = UpkeepModel(profile: profile, engine: .native)
        model.insert("transactions", at: later(0))
        let before = plan(model, profile, at: later(31))
        #expect(before.actions.contains { if case .dropChunk = $0 { true } else { false } })
        model.needs = [Need(table: "transactions", range: later(0)..<later(1), reason: "unproven")]
        let held = plan(model, profile, at: later(31))
        #expect(!held.actions.contains { if case .dropChunk = $0 { true } else { false } })
        #expect(held.held.map(\.reason) == ["unproven"])
    }

    @Test func aJobOfTimescaleIsPausedWhileItWouldDropWhatIsNeeded() throws {
        let profile = try RetentionProfiles.named("default")
        let range = later(0)..<later(1)
        var facts = CatalogFacts(engine: .timescale(isLicensed: true))
        let chunk = ChunkFacts(schema: "s", name: "c", range: range)
        func table(_ isScheduled: Bool) -> TimeTableFacts {
            TimeTableFacts(
                chunk: .days(1), retention: JobFacts(id: 7, after: .days(30), isScheduled: isScheduled),
                chunks: [chunk])
        }
        func actions(_ now: Instant) -> [UpkeepAction] {
            UpkeepPlanner(profile: profile, facts: facts, now: now).plan().actions
        }
        facts.needs = [Need(table: "tickers", range: range, reason: "a gap")]
        facts.timeTables["tickers"] = table(true)
        #expect(actions(later(29)).isEmpty)
        #expect(actions(later(30)).contains(.pauseRetention(table: "tickers", job: 7, reason: "a gap")))
        facts.timeTables["tickers"] = table(false)
        #expect(actions(later(30)).isEmpty)
        facts.needs = []
        #expect(actions(later(30)) == [.resumeRetention(table: "tickers", job: 7)])
    }

    @Test func whatIsArchivedIsDroppedByUsAndTheRestByTimescale() throws {
        let profile = try RetentionProfiles.named("default")
        var model = UpkeepModel(
            profile: profile, engine: .timescale(isLicensed: true))
        for table in ["transactions", "tickers"] { model.insert(table, at: later(0)) }
        let drops = plan(model, profile, at: later(40)).actions.compactMap { action -> String? in
            if case .dropChunk(let table, _, true) = action { table } else { nil }
        }
        #expect(drops == ["transactions"])
    }

    @Test func aRunIsBoundedAndTheRestComesNext() throws {
        let profile = try RetentionProfiles.named("small")
        var model = UpkeepModel(
            profile: profile, engine: .timescale(isLicensed: false))
        for day in 0..<450 {
            for table in ["tickers", "orderbooks"] { model.insert(table, at: later(Int64(day))) }
        }
        let first = plan(model, profile, at: later(500))
        #expect(first.actions.count == UpkeepPlanner.actionsMax && first.postponedCount > 400)
        for action in first.actions { model.perform(action, at: later(500)) }
        #expect(plan(model, profile, at: later(500)).postponedCount == first.postponedCount - 400)
    }

    @Test func partitionsOfAnotherLengthAreFittedAround() {
        let grid = PartitionGrid(length: .days(7))
        // 2025-01-06 is a Monday.
        let monday = later(5)
        #expect(grid.range(holding: later(8)) == monday..<later(12))
        let free = grid.free(
            from: monday, until: later(12), taken: [later(6)..<later(7), later(9)..<later(10)])
        #expect(free == [monday..<later(6), later(7)..<later(9), later(10)..<later(12)])
        #expect(
            PartitionGrid(length: .days(1)).range(holding: Instant(microseconds: -1)).upperBound == .epoch)
    }
}
