import Testing
import yeoul

@Suite struct ServerKeepingTests {
    @Test func aServerThatDiedIsStartedAgainAndItsReturnIsTold() {
        var keeping = ServerKeeping()
        #expect(keeping.next(.runs, now: 0) == .nothing)
        #expect(keeping.next(.died, now: 1_000) == .restart(1))
        #expect(keeping.next(.runs, now: 3_000) == .tellRunsAgain)
        #expect(keeping.next(.runs, now: 4_000) == .nothing)
    }

    @Test func oneThatSomebodyStoppedStaysSoAndIsToldOnce() {
        var keeping = ServerKeeping()
        #expect(keeping.next(.stopped, now: 0) == .tellStopped)
        #expect(keeping.next(.stopped, now: 1_000) == .nothing)
        #expect(keeping.next(.runs, now: 2_000) == .tellRunsAgain)
        #expect(keeping.next(.stopped, now: 3_000) == .tellStopped)
    }

    @Test func startsHavePausesAndABound() {
        var keeping = ServerKeeping()
        var starts: [Int64] = []
        var given: [Int64] = []
        for second in 0..<500 {
            let now = Int64(second) * 1_000
            switch keeping.next(.died, now: now) {
            case .restart(let number):
                starts.append(now)
                #expect(number == starts.count)
            case .tellGivenUp: given.append(now)
            default: break
            }
        }
        #expect(starts == [0, 2_000, 6_000, 14_000, 30_000])
        #expect(given.count == 1)
        // After the window it is worth another try.
        #expect(keeping.next(.died, now: ServerKeeping.windowMilliseconds) == .restart(5))
    }
}
