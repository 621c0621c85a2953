import Market
import Testing
import Upbit

@Suite struct RateBudgetTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(microseconds: milliseconds * 1_000) }

    /// Asks, and finishes at once with an answer.
    private func call(_ budget: inout RateBudget, _ group: RateGroup, _ milliseconds: Int64) -> Bool {
        guard case .granted(let permit) = budget.request(group, now: at(milliseconds)) else { return false }
        budget.finish(permit, .answered(nil), now: at(milliseconds))
        return true
    }

    /// A day with two processes: in every hour 100 seconds in which twelve callers want all they can get,
    /// otherwise a call each ten seconds. The limits of two groups, windows that lie anywhere.
    @Test(arguments: [1, 777_123, 42_999_999])
    func aDayOfTwoProcessesBreaksNoLimitAndUsesNearlyAll(seed: UInt64) {
        var callers: [RateSimulation.Caller] = []
        for process in 0...1 {
            for _ in 0..<4 { callers.append(.init(process: process, group: .candles, priority: .backfill)) }
            callers.append(.init(process: process, group: .trades, priority: .refill))
            callers.append(.init(process: process, group: .trades, priority: .backfill))
        }
        var simulation = RateSimulation(table: .upbit, callers: callers, seed: seed)
        simulation.busySecondsAnHour = 100
        simulation.run(seconds: 86_400)
        #expect(simulation.violations == 0)
        // Both groups are wanted wholly while busy.
        let share = Double(simulation.allowedWhileBusy) / Double(24 * 100 * 20)
        #expect(share >= 0.95, "used \(share)")
    }

    /// The same with the budget in a database that two hosts reach in 1 to 3 ms each way.
    @Test(arguments: [3, 500_001])
    func aBudgetThatIsAWayOffBreaksNoLimitAndUsesNearlyAll(seed: UInt64) {
        let callers = (0..<12).map {
            RateSimulation.Caller(process: $0 % 2, group: $0 < 6 ? .candles : .trades, priority: .backfill)
        }
        var simulation = RateSimulation(table: .upbit, callers: callers, seed: seed)
        simulation.budgetMicroseconds = (1_000, 2_000)
        simulation.run(seconds: 3_600)
        #expect(simulation.violations == 0)
        let share = Double(simulation.allowedWhileBusy) / Double(3_600 * 20)
        #expect(share >= 0.95, "used \(share)")
    }

    /// The first round trips are long because of the way there: nothing may be concluded from them.
    @Test func callsThatConnectFirstBreakNoLimit() {
        let callers = (0..<12).map {
            RateSimulation.Caller(process: $0 % 2, group: .candles, priority: .backfill)
        }
        for seed in 0..<200 {
            var simulation = RateSimulation(table: .upbit, callers: callers, seed: UInt64(seed) * 4_999)
            simulation.wayMicroseconds = (200, 800)
            simulation.connectMicroseconds = 300_000
            simulation.run(seconds: 5)
            #expect(simulation.violations == 0, "seed \(seed)")
        }
    }

    @Test(arguments: [RateTable.upbit, .bithumb], [2, 3, 5])
    func theSharesOfAllHostsTogetherAreNoMoreThanTheWhole(table: RateTable, hosts: Int) {
        let share = table.share(ofHosts: hosts)
        #expect(share.fingerprint != table.fingerprint)
        for group in RateGroup.allCases where table.canBeShared(group, amongHosts: hosts) {
            for (part, whole) in zip(share[group], table[group]) {
                #expect(part.callsMax * hosts <= whole.callsMax && part.callsMax >= 1)
                #expect(part.periodMicroseconds == whole.periodMicroseconds && part.kind == whole.kind)
            }
        }
        #expect(RateTable.upbit.canBeShared(.webSocketConnect, amongHosts: hosts))
        #expect(!RateTable.upbit.canBeShared(.orderCancelAll, amongHosts: hosts))
    }

    @Test func aPermitOfAnotherBudgetFreesNothingHereAndItsBanHolds() {
        var whole = RateBudget(table: .upbit)
        var part = RateBudget(table: RateTable.upbit.share(ofHosts: 2))
        // The last entries of the whole are beyond those of the part.
        guard case .granted(let permit) = whole.request(.webSocketMessage, now: at(0)),
            case .granted = part.request(.webSocketMessage, now: at(0))
        else {
            Issue.record("not granted")
            return
        }
        let before = part
        part.finish(permit, .unused, now: at(0))
        #expect(part == before)
        part.finish(permit, .banned(seconds: 90), now: at(0))
        #expect(part.bannedUntil(now: at(0)) != nil)
        whole.ban(until: at(90_000), now: at(0))
        #expect(whole.bannedUntil(now: at(0)) == at(90_000))
        whole.ban(until: at(5_000), now: at(0))
        #expect(whole.bannedUntil(now: at(0)) == at(90_000), "a ban is never shortened")
    }

    @Test func underLoadTheHigherPriorityIsServedAndTheLowerGetsTheRest() {
        var callers: [RateSimulation.Caller] = []
        for process in 0...1 {
            for _ in 0..<6 { callers.append(.init(process: process, group: .candles, priority: .backfill)) }
            for _ in 0..<6 { callers.append(.init(process: process, group: .candles, priority: .refill)) }
        }
        var simulation = RateSimulation(table: .upbit, callers: callers, seed: 5)
        simulation.run(seconds: 300)
        let refill = Double(simulation.allowedByPriority[.refill] ?? 0)
        let backfill = Double(simulation.allowedByPriority[.backfill] ?? 0)
        #expect(simulation.violations == 0)
        #expect(refill + backfill >= 0.93 * 3_000)
        #expect(refill > 6 * backfill, "refill \(refill), backfill \(backfill)")
    }

    @Test func lostCallsBreakNoLimit() {
        let callers = (0..<12).map {
            RateSimulation.Caller(process: $0 % 2, group: .candles, priority: .proof)
        }
        var simulation = RateSimulation(table: .upbit, callers: callers, seed: 99)
        simulation.lostOneIn = 50
        simulation.run(seconds: 600)
        #expect(simulation.violations == 0)
        #expect((simulation.allowed[.candles] ?? 0) > 3_000)
    }

    @Test func bucketsAndTheTwoRulesOfMessagesHold() {
        var callers = (0..<20).map {
            RateSimulation.Caller(process: $0 % 2, group: .order, priority: .refill)
        }
        callers += (0..<4).map {
            RateSimulation.Caller(process: $0 % 2, group: .orderCancelAll, priority: .refill)
        }
        callers += (0..<4).map {
            RateSimulation.Caller(process: $0 % 2, group: .webSocketMessage, priority: .refill)
        }
        var simulation = RateSimulation(table: .upbit, callers: callers, seed: 7)
        simulation.run(seconds: 300)
        #expect(simulation.violations == 0)
        #expect((simulation.allowed[.order] ?? 0) > Int(0.95 * 300 * 12))
        #expect((simulation.allowed[.orderCancelAll] ?? 0) > Int(0.95 * 150))
        #expect((simulation.allowed[.webSocketMessage] ?? 0) > Int(0.95 * 500))
    }

    @Test func theEleventhCallWaitsUntilTheFirstIsASecondOld() {
        var budget = RateBudget(table: .upbit)
        for index in 0..<10 { #expect(call(&budget, .candles, Int64(index))) }
        let freeAt = Instant(microseconds: 1_000_000 + RateBudget.marginMicroseconds)
        #expect(budget.request(.candles, now: at(20)) == .wait(until: freeAt))
        #expect(call(&budget, .ticker, 20), "another group has its own limit")
        #expect(call(&budget, .candles, 1_011))
    }

    @Test func aCallUnderWayOccupiesItsPlaceAndAnUnusedOneGivesItBack() {
        var budget = RateBudget(table: .upbit)
        var permits: [RatePermit] = []
        for _ in 0..<10 {
            if case .granted(let permit) = budget.request(.candles, now: at(0)) { permits.append(permit) }
        }
        #expect(permits.count == 10)
        // None has been answered: they may arrive late, so a second later is not enough.
        if case .granted = budget.request(.candles, now: at(1_500)) {
            Issue.record("granted an eleventh call")
        }
        budget.finish(permits[0], .unused, now: at(1_500))
        #expect(call(&budget, .candles, 1_500))
        // A process that died with its permits gives them back by time.
        let expiry = 1_000 + RateBudget.arrivalMaxMicroseconds / 1_000
        #expect(call(&budget, .candles, expiry + 1))
        // A permit that comes back after its place was given away changes nothing.
        let before = budget
        budget.finish(permits[1], .unused, now: at(expiry + 2))
        #expect(call(&budget, .candles, expiry + 2))
        #expect(before != budget)
    }

    @Test func a429StopsTheGroupForAGrowingTime() {
        var budget = RateBudget(table: .upbit)
        var time: Int64 = 0
        var lengths: [Int64] = []
        for _ in 0..<9 {
            guard case .granted(let permit) = budget.request(.candles, now: at(time)) else {
                Issue.record("not granted at \(time)")
                return
            }
            budget.finish(permit, .tooMany(retryAfterSeconds: nil), now: at(time))
            guard case .stopped(let until) = budget.request(.candles, now: at(time + 1)) else {
                Issue.record("not stopped")
                return
            }
            lengths.append((until.microseconds - time * 1_000) / 1_000_000)
            #expect(call(&budget, .ticker, time + 1), "other groups go on")
            time = until.milliseconds + 1_100
        }
        #expect(lengths == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        // What the answer tells is believed.
        guard case .granted(let permit) = budget.request(.candles, now: at(time)) else { return }
        budget.finish(permit, .tooMany(retryAfterSeconds: 7), now: at(time))
        #expect(budget.stoppedUntil(.candles, now: at(time))?.microseconds == time * 1_000 + 7_010_000)
        // After a quiet time the doubling starts anew.
        time += 200_000
        #expect(call(&budget, .candles, time))
        guard case .granted(let next) = budget.request(.candles, now: at(time)) else { return }
        budget.finish(next, .tooMany(retryAfterSeconds: nil), now: at(time))
        #expect(budget.stoppedUntil(.candles, now: at(time))?.microseconds == time * 1_000 + 1_010_000)
    }

    @Test func a418StopsEveryoneUntilItsEndAndGrows() throws {
        var budget = RateBudget(table: .upbit)
        guard case .granted(let permit) = budget.request(.candles, now: at(0)) else { return }
        budget.finish(permit, .banned(seconds: 90), now: at(0))
        let end = try #require(budget.bannedUntil(now: at(0)))
        #expect(end.microseconds == 90_010_000)
        for group in RateGroup.allCases {
            #expect(budget.request(group, priority: .refill, now: at(89_000)) == .stopped(until: end))
        }
        #expect(budget.bannedUntil(now: at(90_011)) == nil)
        var lengths: [Int64] = []
        var time: Int64 = 100_000
        for _ in 0..<4 {
            guard case .granted(let permit) = budget.request(.ticker, now: at(time)) else { return }
            budget.finish(permit, .banned(seconds: nil), now: at(time))
            let until = try #require(budget.bannedUntil(now: at(time)))
            lengths.append((until.microseconds / 1_000 - time) / 1_000)
            time = until.milliseconds + 20_000
        }
        #expect(lengths == [120, 240, 480, 960])
    }

    @Test func callsOfOthersFromTheSameAddressTakePlaces() {
        var budget = RateBudget(table: .upbit)
        guard case .granted(let permit) = budget.request(.candles, now: at(0)) else { return }
        // Our first call, yet the exchange has counted seven.
        let remaining = RemainingRequests("group=candles; min=600; sec=3")
        budget.finish(permit, .answered(remaining), now: at(10))
        var granted = 0
        while call(&budget, .candles, 20) { granted += 1 }
        #expect(granted == 3)
        // A header of another group says nothing.
        guard case .granted(let ticker) = budget.request(.ticker, now: at(20)) else { return }
        budget.finish(ticker, .answered(RemainingRequests("group=market; min=600; sec=0")), now: at(30))
        #expect(call(&budget, .ticker, 40))
    }

    @Test func theRecordHoldsEverythingAndOthersAreRefused() {
        var budget = RateBudget(table: .upbit)
        for index in 0..<7 { _ = call(&budget, .candles, Int64(index)) }
        guard case .granted(let permit) = budget.request(.trades, now: at(3)) else { return }
        budget.finish(permit, .tooMany(retryAfterSeconds: 3), now: at(9))
        _ = budget.request(.trades, priority: .proof, now: at(10))
        var bytes = [UInt8](repeating: 0, count: budget.recordByteCount)
        bytes.withUnsafeMutableBytes { budget.write(to: $0) }
        bytes.withUnsafeBytes { raw in
            #expect(RateBudget(record: raw, table: .upbit) == budget)
            #expect(RateBudget(record: raw, table: .bithumb) == nil)
            #expect(
                RateBudget(record: UnsafeRawBufferPointer(rebasing: raw.dropLast()), table: .upbit) == nil)
        }
        bytes[0] ^= 1
        bytes.withUnsafeBytes { #expect(RateBudget(record: $0, table: .upbit) == nil) }
        #expect(RateBudget(table: .bithumb).recordByteCount <= RateBudget.recordBytesMax)
    }

    @Test func anyBytesAreARecordThatStillGrants() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<200 {
            var bytes = [UInt8](repeating: 0, count: RateBudget(table: .upbit).recordByteCount)
            bytes.withUnsafeMutableBytes { RateBudget(table: .upbit).write(to: $0) }
            for index in 24..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
            bytes.withUnsafeBytes { raw in
                guard var budget = RateBudget(record: raw, table: .upbit) else { return }
                let answer = budget.request(.candles, priority: .backfill, now: at(1_000))
                if case .granted(let permit) = answer {
                    budget.finish(permit, .answered(nil), now: at(1_010))
                }
                // However broken the times are, nobody waits longer than the longest stop.
                if case .wait(let until) = answer { #expect(until.microseconds < 100_000_000) }
                if case .stopped(let until) = answer { #expect(until.microseconds <= 86_402_000_000) }
            }
        }
    }

    @Test func aClockThatIsSetBackStopsNobodyForLong() {
        var budget = RateBudget(table: .upbit)
        for _ in 0..<10 { _ = call(&budget, .candles, 1_000_000) }
        guard case .wait(let until) = budget.request(.candles, now: at(0)) else { return }
        #expect(until.microseconds <= 1_010_000)
    }

    @Test(arguments: [
        ("group=candles; min=600; sec=9", "candles", 9),
        ("group=crix-trades;min=600;sec=0", "crix-trades", 0),
        ("sec=29; group=default", "default", 29),
    ])
    func theHeaderIsRead(text: String, name: String, seconds: Int) throws {
        let remaining = try #require(RemainingRequests(text))
        #expect(remaining.groupName == name && remaining.secondsLeft == seconds && remaining.group != nil)
    }

    @Test(arguments: [
        "", "group=candles", "sec=9", "group=; sec=1", "group=a; sec=-1", "group=a; sec=x", "nonsense",
    ])
    func whatIsNoSuchHeaderIsIgnored(text: String) {
        #expect(RemainingRequests(text) == nil)
    }

    @Test func theServerBansAfterTwentyRefusalsForAGrowingTime() {
        var limiter = ServerLimiter(table: .upbit)
        var verdicts: [ServerLimiter.Verdict] = []
        for _ in 0..<30 { verdicts.append(limiter.judge(.candles, now: at(0))) }
        let first = RemainingRequests(groupName: "candles", secondsLeft: 9, minutesLeft: 600)
        #expect(verdicts[0] == .allowed(first) && first.description == "group=candles; min=600; sec=9")
        #expect(verdicts[10] == .tooMany && verdicts[29] == .banned(secondsLeft: 60))
        #expect(limiter.judge(.ticker, now: at(59_999)) == .banned(secondsLeft: 1))
        for _ in 0..<30 { verdicts.append(limiter.judge(.candles, now: at(61_000))) }
        #expect(verdicts.last == .banned(secondsLeft: 120))
    }
}
