import Capture
import Exchange
import Market
import Network
import Synchronization
import Testing
import Upbit

/// Real connections to the built-in exchange, with each of its faults.
@Suite struct SessionRunnerTests {
    private static let quick: SessionTimers = {
        var timers = SessionTimers()
        timers.firstData = 3_000
        timers.staleGrace = 1_000
        timers.silence = 4_000
        timers.statusSilence = 4_000
        return timers
    }()

    @Test(arguments: FaultSettings.Ending.allCases)
    func everyEndOfAConnectionIsHealed(ending: FaultSettings.Ending) async throws {
        let bench = try ExchangeBench()
        let runner = try bench.runner(timers: Self.quick)
        bench.listen(runner)
        await bench.wait("live") { bench.isLive(runner) }
        try await bench.control("end", "{\"ending\":\"\(ending.rawValue)\"}")
        await bench.wait("live again after \(ending)") {
            runner.figures().allSatisfy { $0.state == .live && $0.tally.opened >= 2 }
        }
        let before = bench.tradesCount
        await bench.wait("and trades come") { bench.tradesCount > before + 50 }
        let ends = bench.ends(runner)
        let expected: Set<SessionEnd> =
            switch ending {
            case .clean: [.closedByPeer]
            case .vanish, .midFrame: [.ended]
            case .reset: [.reset]
            case .silence: [.stale]
            }
        #expect(expected.isSubset(of: ends.keys), "\(ends)")
        await runner.stop()
        #expect(runner.figures().allSatisfy { $0.state == .stopped })
    }

    @Test func refusedConnectsAndRefusedUpgradesAreWaitedOut() async throws {
        let bench = try ExchangeBench { $0.faults.upgradeStatus = 429 }
        let runner = try bench.runner(connections: 1)
        bench.listen(runner)
        await bench.wait("refused with 429") { bench.ends(runner)[.limited] != nil }
        try await bench.control("faults", "{\"upgrade_status\":0,\"refuses_connects\":true}")
        await bench.wait("refused at all") {
            bench.ends(runner)[.unreachable] != nil || bench.ends(runner)[.ended] != nil
                || bench.ends(runner)[.reset] != nil
        }
        try await bench.control("faults", "{\"refuses_connects\":false}")
        await bench.wait("live") { bench.isLive(runner) }
        await runner.stop()
    }

    @Test func aStallIsNoEndAndNothingIsMissed() async throws {
        let bench = try ExchangeBench()
        let runner = try bench.runner(connections: 1)
        bench.listen(runner)
        await bench.wait("live") { bench.isLive(runner) }
        try await bench.control("stall", "{\"milliseconds\":2000}")
        let before = bench.tradesCount
        await bench.wait("trades after the stall") { bench.tradesCount > before + 400 }
        #expect(bench.ends(runner).isEmpty)
        await runner.stop()
    }

    @Test func brokenFramesAreFramesLikeAnyOther() async throws {
        let bench = try ExchangeBench { $0.faults.corruptShare = 0.2 }
        let runner = try bench.runner(connections: 1, compression: false)
        bench.listen(runner)
        await bench.wait("many frames") { bench.seen.withLock { $0.frames } > 400 }
        #expect(bench.ends(runner).isEmpty, "they are for quarantine, not for a reconnect")
        let (frames, trades) = bench.seen.withLock { ($0.frames, $0.trades.count) }
        #expect(trades < frames)
        await runner.stop()
    }

    @Test func aMarketThatIsRefusedLeavesTheOthersAlone() async throws {
        let bench = try ExchangeBench { $0.questions.unknownCode = .invalidParameter }
        let runner = try bench.runner(connections: 1)
        let unknown = try Symbol("KRW-NOSUCH")
        bench.listen(runner, symbols: ExchangeBench.symbols + [unknown])
        await bench.wait("the refusal is told") {
            bench.notices.contains {
                if case .refused(let items, let why) = $0 {
                    items == [SessionItem(.trade, unknown)] && why.name == "INVALID_PARAM"
                } else {
                    false
                }
            }
        }
        await bench.wait("the others go on") { bench.tradesCount > 50 && bench.isLive(runner) }
        #expect(runner.figures()[0].refusedCount == 1)
        await runner.stop()
    }

    @Test func aMarketThatIsMetWithSilenceIsTold() async throws {
        let bench = try ExchangeBench()
        let runner = try bench.runner(connections: 1, timers: Self.quick)
        let unknown = try Symbol("KRW-NOSUCH")
        bench.listen(runner, symbols: ExchangeBench.symbols + [unknown])
        await bench.wait("the silence is told") {
            bench.notices.contains(.unheard([SessionItem(.trade, unknown)]))
        }
        await runner.stop()
    }

    @Test func whenThereIsNoRoomReadingStopsAndNothingIsLost() async throws {
        let bench = try ExchangeBench { $0.tradesPerSecond = 100 }
        let runner = try bench.runner(connections: 1)
        bench.listen(runner, symbols: [ExchangeBench.symbols[2]])
        await bench.wait("live") { bench.isLive(runner) }
        bench.setRoom(0)
        await bench.wait("paused") { runner.figures()[0].isPaused }
        let before = bench.seen.withLock { $0.frames }
        try await Task.sleep(for: .seconds(1))
        #expect(bench.seen.withLock { $0.frames } == before)
        bench.setRoom(nil)
        await bench.wait("all of it comes") { bench.seen.withLock { $0.frames } > before + 20 }
        #expect(bench.ends(runner).isEmpty && !runner.figures()[0].isPaused)
        await runner.stop()
    }

    @Test func itWorksOverTLSWithTheExchangesAuthority() async throws {
        let bench = try ExchangeBench { $0.usesTLS = true }
        let runner = try bench.runner(channels: [.trade, .ticker, .orderBook])
        bench.listen(runner, [.trade, .ticker, .orderBook])
        await bench.wait("live") { bench.isLive(runner) && bench.tradesCount > 20 }
        await runner.stop()
        #expect(bench.notices.allSatisfy { $0.explained == nil })
    }

    @Test func aWrongAuthorityOrNameIsRefusedAndSaysWhatToDo() async throws {
        let bench = try ExchangeBench { $0.usesTLS = true }
        let byName = bench.server.addresses.websocket.replacing("localhost", with: "exchange.example")
        for (url, trust, code) in [
            (nil, Trust.system, NetworkError.Code.unknownAuthority), (byName, bench.trust, .wrongHostName),
        ] {
            let runner = try bench.runner(connections: 1, url: url, trust: trust)
            bench.listen(runner)
            await bench.wait("\(code) is told") {
                bench.notices.contains {
                    if case .failing(let error) = $0 { error.code == code } else { false }
                }
            }
            let told = bench.notices.compactMap { notice -> CaptureError? in
                if case .failing = notice { notice.explained } else { nil }
            }
            #expect(told.allSatisfy { $0.remedy?.isEmpty == false })
            #expect(bench.tradesCount == 0)
            await runner.stop()
        }
    }

    @Test func manyConnectionsStayWithinTheExchangesLimits() async throws {
        let bench = try ExchangeBench { $0.isLimited = true }
        let runner = try bench.runner(connections: 12)
        bench.listen(runner)
        let start = Monotonic.milliseconds()
        await bench.wait("all live") { bench.isLive(runner) }
        // Twelve connects at five a second; a turn comes back with the answer, not after its longest time.
        #expect(Monotonic.milliseconds() - start < 12_000)
        #expect(bench.ends(runner).isEmpty, "no 429 at any time: \(bench.ends(runner))")
        #expect(!bench.notices.contains(.messagesLimited))
        await runner.stop()
    }
}
