import Derivation
import Market
import Testing

/// Which markets' provisional values come now, and how old the oldest snapshot is.
@Suite struct PaceTests {
    private func at(_ seconds: Int64) -> Instant {
        Instant(microseconds: 1_790_000_000_000_000).adding(seconds: seconds)
    }

    @Test func theMarketThatHasWaitedLongestComesFirst() throws {
        let (ada, btc, eth) = (try Symbol("KRW-ADA"), try Symbol("KRW-BTC"), try Symbol("KRW-ETH"))
        var pace = ProvisionalPace()
        pace.owe([eth])
        #expect(pace.take(now: at(0), intervalMilliseconds: 1_000) == [eth])
        #expect(pace.dueAt == nil)
        pace.owe([ada, btc, eth])
        #expect(pace.take(now: at(0), intervalMilliseconds: 1_000) == [ada])
        #expect(pace.isDue(at: at(0)), "there is one that was never written")
        #expect(pace.take(now: at(0), intervalMilliseconds: 1_000) == [btc])
        #expect(pace.dueAt == at(1), "the last may come after a second")
        #expect(pace.take(now: at(0), intervalMilliseconds: 1_000).isEmpty)
        pace.owe([ada])
        #expect(pace.take(now: at(1), intervalMilliseconds: 1_000) == [ada, eth])
        #expect(!pace.isDue(at: at(100)))
    }

    /// As many of all as the time is of the interval: what came at once does not stay together.
    @Test func marketsAreSpreadOverTheCommitsOfAnInterval() throws {
        let all = try (0..<200).map { try Symbol("KRW-M\($0)") }
        var pace = ProvisionalPace()
        var counts: [Int] = []
        for tick in 0..<300 {
            pace.owe(all)
            let now = at(0).adding(milliseconds: Int64(tick) * 10)
            counts.append(pace.take(now: now, intervalMilliseconds: 1_000).count)
        }
        #expect(counts[0] == ProvisionalPace.marketsMax, "nothing came before")
        #expect(counts.dropFirst().max() == 2, "200 a second")
        #expect(counts[100...].reduce(0, +) == 400, "each of them each second")
    }

    @Test func aTimeThatWentBackHoldsNothingUp() throws {
        let btc = try Symbol("KRW-BTC")
        var pace = ProvisionalPace()
        for seconds: Int64 in [3_600, 0, 1] {
            pace.owe([btc])
            #expect(pace.take(now: at(seconds), intervalMilliseconds: 1_000) == [btc])
        }
        pace.owe([btc])
        #expect(pace.take(now: at(1), intervalMilliseconds: 1_000).isEmpty)
    }

    @Test func whatWaitsInABacklogIsDueWhenSoMuchIsRead() throws {
        var pace = ProvisionalPace()
        pace.wait(behind: at(100))
        #expect(!pace.isDue(at: at(1_000)), "nothing is owed")
        pace.owe([try Symbol("KRW-BTC")])
        pace.wait(behind: at(100))
        #expect(!pace.isDue(at: at(94)))
        #expect(pace.isDue(at: at(95)))
    }

    /// Numbers that are given at ten a second.
    private func horizon(_ seconds: Int64, oldestOf before: Int64) -> SnapshotHorizon {
        SnapshotHorizon(next: seconds * 10, oldest: before * 10)
    }

    @Test func aSnapshotAgesAndIsForgottenWhenItEnds() {
        var age = SnapshotAge()
        #expect(age.isDue(at: at(0)))
        age.note(horizon(0, oldestOf: 0), at: at(0))
        #expect(!age.isDue(at: at(4)))
        #expect(age.isDue(at: at(5)))
        for second in stride(from: Int64(5), through: 60, by: 5) {
            // One is taken after 12 seconds.
            age.note(horizon(second, oldestOf: min(second, 12)), at: at(second))
        }
        #expect(age.milliseconds == 50_000, "as old as the look before it")
        // The next oldest was taken after 41 seconds.
        age.note(horizon(65, oldestOf: 41), at: at(65))
        #expect(age.milliseconds == 25_000)
        age.note(horizon(70, oldestOf: 70), at: at(70))
        #expect(age.milliseconds == 0)
    }

    @Test func oneFromBeforeTheFirstLookIsAsOldAsThatAtLeast() {
        var age = SnapshotAge()
        for second in stride(from: Int64(100), through: 1_000, by: 5) {
            age.note(horizon(second, oldestOf: 1), at: at(second))
            let looks = Int64(SnapshotAge.looksMax - 1)
            #expect(age.milliseconds == min(second - 100, looks * 5) * 1_000)
        }
    }

    @Test func anotherServerOrAnotherTimeBeginsAnew() {
        var age = SnapshotAge()
        age.note(horizon(100, oldestOf: 1), at: at(100))
        age.note(horizon(160, oldestOf: 1), at: at(160))
        #expect(age.milliseconds == 60_000)
        age.note(horizon(20, oldestOf: 20), at: at(165))
        #expect(age.milliseconds == 0)
        #expect(age.isDue(at: at(10)), "the time went back")
        age.note(horizon(30, oldestOf: 10), at: at(10))
        #expect(age.milliseconds == 0)
    }
}
