import Capture
import Market
import Network
import Testing
import Upbit

/// The watch over the age of data.
@Suite struct SessionWatchTests {
    private let items = SessionBench.items

    /// Ten minutes of lively markets.
    private func lively(_ speaking: [SessionItem]? = nil) -> SessionBench {
        var bench = SessionBench()
        bench.goLive()
        for _ in 0..<3_000 {
            for item in speaking ?? items { bench.receive(SessionBench.glance(item)) }
            bench.pass(200)
            bench.handle(.turn(.webSocketMessage))
        }
        bench.actions = []
        return bench
    }

    @Test func aLivelyConnectionThatFallsSilentIsAskedAgainThenLeft() {
        var bench = lively()
        let asked = bench.pass(6_500)
        #expect(bench.machine.state == .stale && asked.asksForMessage)
        #expect(bench.handle(.turn(.webSocketMessage)).subscribed != nil)
        #expect(bench.pass(3_200).closes)
        let after = bench.pass(2_200)
        #expect(after.ends == [.stale] && after.asksToConnect)
    }

    @Test func aStreamThatIsStuckIsLeftThoughTheExchangeAnswers() {
        var bench = lively()
        bench.pass(6_500)
        bench.handle(.turn(.webSocketMessage))
        for item in items { bench.receive(SessionBench.glance(item, isSnapshot: true)) }
        #expect(bench.machine.state == .live, "the exchange is there")
        var ends: [SessionEnd] = []
        for _ in 0..<60 where ends.isEmpty { ends = bench.pass(1_000).ends }
        #expect(ends == [.stale] || ends == [.marketsStale], "but it sends the present state only: \(ends)")
    }

    @Test func newsEndTheDoubt() {
        var bench = lively()
        bench.pass(6_500)
        bench.handle(.turn(.webSocketMessage))
        for _ in 0..<100 {
            for item in items { bench.receive(SessionBench.glance(item)) }
            bench.pass(200)
        }
        #expect(bench.machine.state == .live && bench.actions.ends.isEmpty)
    }

    @Test func aQuietConnectionMayBeSilentWhileTheExchangeSaysThatItIsThere() {
        var bench = SessionBench()
        bench.goLive()
        for _ in 0..<360 {
            bench.receive(FrameGlance(.status))
            bench.pass(10_000)
            bench.handle(.turn(.webSocketMessage))
        }
        #expect(bench.machine.state == .live && bench.actions.ends.isEmpty, "an hour without a trade")
        bench.pass(18_000)
        #expect(bench.machine.state == .stale)
    }

    @Test func withoutItsWordTheConnectionIsLeftBeforeTheIdleClose() {
        var bench = SessionBench()
        bench.goLive()
        bench.pass(108_000)
        #expect(bench.machine.state == .live)
        bench.pass(3_000)
        #expect(bench.machine.state == .stale)
    }

    @Test func aSilentMarketAmongLivelyOnesIsAskedForThenReconnectedThenBelieved() {
        var bench = lively()
        var silent: [SessionNotice] = []
        var asked = 0
        for _ in 0..<3_000 where silent.isEmpty {
            for item in items where item.symbol != SessionBench.symbols[2] {
                bench.receive(SessionBench.glance(item))
            }
            let actions = bench.pass(200)
            if actions.asksToConnect {
                bench.handle(.turn(.webSocketConnect))
                bench.handle(.opened(attempt: bench.machine.attempt))
            }
            if bench.handle(.turn(.webSocketMessage)).subscribed != nil {
                asked += 1
                for item in items { bench.receive(SessionBench.glance(item, isSnapshot: true)) }
            }
            if actions.closes {
                bench.handle(.closed(attempt: bench.machine.attempt, SessionBench.error(.closedByUs)))
            }
            silent = actions.notices.filter { if case .silent = $0 { true } else { false } }
        }
        #expect(silent == [.silent([SessionBench.symbols[2]])])
        #expect(bench.actions.ends == [.marketsStale], "one reconnect for its sake")
        #expect(asked == 2, "asked again, and again on the new connection")
        bench.actions = []
        for _ in 0..<3_000 {
            for item in items where item.symbol != SessionBench.symbols[2] {
                bench.receive(SessionBench.glance(item))
            }
            bench.pass(200)
        }
        #expect(bench.actions.ends.isEmpty && bench.actions.notices.isEmpty, "then it is believed")
    }

    @Test func aQuietMarketIsNobodysConcern() {
        var bench = lively(Array(items.prefix(4)))
        for _ in 0..<3_000 {
            for item in items.prefix(4) { bench.receive(SessionBench.glance(item)) }
            bench.pass(200)
        }
        #expect(bench.actions.notices.isEmpty && bench.machine.attempt == 1)
    }

    @Test func whatIsExpectedOfAMarketIsWatchedFromTheStart() {
        var bench = SessionBench()
        bench.machine.expect([SessionBench.symbols[0]: 0.9])
        bench.goLive()
        bench.actions = []
        for _ in 0..<100 {
            for item in items where item.symbol != SessionBench.symbols[0] {
                bench.receive(SessionBench.glance(item))
            }
            bench.pass(200)
            bench.handle(.turn(.webSocketMessage))
        }
        #expect(bench.actions.subscribed != nil, "a lively market is missed after ten seconds")
    }

    @Test func whileWeDoNotReadSilenceMeansNothing() {
        var bench = lively()
        bench.handle(.paused(attempt: 1))
        bench.pass(300_000)
        #expect(bench.machine.state == .live)
        bench.handle(.resumed(attempt: 1))
        bench.pass(3_000)
        #expect(bench.machine.state == .live)
        bench.pass(4_000)
        #expect(bench.machine.state == .stale)
    }
}
