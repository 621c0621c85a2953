import Capture
import Market
import Network
import Testing
import Upbit

@Suite struct SessionMachineTests {
    @Test func itConnectsSubscribesToEverythingAndIsLive() {
        var bench = SessionBench()
        #expect(bench.handle(.listen(SessionBench.items)).asksToConnect)
        #expect(bench.machine.state == .queueing)
        #expect(bench.handle(.turn(.webSocketConnect)) == [.connect(attempt: 1)])
        let opened = bench.handle(.opened(attempt: 1))
        #expect(opened == [.finishConnect(.answered(nil)), .askTurn(.webSocketMessage)])
        let sent = bench.handle(.turn(.webSocketMessage)).subscribed
        #expect(sent.map(Set.init) == Set(SessionBench.items))
        #expect(bench.machine.state == .subscribing)
        bench.now += 30
        let live = bench.receive(SessionBench.glance(SessionBench.items[0], isSnapshot: true))
        #expect(live.notices == [.live(attempt: 1, afterMilliseconds: 30)])
        #expect(bench.machine.state == .live)
    }

    @Test func aPingFollowsWhenTheRequestHasHadItsEffect() {
        var bench = SessionBench()
        bench.goLive()
        #expect(!bench.pass(600).asksForMessage)
        #expect(bench.pass(1_000).asksForMessage)
        #expect(bench.handle(.turn(.webSocketMessage)) == [.sendPing(attempt: 1)])
        #expect(!bench.pass(3_000).asksForMessage, "one is enough")
    }

    @Test(arguments: [NetworkError.Code.closedByPeer, .reset, .ended, .silent, .protocolViolation])
    func everyEndIsFollowedByANewBeginningWithTheWholeSet(code: NetworkError.Code) {
        var bench = SessionBench()
        bench.goLive()
        let ended = bench.handle(.closed(attempt: 1, SessionBench.error(code)))
        #expect(ended.ends == [SessionEnd(SessionBench.error(code))])
        #expect(bench.machine.state == .pausing)
        #expect(bench.pass(700).asksToConnect, "the first pause is at most half a second")
        bench.handle(.turn(.webSocketConnect))
        bench.handle(.opened(attempt: 2))
        #expect(bench.handle(.turn(.webSocketMessage)).subscribed.map(Set.init) == Set(SessionBench.items))
    }

    @Test func itTriesForEverWithBoundedPauses() {
        var bench = SessionBench(seed: 3)
        bench.handle(.listen(SessionBench.items))
        var pauses: [Int64] = []
        for _ in 0..<500 {
            bench.handle(.turn(.webSocketConnect))
            bench.handle(.closed(attempt: bench.machine.attempt, SessionBench.error(.refused)))
            let start = bench.now
            while bench.machine.state == .pausing { bench.pass(200) }
            pauses.append(bench.now - start)
        }
        #expect(pauses.allSatisfy { $0 <= SessionBackoff.mostMilliseconds + 200 })
        let late = pauses.dropFirst(20)
        #expect(late.contains { $0 < 5_000 } && late.contains { $0 > 20_000 }, "full jitter")
        #expect(pauses.prefix(3).allSatisfy { $0 <= 2_200 })
    }

    @Test func aConnectionThatHeldIsForgivenItsPast() {
        var bench = SessionBench(seed: 5)
        bench.handle(.listen(SessionBench.items))
        for _ in 0..<20 {
            bench.handle(.turn(.webSocketConnect))
            bench.handle(.closed(attempt: bench.machine.attempt, SessionBench.error(.refused)))
            while bench.machine.state == .pausing { bench.pass(200) }
        }
        bench.handle(.turn(.webSocketConnect))
        bench.handle(.opened(attempt: bench.machine.attempt))
        bench.handle(.turn(.webSocketMessage))
        for _ in 0..<200 {
            bench.receive(SessionBench.glance(SessionBench.items[0]))
            bench.pass(200)
        }
        bench.handle(.closed(attempt: bench.machine.attempt, SessionBench.error(.reset)))
        #expect(bench.pass(700).asksToConnect)
    }

    @Test func newsOfAnOlderAttemptChangesNothing() {
        var bench = SessionBench()
        bench.goLive()
        bench.handle(.closed(attempt: 1, SessionBench.error(.reset)))
        bench.pass(700)
        bench.handle(.turn(.webSocketConnect))
        let before = bench.machine.state
        #expect(bench.handle(.closed(attempt: 1, SessionBench.error(.ended))).isEmpty)
        #expect(bench.handle(.opened(attempt: 1)) == [.close(attempt: 1)])
        #expect(bench.machine.received(SessionBench.glance(SessionBench.items[0]), attempt: 1, at: 0).isEmpty)
        #expect(bench.machine.state == before)
    }

