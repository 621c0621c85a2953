import Exchange
import Market
import Network
import TestKit
import Testing
import Upbit

/// What the exchange does at each of its bounds (docs/exchange.md).
@Suite struct ExchangeBoundTests {
    @Test func oneConnectionMoreThanAThousandIsRefusedWith503() async throws {
        var bench = try HubBench(isLimited: false)
        for _ in 0..<SocketHub.sessionsMax { _ = try bench.connect() }
        let verdict = bench.hub.connect(from: "127.0.0.1", hasOrigin: false, now: bench.now)
        guard case .refuse(503, _) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        bench.hub.closed(1)
        _ = try bench.connect()

        let server = try ServerBench()
        var inboxes: [WebSocketInbox] = []
        for _ in 0..<SocketHub.sessionsMax { inboxes.append(try await server.connect()) }
        let reason = try await server.refusal()
        #expect(reason?.code == .upgradeRefused && reason?.httpStatus == 503)
        #expect(try await server.state().contains("\"connections\":1000"))
        inboxes[0].connection?.close()
        _ = await inboxes[0].reasonOfEnd()
        var isWelcome = false
        for _ in 0..<50 where !isWelcome {
            isWelcome = try await server.refusal() == nil
        }
        #expect(isWelcome)
    }

    @Test func aClientThatDoesNotReadIsDroppedAndOthersAreNot() async throws {
        let bench = try ServerBench {
            $0.markets = 12
            $0.tradesPerSecond = 60_000
            $0.speed = 2
        }
        // It takes ten messages and no more.
        let slow = try await bench.connect(ServerBench.allTrades, messagesMax: 10, compresses: false)
        let other = try await bench.connect(
            "[{\"ticket\":\"t\"},{\"type\":\"candle.1s\",\"codes\":[\"KRW-XRP\"]}]")
        var connections = true
        let start = Monotonic.milliseconds()
        while connections, Monotonic.milliseconds() - start < ServerBench.patienceMilliseconds {
            try await Task.sleep(for: .milliseconds(50))
            connections = try await bench.state().contains("\"connections\":2")
        }
        #expect(!connections, "32 MiB are never reached")
        #expect(try await bench.state().contains("\"connections\":1,"))
        let before = other.waitingCount
        for _ in 0..<(before + 3) { _ = try await other.nextMessage() }
        // What the system had taken comes first, then the end.
        let (frames, reason) = await bench.untilEnd(slow)
        #expect(!frames.isEmpty && [.ended, .reset].contains(reason?.code), "\(String(describing: reason))")
    }

    @Test(.oneAtATime) func whoFallsBehindGoesOnInTurnsAndMissesNothing() throws {
        var whole = try HubBench(rate: 100_000)
        whole.hub.advance(to: whole.market + 1_000, now: whole.now)
        let all = whole.hub.takeEntries()
        var parts = try HubBench(rate: 100_000)
        var found: [LedgerEntry] = []
        var turns = 0
        let end = parts.market + 1_000
        while parts.hub.market < end {
            parts.hub.advance(to: end, now: parts.now, eventsMax: 500)
            let entries = parts.hub.takeEntries()
            // A millisecond is never left half.
            #expect(
                entries.count < 5_000 && entries.allSatisfy { $0.publishedMilliseconds <= parts.hub.market })
            #expect((found.last?.publishedMilliseconds ?? 0) < entries.first?.publishedMilliseconds ?? .max)
            found += entries
            turns += 1
        }
        #expect(found == all && turns > 20, "\(turns) turns, \(all.count) trades")
    }

    @Test func beyondTheAddressesThatAreRememberedAllStartAnew() throws {
        var bench = try HubBench()
        func connects(_ address: String) -> Bool {
            guard case .accept(let id) = bench.hub.connect(from: address, hasOrigin: false, now: bench.now)
            else { return false }
            bench.hub.closed(id)
            return true
        }
        for _ in 0..<5 { #expect(connects("10.0.0.1")) }
        #expect(!connects("10.0.0.1"))
        for number in 0..<1_022 { #expect(connects("10.1.\(number / 256).\(number % 256)")) }
        #expect(!connects("10.0.0.1"))
        #expect(connects("10.2.0.1") && connects("10.2.0.2"))
        #expect(connects("10.0.0.1"))
    }

    @Test func theOldestOfTooManyChangesIsForgotten() throws {
        var lossy = FaultSettings()
        lossy.loseShare = 1
        var fates = TradeFates(seed: 1, settings: lossy)
        let trade = ModelTrade(milliseconds: 0, number: 0, price: 1, volume: 1, isBuy: true)
        let symbol = try Symbol("KRW-BTC")
        for change in 1..<TradeFates.changesMax {
            fates.change(FaultSettings(), from: Int64(change) * 1_000)
        }
        #expect(fates.fate(trade, of: symbol, published: 0) == .lost)
        fates.change(FaultSettings(), from: 9_000_000)
        #expect(fates.fate(trade, of: symbol, published: 0) == .normal)
    }

    @Test func aMinuteHasAtMostItsTradesAndABookItsSteps() throws {
        let model = try plan(1, rate: 10_000_000).models[0]
        var source = MinuteSource(model)
        let plans = (0..<1_440).map { source.plan(monday / 60_000 + $0) }
        #expect(plans.map(\.trades).max() == MinutePlan.tradesMax)
        var trades = source.trades(in: monday / 60_000)
        let first = trades.next()
        let last = try #require(first)
        let level = last.price
        let book = BookModel(model).sides(after: last, at: last.milliseconds, depth: 30, level: level)
        // Buckets as wide as the price itself: the steps end before thirty of them are filled.
        #expect(book.asks.count < 30 && !book.asks.isEmpty)
    }
}
