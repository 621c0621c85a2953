import Capture
import Market
import Storage
import Testing

@Suite struct CoverageTrackerTests {
    private let start = Instant(microseconds: 1_773_240_000_000_000)
    private let bitcoin: Symbol
    private let ether: Symbol

    init() throws {
        bitcoin = try Symbol("KRW-BTC")
        ether = try Symbol("KRW-ETH")
    }

    private func at(_ seconds: Int64) -> Instant { start.adding(seconds: seconds) }

    @Test func anEmptyDatabaseHasNoGapAndAnEarlierRunLeavesOne() {
        var fresh = CoverageTracker(baseline: nil)
        #expect(fresh.live([bitcoin], on: 1, now: at(0)).isEmpty)
        var second = CoverageTracker(baseline: at(-3_600))
        #expect(
            second.live([bitcoin, ether], on: 1, now: at(0))
                == [bitcoin, ether].map {
                    Gap($0, at(-3_610)..<at(2), reason: "restart")
                })
        #expect(second.live([bitcoin], on: 2, now: at(1)).isEmpty, "a second connection misses nothing")
    }

    @Test func aMarketIsProvableFromWhereItWasHeardFirstOrItsFirstGapBegins() {
        var fresh = CoverageTracker(baseline: nil)
        _ = fresh.look([connection(0, 1, [bitcoin])], now: clock(0))
        _ = fresh.look([connection(0, 1, [bitcoin])], now: clock(300))
        #expect(fresh.takeFirstHeard() == [bitcoin: at(0)], "however late it is asked for")
        _ = fresh.look([connection(0, 2, [bitcoin]), connection(1, 1, [ether])], now: clock(600))
        #expect(fresh.takeFirstHeard().keys.sorted() == [ether])
        #expect(fresh.takeFirstHeard().isEmpty)
        var restarted = CoverageTracker(baseline: at(-60))
        _ = restarted.look([connection(0, 1, [bitcoin])], now: clock(0))
        #expect(restarted.takeFirstHeard() == [bitcoin: at(-60)])
    }

    @Test func whatIsMissedBeforeTheDatabaseAnswersIsMissedToo() {
        var tracker = CoverageTracker()
        #expect(tracker.look([connection(0, 1, [bitcoin], data: 0)], now: clock(0)).isEmpty)
        #expect(tracker.look([connection(0, 1, [bitcoin], isLive: false)], now: clock(50)).isEmpty)
        let lost = tracker.look([connection(0, 2, [bitcoin], data: 80)], now: clock(80))
        #expect(lost == [Gap(bitcoin, at(-10)..<at(82), reason: "disconnect")])
        var empty = tracker
        let none = empty.learn(baseline: nil)
        let heard = empty.takeFirstHeard()
        #expect(none.isEmpty && heard == [bitcoin: at(0)])
        #expect(!tracker.knowsBaseline)
        #expect(tracker.learn(baseline: at(-60)) == [Gap(bitcoin, at(-70)..<at(2), reason: "restart")])
        #expect(tracker.knowsBaseline)
        #expect(tracker.takeFirstHeard() == [bitcoin: at(-60)])
        #expect(tracker.learn(baseline: at(-90)).isEmpty, "once")
    }

    @Test func aLostConnectionLeavesAGapFromWhatWasHeardLast() {
        var tracker = CoverageTracker(baseline: nil)
        _ = tracker.live([bitcoin], on: 1, now: at(0))
        _ = tracker.live([ether], on: 2, now: at(0))
        tracker.lost(1, lastHeard: at(100))
        let gaps = tracker.live([bitcoin], on: 1, now: at(130))
        #expect(gaps == [Gap(bitcoin, at(90)..<at(132), reason: "disconnect")])
    }

    @Test func aMarketOfTwoConnectionsIsMissedOnlyWhileBothAreLost() {
        var tracker = CoverageTracker(baseline: nil)
        _ = tracker.live([bitcoin], on: 1, now: at(0))
        _ = tracker.live([bitcoin], on: 2, now: at(0))
        tracker.lost(1, lastHeard: at(100))
        #expect(tracker.live([bitcoin], on: 1, now: at(110)).isEmpty)
        tracker.lost(1, lastHeard: at(200))
        tracker.lost(2, lastHeard: at(230))
        #expect(
            tracker.live([bitcoin], on: 1, now: at(240)) == [
                Gap(bitcoin, at(220)..<at(242), reason: "disconnect")
            ])
        #expect(tracker.live([bitcoin], on: 2, now: at(241)).isEmpty)
    }

    @Test func aNewMarketIsMissedSinceTheListWasReadBefore() {
        var tracker = CoverageTracker(baseline: at(-3_600))
        let first = tracker.look(
            [connection(0, 1, [bitcoin]), connection(1, 0, [], isLive: false)], now: clock(0))
        #expect(first.map(\.reason) == ["restart"])
        let gaps = tracker.look(
            [connection(0, 1, [bitcoin]), connection(1, 1, [ether])], now: clock(600))
        #expect(gaps == [Gap(ether, at(470)..<at(602), reason: "listed")])
    }

    @Test func connectionsThatOpenLateMissedEverythingSinceTheEarlierRun() {
        var tracker = CoverageTracker(baseline: at(-3_600))
        _ = tracker.look(
            [connection(0, 1, [bitcoin]), connection(1, 1, [ether], isLive: false)], now: clock(0))
        let gaps = tracker.look([connection(0, 1, [bitcoin]), connection(1, 1, [ether])], now: clock(30))
        #expect(gaps == [Gap(ether, at(-3_610)..<at(32), reason: "restart")])
    }

    private func connection(
        _ index: Int, _ attempt: Int, _ symbols: Set<Symbol>, isLive: Bool = true, data: Int64? = nil
    ) -> CoverageTracker.Connection {
        CoverageTracker.Connection(
            index: index, attempt: attempt, isLive: isLive, symbols: symbols,
            lastDataMilliseconds: data.map { $0 * 1_000 })
    }

    private func clock(_ seconds: Int64) -> ProofClock {
        ProofClock(milliseconds: seconds * 1_000, exchange: at(seconds))
    }

    @Test func aMarketThatNoConnectionWantsForAMinuteIsGone() {
        var tracker = CoverageTracker(baseline: nil)
        let both: Set<Symbol> = [bitcoin, ether]
        _ = tracker.look([connection(0, 1, both, data: 0)], now: clock(0))
        let taken1 = tracker.takeFirstHeard()
        #expect(taken1.count == 2)
        _ = tracker.look([connection(0, 1, [bitcoin], data: 100)], now: clock(100))
        let taken2 = tracker.takeGone(now: clock(159))
        #expect(taken2.isEmpty)
        // The same while the connection is away.
        _ = tracker.look([connection(0, 1, [bitcoin], isLive: false)], now: clock(130))
        let taken3 = tracker.takeGone(now: clock(160))
        #expect(taken3 == [ether: at(100)])
        let taken4 = tracker.takeGone(now: clock(900))
        #expect(taken4.isEmpty, "once")
        // It is listed again: proven from there, and what lies between is missed.
        let gaps = tracker.look([connection(0, 2, both, data: 1_000)], now: clock(1_000))
        #expect(gaps.first { $0.symbol == ether }?.interval == at(90)..<at(1_002))
        let taken5 = tracker.takeFirstHeard()
        #expect(taken5 == [ether: at(100)])
        _ = tracker.look([connection(0, 2, [bitcoin], data: 1_100)], now: clock(1_100))
        let taken6 = tracker.takeGone(now: clock(1_200))
        #expect(taken6 == [ether: at(1_100)])
    }

    @Test func whoIsWantedAgainInTimeOrBeforeAnyListIsKnownIsNotGone() {
        var tracker = CoverageTracker(baseline: nil)
        _ = tracker.look([connection(0, 1, [bitcoin, ether], data: 0)], now: clock(0))
        _ = tracker.look([connection(0, 1, [bitcoin], data: 50)], now: clock(50))
        _ = tracker.look(
            [connection(0, 1, [bitcoin]), connection(1, 0, [ether], isLive: false)], now: clock(90))
        _ = tracker.look([connection(0, 1, [])], now: clock(100))
        let taken7 = tracker.takeGone(now: clock(1_000))
        #expect(taken7.isEmpty)
    }

    @Test func aConnectionThatIsAnotherOneMissedWhatLiesBetween() {
        var tracker = CoverageTracker(baseline: nil)
        _ = tracker.look([connection(0, 1, [bitcoin], data: 0)], now: clock(0))
        _ = tracker.look([connection(0, 1, [bitcoin], data: 49)], now: clock(50))
        let between = tracker.look([connection(0, 1, [bitcoin], isLive: false)], now: clock(60))
        #expect(between.isEmpty)
        let gaps = tracker.look([connection(0, 2, [bitcoin], data: 80)], now: clock(80))
        #expect(gaps == [Gap(bitcoin, at(39)..<at(82), reason: "disconnect")])
        // Even when nobody looked while it was away.
        let quick = tracker.look([connection(0, 3, [bitcoin], data: 90)], now: clock(90))
        #expect(quick == [Gap(bitcoin, at(70)..<at(92), reason: "disconnect")])
    }

    @Test func aMarketThatMovesToAnotherConnectionIsFetchedForThatMoment() {
        var tracker = CoverageTracker(baseline: nil)
        let both: Set<Symbol> = [bitcoin, ether]
        _ = tracker.look([connection(0, 1, both, data: 0), connection(1, 1, [])], now: clock(0))
        let gaps = tracker.look(
            [connection(0, 1, [bitcoin], data: 100), connection(1, 1, [ether], data: 100)], now: clock(100))
        #expect(gaps.map(\.symbol) == [ether])
        #expect(gaps.first?.interval.lowerBound == at(90))
    }
}
