import Quotation
import Testing

@Suite struct BudgetSourceTests {
    /// A source and times in milliseconds. A limit a second has 3 s of quiet: its period and two seconds more.
    private final class Driven {
        var source = BudgetSource()

        func place(_ now: Int64, period: Int64 = 1_000) -> BudgetSource.Place {
            source.place(periodMilliseconds: period, nowMilliseconds: now)
        }

        func looks(_ now: Int64) -> Bool { source.shouldProbe(nowMilliseconds: now) }
        func lookInVain(_ now: Int64) { source.probeFailed(nowMilliseconds: now) }
        func fail(_ now: Int64) { source.failed(nowMilliseconds: now) }

        func answer(shares: Int64, _ now: Int64) {
            source.answered(sharesMilliseconds: shares, nowMilliseconds: now)
        }
    }

    /// Two and three hosts, a database that goes away for a minute, for a second, and twice in succession.
    @Test(arguments: [2, 3, 5], [UInt64](1...10))
    func hostsThatLoseTheirDatabaseBreakNoLimitAndUseTheirShares(hosts: Int, seed: UInt64) {
        var simulation = HostsSimulation(
            hosts: hosts, outages: [100..<160, 200..<201, 230..<234, 240..<245], seed: seed)
        simulation.run(seconds: 360)
        #expect(simulation.violations == 0)
        #expect(simulation.used(in: 5..<99) >= 0.95, "\(simulation.used(in: 5..<99))")
        // Two hosts' shares are the whole, three have nine calls of ten.
        #expect(simulation.used(in: 110..<159) >= 0.85, "\(simulation.used(in: 110..<159))")
        #expect(simulation.used(in: 280..<360) >= 0.95, "\(simulation.used(in: 280..<360))")
    }

    /// One host makes no calls while the database comes back, and the other takes the whole meanwhile.
    @Test(arguments: [UInt64](1...4))
    func aHostThatWasIdleAtTheReturnBreaksNoLimit(seed: UInt64) {
        var simulation = HostsSimulation(hosts: 2, outages: [100..<160], seed: seed)
        simulation.idle = 130..<250
        simulation.run(seconds: 300)
        #expect(simulation.violations == 0)
        #expect(simulation.used(in: 180..<249) >= 0.9, "\(simulation.used(in: 180..<249))")
    }

    @Test func afterTheLossNobodyCallsUntilTheLastCallsAreOutOfTheWindows() {
        let source = Driven()
        #expect(source.place(0) == .database)
        source.fail(100)
        #expect(source.place(101) == .nobody(untilMilliseconds: 2_100), "it is looked for then")
        #expect(source.place(3_200) == .nobody(untilMilliseconds: 3_250), "nobody has looked")
        source.lookInVain(2_200)
        #expect(source.place(3_099) == .nobody(untilMilliseconds: 3_100))
        #expect(source.place(3_100) == .share)
        // A limit a minute does not hold calls up for a minute.
        let slow = source.place(3_100, period: 60_000)
        #expect(slow == .nobody(untilMilliseconds: 4_100))
        // Further failures change nothing.
        source.fail(3_500)
        #expect(source.place(3_501) == .share)
    }

    @Test func theDatabaseIsLookedForByOneAtATimeAndNotAllTheTime() {
        let source = Driven()
        #expect(!source.looks(0), "it is there")
        source.fail(100)
        #expect(!source.looks(2_099))
        #expect(source.looks(2_100))
        #expect(!source.looks(9_000), "one is under way")
        source.lookInVain(9_100)
        #expect(!source.looks(11_099))
        #expect(source.looks(11_100))
    }

    @Test func whoComesBackKeepsToTheShareUntilAllAreBackAndIsQuietAtTheChange() {
        let source = Driven()
        source.fail(0)
        source.lookInVain(2_100)
        #expect(source.place(9_999) == .share)
        source.answer(shares: 10_000, 20_000)
        #expect(!source.source.isAway)
        // The others may have been granted calls by the database until then.
        #expect(source.place(20_001) == .nobody(untilMilliseconds: 23_000))
        #expect(source.place(23_000) == .share)
        #expect(source.place(27_000) == .nobody(untilMilliseconds: 30_000))
        #expect(source.place(30_000) == .database)
        // Another one came back later: again, and first its own calls must be out of the windows.
        source.answer(shares: 9_000, 30_010)
        #expect(source.place(30_011) == .nobody(untilMilliseconds: 33_010))
        #expect(source.place(33_010) == .share)
        #expect(source.place(39_010) == .database)
    }

    @Test func afterATimeWithoutCallsTheDatabaseIsLookedForFirst() {
        let source = Driven()
        source.fail(0)
        source.lookInVain(2_100)
        #expect(source.place(9_999) == .share)
        #expect(source.looks(60_000))
        #expect(source.place(60_000) == .nobody(untilMilliseconds: 60_050))
        source.lookInVain(60_040)
        #expect(source.place(60_050) == .share)
    }

    @Test func aTimeThatCannotBeIsBounded() {
        let source = Driven()
        source.answer(shares: .max, 0)
        #expect(source.place(9_999) == .nobody(untilMilliseconds: 10_000))
        #expect(source.place(10_000) == .database)
    }
}