    @Test func theBudgetHearsWhatBecameOfItsTurn() {
        let outcomes: [(NetworkError, RateOutcome)] = [
            (SessionBench.error(.upgradeRefused, status: 429), .tooMany(retryAfterSeconds: nil)),
            (SessionBench.error(.upgradeRefused, status: 418), .banned(seconds: nil)),
            (SessionBench.error(.upgradeRefused, status: 503), .answered(nil)),
            (SessionBench.error(.nameNotFound), .unused), (SessionBench.error(.handshakeTimeout), .lost),
        ]
        for (error, outcome) in outcomes {
            var bench = SessionBench()
            bench.handle(.listen(SessionBench.items))
            bench.handle(.turn(.webSocketConnect))
            let actions = bench.handle(.closed(attempt: 1, error))
            #expect(actions.contains(.finishConnect(outcome)), "\(error)")
        }
    }

    @Test func aTurnThatIsDeniedIsAskedForWhenItIsTime() {
        var bench = SessionBench()
        bench.handle(.listen(SessionBench.items))
        bench.handle(.noTurn(.webSocketConnect, untilMilliseconds: bench.now + 7_000))
        #expect(!bench.pass(6_800).asksToConnect)
        #expect(bench.pass(400).asksToConnect)
    }

    @Test func aDriverThatNeverAnswersIsAskedAgain() {
        var bench = SessionBench()
        bench.handle(.listen(SessionBench.items))
        #expect(bench.pass(61_000).asksToConnect)
        bench.handle(.turn(.webSocketConnect))
        let given = bench.pass(16_000)
        #expect(given.contains(.finishConnect(.lost)) && given.ends == [.openTimeout])
        #expect(bench.machine.state != .connecting)
    }

    @Test func nothingAfterTheRequestIsAnEnd() {
        var bench = SessionBench()
        bench.handle(.listen(SessionBench.items))
        bench.handle(.turn(.webSocketConnect))
        bench.handle(.opened(attempt: 1))
        bench.handle(.turn(.webSocketMessage))
        #expect(bench.pass(10_200).closes)
        #expect(bench.pass(2_000).ends == [.mute], "a peer that does not answer our close is left behind")
    }

    @Test func aFailureThatTimeDoesNotMendIsTold() {
        for (code, tells) in [
            (NetworkError.Code.unknownAuthority, true), (.wrongHostName, true), (.refused, false),
        ] {
            var bench = SessionBench()
            bench.handle(.listen(SessionBench.items))
            bench.handle(.turn(.webSocketConnect))
            let notices = bench.handle(.closed(attempt: 1, SessionBench.error(code))).notices
            #expect(notices.contains(.failing(SessionBench.error(code))) == tells)
        }
    }

    @Test func anotherSetIsAskedForOnTheOpenConnection() {
        var bench = SessionBench()
        bench.goLive()
        bench.pass(1_200)
        bench.handle(.turn(.webSocketMessage))
        let fewer = Array(SessionBench.items.prefix(2))
        #expect(bench.handle(.listen(fewer)).asksForMessage)
        #expect(bench.handle(.turn(.webSocketMessage)).subscribed.map(Set.init) == Set(fewer))
        #expect(bench.machine.state == .live)
        #expect(bench.handle(.listen(fewer)).isEmpty, "the same set is no change")
        #expect(bench.handle(.listen([])).closes)
        bench.handle(.closed(attempt: 1, SessionBench.error(.closedByUs)))
        #expect(bench.machine.state == .idle)
        #expect(bench.pass(60_000).isEmpty)
    }

    @Test func itStopsInEveryState() {
        for state in SessionState.allCases where state != .stopped {
            var bench = SessionBench()
            switch state {
            case .idle: break
            case .queueing: bench.handle(.listen(SessionBench.items))
            case .connecting:
                bench.handle(.listen(SessionBench.items))
                bench.handle(.turn(.webSocketConnect))
            case .pausing:
                bench.goLive()
                bench.handle(.closed(attempt: 1, SessionBench.error(.reset)))
            case .closing:
                bench.goLive()
                bench.handle(.listen([]))
            case .subscribing:
                bench.handle(.listen(SessionBench.items))
                bench.handle(.turn(.webSocketConnect))
                bench.handle(.opened(attempt: 1))
            default: bench.goLive()
            }
            bench.handle(.stop)
            bench.pass(2_000)
            #expect(bench.machine.state == .stopped, "\(state)")
            #expect(bench.handle(.listen(SessionBench.items)).isEmpty)
            #expect(bench.handle(.opened(attempt: 9)) == [.close(attempt: 9)])
            #expect(bench.pass(5_000).isEmpty)
        }
    }
}
