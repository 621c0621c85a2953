import Capture
import Diagnostics
import Exchange
import Market
import Network
import Synchronization
import Testing
import Upbit

@Suite struct MarketServiceTests {
    private final class Listener: MarketObserver {
        let changes = Mutex<[MarketChange]>([])

        func marketsChanged(
            _ changes: [MarketChange], listings: [Symbol: MarketListing], at time: Instant
        ) {
            self.changes.withLock { $0 += changes }
        }
    }

    @Test func marketsComeAndGoWhileItRuns() async throws {
        let bench = try ExchangeBench { $0.speed = 240 }
        let runner = try bench.runner(connections: 2)
        let listener = Listener()
        let service = MarketService(
            try MarketSelection(["KRW-*"]), plan: try ConnectionPlan(connections: 2, copies: 2),
            quotation: try bench.quotation(), sessions: runner, observer: listener,
            logger: Logger(component: "capture", output: LogOutput(level: .critical)))
        #expect(await service.refresh() >= 50_000)
        await bench.wait("live") { bench.isLive(runner) && bench.tradesCount > 20 }
        let figures = runner.figures()
        #expect(figures[0].marketsCount == figures[1].marketsCount && figures[0].marketsCount >= 4)
        try await bench.control("markets", "{\"list\":\"KRW-YEOUL\"}")
        try await bench.control("markets", "{\"delist\":\"KRW-ETH\"}")
        try await bench.control("markets", "{\"rename\":\"KRW-XRP\",\"to\":\"KRW-XRPX\"}")
        try await Task.sleep(for: .milliseconds(600))
        _ = await service.refresh()
        _ = await service.refresh()
        let changes = listener.changes.withLock { $0 }
        let (new, old) = (try Symbol("KRW-YEOUL"), try Symbol("KRW-ETH"))
        #expect(
            changes.contains { if case .listed(let listing) = $0 { listing.symbol == new } else { false } })
        #expect(changes.contains(.delisted(old)))
        #expect(
            changes.contains {
                if case .renamed(let from, let listing) = $0 {
                    from.description == "KRW-XRP" && listing.symbol.description == "KRW-XRPX"
                } else {
                    false
                }
            })
        #expect(
            runner.figures()[0].marketsCount == figures[0].marketsCount, "one more, one less, one renamed")
        await bench.wait("the new one speaks") { (runner.counts[new] ?? 0) > 0 }
        #expect(bench.ends(runner).isEmpty, "on the connections that are open")
        await runner.stop()
    }

    @Test func aMaintenanceIsOneAlarmAndEndsByItself() async throws {
        let bench = try ExchangeBench()
        var timers = SessionTimers()
        timers.firstData = 2_000
        timers.staleGrace = 500
        timers.silence = 3_000
        timers.statusSilence = 3_000
        timers.outage = 3_000
        let runner = try bench.runner(timers: timers)
        bench.listen(runner)
        await bench.wait("live") { bench.isLive(runner) }
        // A slow start on a busy machine may have been an outage of its own.
        let before = bench.seen.withLock { $0.outages.count }
        try await bench.control("faults", "{\"maintenance\":true}")
        await bench.wait("no connection is live") {
            runner.figures().allSatisfy { $0.state != .live && $0.state != .stale }
        }
        runner.heardREST(.fails)
        await bench.wait("the alarm", seconds: 60) {
            runner.heardREST(.fails)
            return runner.outageCause == .maintenance
        }
        try await bench.control("faults", "{\"maintenance\":false}")
        await bench.wait("live again", seconds: 90) { bench.isLive(runner) }
        let outages = bench.seen.withLock { $0.outages.dropFirst(before) }
        #expect(outages.count == 2 && outages.first == .began(.maintenance), "\(outages)")
        await runner.stop()
    }
}
