import Capture
import Market
import Network
import Testing
import Upbit

/// What the exchange refuses on the socket: an error, and then silence.
@Suite struct SessionRefusalTests {
    private static let symbols = (0..<100).compactMap { try? Symbol("KRW-M\($0)") }

    /// Plays an exchange that refuses every request with one of `bad`; returns what it was last asked for
    /// without refusing, and how many requests that took.
    private func play(
        _ bench: inout SessionBench, bad: (SessionItem) -> Bool, name: String = "INVALID_PARAM"
    ) -> (listening: [SessionItem], requests: Int) {
        var listening: [SessionItem] = []
        var requests = 0
        for _ in 0..<4_000 {
            let actions = bench.handle(.turn(.webSocketMessage))
            if let items = actions.subscribed {
                requests += 1
                if items.contains(where: bad) {
                    bench.now += 20
                    bench.handle(
                        .refused(
                            attempt: bench.machine.attempt, RefusalMessage(name: name, message: "no")))
                } else {
                    listening = items
                }
            }
            if let item = listening.first { bench.receive(SessionBench.glance(item)) }
            bench.pass(200)
            if bench.machine.trial.isOver, bench.machine.state == .live { break }
        }
        return (listening, requests)
    }

    private func opened(_ items: [SessionItem], seed: UInt64 = 1) -> SessionBench {
        var bench = SessionBench(seed: seed)
        bench.handle(.listen(items))
        bench.handle(.turn(.webSocketConnect))
        bench.handle(.opened(attempt: 1))
        return bench
    }

    private func refusedItems(_ bench: SessionBench) -> Set<SessionItem> {
        var found: Set<SessionItem> = []
        for case .refused(let items, _) in bench.actions.notices { found.formUnion(items) }
        return found
    }

    @Test func oneRefusedMarketLeavesTheOthersAlone() throws {
        let items = Self.symbols.flatMap { [SessionItem(.trade, $0), SessionItem(.orderBook, $0)] }
        let bad = SessionItem(.trade, Self.symbols[37])
        var bench = opened(items)
        let (listening, requests) = play(&bench, bad: { $0 == bad })
        #expect(Set(listening) == Set(items).subtracting([bad]))
        #expect(refusedItems(bench) == [bad])
        #expect(requests < 30, "\(requests)")
    }

    @Test func aRefusedChannelIsFoundByThreeSamples() throws {
        let items = Self.symbols.flatMap { [SessionItem(.trade, $0), SessionItem(.candle(.minute1), $0)] }
        var bench = opened(items)
        let (listening, requests) = play(&bench, bad: { $0.channel == .candle(.minute1) })
        #expect(Set(listening) == Set(items.filter { $0.channel == .trade }))
        #expect(refusedItems(bench).count == 100)
        #expect(requests < 12, "\(requests)")
    }

    @Test(arguments: 0..<40)
    func anyPartThatIsRefusedIsFound(seed: UInt64) throws {
        var random = JitterSource(seed: seed)
        let items = Self.symbols.flatMap { [SessionItem(.trade, $0), SessionItem(.ticker, $0)] }
        let bad = Set(
            (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
                items.randomElement(using: &random)
            })
        var bench = opened(items, seed: seed)
        let (listening, _) = play(&bench, bad: { bad.contains($0) })
        let told = refusedItems(bench)
        #expect(told.isSuperset(of: bad), "each is told of, seed \(seed)")
        #expect(Set(listening) == Set(items).subtracting(told))
        // Only when three samples of a channel happen to be bad, the rest of it is given up for a while.
        #expect(told == bad || bad.count >= SubscriptionTrial.samplesMax)
    }

    @Test func whenEverythingIsRefusedItPausesAndTriesAgain() {
        var bench = opened(SessionBench.items)
        for _ in 0..<60 where bench.machine.state != .closing {
            if bench.handle(.turn(.webSocketMessage)).subscribed != nil {
                bench.handle(.refused(attempt: 1, RefusalMessage(name: "NO_CODES", message: "no")))
            }
            bench.pass(200)
        }
        bench.handle(.closed(attempt: 1, SessionBench.error(.closedByUs)))
        #expect(bench.actions.ends == [.refused])
        #expect(refusedItems(bench) == Set(SessionBench.items))
        #expect(!bench.pass(500_000).asksToConnect)
        #expect(bench.pass(200_000).asksToConnect)
    }

    @Test func whatWasRefusedIsTriedAgain() {
        let items = SessionBench.items
        var bench = opened(items)
        _ = play(&bench, bad: { $0 == items[0] })
        var asked = false
        for _ in 0..<700 {
            bench.receive(SessionBench.glance(items[1]))
            for item in items.dropFirst() { bench.receive(SessionBench.glance(item)) }
            bench.pass(1_000)
            if bench.handle(.turn(.webSocketMessage)).subscribed?.contains(items[0]) == true { asked = true }
        }
        #expect(asked)
        #expect(bench.machine.attempt == 1, "on the same connection")
    }

    @Test func aRateLimitIsWaitedOut() {
        var bench = opened(SessionBench.items)
        bench.handle(.turn(.webSocketMessage))
        let told = bench.handle(.refused(attempt: 1, RefusalMessage(name: "TOO_MANY_REQUEST", message: "")))
        #expect(told.notices == [.messagesLimited])
        #expect(!bench.pass(800).asksForMessage)
        #expect(bench.pass(1_000).asksForMessage)
        #expect(bench.handle(.turn(.webSocketMessage)).subscribed.map(Set.init) == Set(SessionBench.items))
        #expect(refusedItems(bench).isEmpty)
    }

    @Test func aPingThatIsNotUnderstoodIsNoMarketsFault() {
        var bench = SessionBench()
        bench.goLive()
        bench.pass(1_400)
        #expect(bench.handle(.turn(.webSocketMessage)) == [.sendPing(attempt: 1)])
        #expect(bench.handle(.refused(attempt: 1, RefusalMessage(name: "WRONG_FORMAT", message: ""))).isEmpty)
        #expect(bench.machine.state == .live)
    }

    @Test func whoDoesNotEvenShowItsStateIsTold() {
        var bench = SessionBench()
        bench.handle(.listen(SessionBench.items))
        bench.handle(.turn(.webSocketConnect))
        bench.handle(.opened(attempt: 1))
        bench.handle(.turn(.webSocketMessage))
        for item in SessionBench.items.dropLast() {
            bench.receive(SessionBench.glance(item, isSnapshot: true))
        }
        let told = bench.pass(11_000).notices
        #expect(told == [.unheard([SessionBench.items[5]])])
    }
}
