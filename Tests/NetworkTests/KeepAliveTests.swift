import Network
import Testing

@Suite struct KeepAliveTests {
    private static let second: Int64 = 1_000_000_000
    private static let schedule = KeepAlive.Schedule(
        pingEveryMilliseconds: 30_000, answerWithinMilliseconds: 10_000, idleMaxMilliseconds: 100_000,
        stallMaxMilliseconds: 20_000)

    @Test func pingsOnScheduleWhileTheyAreAnswered() {
        var keepAlive = KeepAlive(Self.schedule, at: 0)
        var pings = 0
        for time in 0..<300 {
            if keepAlive.next(at: Int64(time) * Self.second) == .ping {
                pings += 1
                keepAlive.received(at: Int64(time) * Self.second)
            }
        }
        #expect(pings == 9)
    }

    @Test func anUnansweredPingIsTheEnd() {
        var keepAlive = KeepAlive(Self.schedule, at: 0)
        #expect(keepAlive.next(at: 29 * Self.second) == .wait(until: 30 * Self.second))
        #expect(keepAlive.next(at: 30 * Self.second) == .ping)
        #expect(keepAlive.next(at: 39 * Self.second) == .wait(until: 40 * Self.second))
        guard case .giveUp = keepAlive.next(at: 40 * Self.second) else {
            Issue.record("a half-open connection was not noticed")
            return
        }
    }

    @Test func anythingReceivedCountsAsAnAnswer() {
        var keepAlive = KeepAlive(Self.schedule, at: 0)
        #expect(keepAlive.next(at: 30 * Self.second) == .ping)
        keepAlive.received(at: 35 * Self.second)
        #expect(keepAlive.next(at: 41 * Self.second) == .wait(until: 60 * Self.second))
    }

    @Test func aPauseOfOursIsNotTheirSilence() {
        var keepAlive = KeepAlive(Self.schedule, at: 0)
        keepAlive.paused()
        for time in stride(from: Int64(30), through: 600, by: 30) {
            #expect(keepAlive.next(at: time * Self.second) == .ping)
        }
        keepAlive.resumed(at: 600 * Self.second)
        #expect(keepAlive.next(at: 601 * Self.second) == .wait(until: 630 * Self.second))
    }

    @Test func aPeerThatTakesNothingIsGivenUp() {
        var keepAlive = KeepAlive(Self.schedule, at: 0)
        keepAlive.wrote(some: false, rest: true, at: 1 * Self.second)
        keepAlive.wrote(some: true, rest: true, at: 5 * Self.second)
        keepAlive.wrote(some: false, rest: true, at: 9 * Self.second)
        #expect(keepAlive.next(at: 24 * Self.second) == .wait(until: 25 * Self.second))
        guard case .giveUp = keepAlive.next(at: 25 * Self.second) else {
            Issue.record("a stalled peer was not noticed")
            return
        }
    }

    @Test func silenceBeyondTheIdleBoundIsTheEndWithoutPings() {
        let schedule = KeepAlive.Schedule(pingEveryMilliseconds: nil, idleMaxMilliseconds: 120_000)
        var keepAlive = KeepAlive(schedule, at: 0)
        #expect(keepAlive.next(at: 119 * Self.second) == .wait(until: 120 * Self.second))
        guard case .giveUp = keepAlive.next(at: 120 * Self.second) else {
            Issue.record("the idle bound did nothing")
            return
        }
    }
}
