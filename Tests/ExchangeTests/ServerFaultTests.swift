import Exchange
import Foundation
import Market
import Network
import Synchronization
import TestKit
import Testing
import Upbit

/// Faults of connections, REST, clocks and markets, from the client's side of a real socket.
@Suite struct ServerFaultTests {
    static let keepAlive = KeepAlive.Schedule(pingEveryMilliseconds: 100, answerWithinMilliseconds: 300)

    @Test(arguments: [
        (FaultSettings.Ending.clean, NetworkError.Code.closedByPeer), (.vanish, .ended), (.reset, .reset),
        (.midFrame, .ended), (.silence, .silent),
    ])
    func connectionsEndInEachWay(ending: FaultSettings.Ending, code: NetworkError.Code) async throws {
        let bench = try ServerBench()
        let inbox = try await bench.connect(ServerBench.allTrades, keepAlive: Self.keepAlive)
        _ = try await inbox.nextMessage()
        try await bench.control("end", "{\"ending\":\"\(ending.rawValue)\"}")
        let (frames, reason) = await bench.untilEnd(inbox)
        #expect(reason?.code == code, "\(ending): \(String(describing: reason))")
        #expect(decoded(frames).count == frames.count, "what came before is whole")
    }

    @Test func aStallIsAPauseAndThenEverythingComes() async throws {
        let bench = try ServerBench()
        let inbox = try await bench.connect(ServerBench.allTrades)
        _ = try await inbox.nextMessage()
        try await bench.control("stall", "{\"milliseconds\":700}")
        var longest: Int64 = 0
        var last = Monotonic.milliseconds()
        var received = 0
        let end = last + 1_500
        while last < end {
            _ = try await inbox.nextMessage()
            let now = Monotonic.milliseconds()
            longest = max(longest, now - last)
            last = now
            received += 1
        }
        #expect(longest >= 400 && received > 50, "\(longest) ms, \(received) messages")
    }

    @Test func connectsAreRefusedAndThenWelcomeAgain() async throws {
        let bench = try ServerBench()
        let open = try await bench.connect(ServerBench.allTrades)
        try await bench.control("faults", "{\"refuses_connects\":true}")
        var reason: NetworkError?
        for _ in 0..<50 where reason?.code != .refused {
            let inbox = WebSocketInbox()
            let address = try Address(bench.server.addresses.websocket)
            _ = bench.sockets.connect(
                WebSocketRequest(to: address, openMillisecondsMax: ServerBench.patienceMilliseconds),
                consumer: inbox)
            reason = await inbox.reasonOfEnd()
        }
        #expect(reason?.code == .refused)
        await #expect(throws: NetworkError.self) { try await bench.get("/market/all") }
        // Who was there before goes on.
        let last = open.waitingCount
        for _ in 0..<(last + 200) { _ = try await open.nextMessage() }
        try await bench.control("faults", "{\"refuses_connects\":false}")
        let inbox = try await bench.connect(ServerBench.allTrades)
        _ = try await inbox.nextMessage()
    }

    @Test func anUpgradeIsAnsweredWith429() async throws {
        let bench = try ServerBench()
        try await bench.control("faults", "{\"upgrade_status\":429}")
        let inbox = WebSocketInbox()
        _ = bench.sockets.connect(
            WebSocketRequest(
                to: try Address(bench.server.addresses.websocket),
                openMillisecondsMax: ServerBench.patienceMilliseconds), consumer: inbox)
        let reason = await inbox.reasonOfEnd()
        #expect(reason?.code == .upgradeRefused && reason?.httpStatus == 429)
    }

    @Test func tooManyConnectsInASecondAreRefusedWith429() async throws {
        let bench = try ServerBench { $0.isLimited = true }
        var statuses: [Int?] = []
        for _ in 0..<12 {
            let inbox = WebSocketInbox()
            _ = bench.sockets.connect(
                WebSocketRequest(
                    to: try Address(bench.server.addresses.websocket),
                    openMillisecondsMax: ServerBench.patienceMilliseconds), consumer: inbox)
            if case .closed(let reason) = await inbox.next() { statuses.append(reason.httpStatus) }
        }
        #expect(statuses.contains(429))
    }

    @Test func RESTIsSlowFailsHangsAndBans() async throws {
        let bench = try ServerBench()
        try await bench.control("faults", "{\"rest_delay_milliseconds\":300}")
        let slow = try await bench.get("/market/all")
        #expect(slow.isSuccess && slow.totalMicroseconds >= 300_000)
        try await bench.control(
            "faults", "{\"rest_delay_milliseconds\":0,\"rest_fail_share\":1,\"rest_fail_status\":503}")
        var bodies: Set<String> = []
        for _ in 0..<6 {
            let failed = try await bench.get("/market/all")
            #expect(failed.status == 503)
            bodies.insert(String(failed.text.prefix(6)))
        }
        #expect(bodies == ["", "<html>", "{\"erro"])
        try await bench.control("faults", "{\"rest_fail_share\":0,\"rest_hang_share\":1}")
        let error = await #expect(throws: NetworkError.self) {
            try await bench.get("/market/all", firstByteMilliseconds: 300)
        }
        #expect(error?.code == .firstByteTimeout)
        try await bench.control("faults", "{\"profile\":\"none\",\"rest_banned\":true}")
        #expect(try await bench.get("/market/all").status == 418)
        try await bench.control("faults", "{\"profile\":\"none\"}")
        #expect(try await bench.get("/market/all").isSuccess)
    }

    @Test func theClockIsAheadAndStepsOn() async throws {
        let bench = try ServerBench { $0.start = nil }
        func ageMilliseconds() async throws -> Int64 {
            let rows = try await bench.trades("/trades/ticks?market=KRW-XRP&count=1")
            let last = try #require(rows.first).trade.time.milliseconds
            return WallClock.unixMicroseconds() / 1_000 - last
        }
        #expect(try await ageMilliseconds() > -100)
        try await bench.control("faults", "{\"clock_skew_milliseconds\":60000}")
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await ageMilliseconds() < -30_000, "trades of the future")
        try await bench.control("faults", "{\"clock_skew_milliseconds\":0}")
        let inbox = try await bench.connect(ServerBench.allTrades)
        for _ in 0..<4 { _ = try await inbox.nextMessage() }
        try await Task.sleep(for: .milliseconds(500))
        #expect(inbox.waitingCount == 0, "after a step back the market stands still")
        #expect(try await ageMilliseconds() < -30_000, "and what was shown stays")
    }

    @Test func marketsAreListedDelistedAndRenamed() async throws {
        let bench = try ServerBench { $0.speed = 240 }
        try await bench.control("markets", "{\"list\":\"KRW-YEOUL\"}")
        try await bench.control("markets", "{\"delist\":\"KRW-ETH\"}")
        try await bench.control("markets", "{\"rename\":\"KRW-XRP\",\"to\":\"KRW-XRPX\"}")
        try await Task.sleep(for: .milliseconds(900))
        let text = try await bench.get("/market/all").text
        #expect(
            text.contains("\"KRW-YEOUL\"") && !text.contains("\"KRW-ETH\"") && !text.contains("\"KRW-XRP\""))
        #expect(try await bench.get("/ticker?markets=KRW-ETH").status == 404)
        #expect(try await bench.get("/ticker?markets=KRW-XRP").status == 404)
        let renamed = try await bench.trades("/trades/ticks?market=KRW-XRPX&count=500")
        #expect(renamed.count == 500, "its history came along")
        #expect(!(try await bench.trades("/trades/ticks?market=KRW-YEOUL&count=5")).isEmpty)
        let inbox = try await bench.connect(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-YEOUL\",\"KRW-ETH\",\"KRW-XRPX\"]}]")
        var codes: Set<String> = []
        for _ in 0..<200 {
            let frame = try await inbox.nextMessage()
            if let symbol = decoded([frame]).first?.trade?.trade.symbol { codes.insert("\(symbol)") }
        }
        #expect(codes == ["KRW-YEOUL", "KRW-XRPX"])
        for wrong in [
            "{\"delist\":\"KRW-NONE\"}", "{\"list\":\"KRW-BTC\"}",
            "{\"rename\":\"KRW-BTC\",\"to\":\"KRW-XRPX\"}",
            "{\"list\":\"EUR-BTC\"}", "{}", "nonsense", "{\"tick\":\"KRW-BTC\",\"multiple\":0}",
        ] {
            try await bench.control("markets", wrong, expect: 400)
        }
    }

    @Test func aTickSizeChangesForAllToSee() async throws {
        let bench = try ServerBench { $0.speed = 240 }
        #expect(
            try await bench.get("/orderbook/instruments?markets=KRW-BTC").text.contains(
                "\"tick_size\":\"1000\""))
        try await bench.control("markets", "{\"tick\":\"KRW-BTC\",\"multiple\":10}")
        try await Task.sleep(for: .milliseconds(700))
        #expect(
            try await bench.get("/orderbook/instruments?markets=KRW-BTC").text.contains(
                "\"tick_size\":\"10000\""))
        let trades = try await bench.trades("/trades/ticks?market=KRW-BTC&count=20")
        #expect(trades.allSatisfy { $0.trade.price.unscaled % (10_000 * 100_000_000) == 0 })
    }

    @Test func theControlSaysWhatThereIs() async throws {
        let bench = try ServerBench()
        let answer = try await bench.http.perform(
            HTTPCall(
                try Address(bench.server.addresses.control + "/control/faults"),
                firstByteMillisecondsMax: ServerBench.patienceMilliseconds,
                totalMillisecondsMax: ServerBench.patienceMilliseconds))
        #expect(answer.text == FaultSettings().json)
        let state = try await bench.http.perform(
            HTTPCall(
                try Address(bench.server.addresses.control + "/control/state"),
                firstByteMillisecondsMax: ServerBench.patienceMilliseconds,
                totalMillisecondsMax: ServerBench.patienceMilliseconds))
        #expect(state.text.contains("\"connections\":0") && state.text.contains("\"markets\":12"))
        try await bench.control("faults", "{\"drop_share\":7}", expect: 400)
        try await bench.control("nowhere", "{}", expect: 404)
    }
}

/// Faults of trades and markets as a client over a socket meets them while it listens.
@Suite struct ListeningFaultTests {
    /// A client that puts together what it received and what it asked for afterwards has what there was to
    /// have: all but the lost trades, each once.
    @Test func aClientMendsWhatIsDirtyAndMissesWhatIsLost() async throws {
        let folder = try TemporaryFolder()
        let bench = try ServerBench {
            $0.ledgerPath = folder.path(of: "ledger")
            $0.faults.duplicateShare = 0.05
            $0.faults.reorderShare = 0.05
            $0.faults.dropShare = 0.05
            $0.faults.corruptShare = 0.05
            $0.faults.loseShare = 0.05
            $0.speed = 10
        }
        let inbox = try await bench.connect(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true}]")
        var frames: [[UInt8]] = []
        for _ in 0..<300 { frames.append(try await inbox.nextMessage()) }
        try await bench.control("end", "{\"ending\":\"clean\"}")
        frames += await bench.untilEnd(inbox).frames
        let first = bench.settings.start?.milliseconds ?? 0
        var asked: [Int64] = []
        var cursor = ""
        repeat {
            let page = try await bench.trades("/trades/ticks?market=KRW-XRP&count=500\(cursor)")
            asked += page.filter { $0.trade.time.milliseconds >= first }.map(\.trade.sequentialID)
            guard let last = page.last, last.trade.time.milliseconds >= first else { break }
            cursor = "&cursor=\(last.trade.sequentialID)"
        } while true
        bench.server.stop()
        #expect(frames.contains { $0.last != 0x7D }, "some frames are broken")
        let ids = decoded(frames).compactMap { $0.trade?.trade.sequentialID }
        #expect(Set(ids).count < ids.count && ids != ids.sorted(), "some come twice, some late")
        let received = Set(decoded(frames).compactMap { $0.trade?.trade.sequentialID })
        let known = Set(asked).union(received)
        let newest = asked.max() ?? 0
        let entries = try Ledger(path: folder.path(of: "ledger")).entries.filter {
            $0.symbol.description == "KRW-XRP" && $0.trade.milliseconds >= first
                && $0.trade.sequentialID <= newest
        }
        let wanted = Set(entries.filter { $0.fate != .lost }.map(\.trade.sequentialID))
        #expect(wanted.isSubset(of: known) && wanted.count > 250)
        #expect(known.isDisjoint(with: entries.filter { $0.fate == .lost }.map(\.trade.sequentialID)))
        #expect(received.isDisjoint(with: entries.filter { $0.fate == .dropped }.map(\.trade.sequentialID)))
        #expect(Set(entries.map(\.fate)) == [.printed, .dropped, .lost])
    }

    @Test func inMaintenanceTheSocketIsSilentRESTHangsAndThenBothGoOn() async throws {
        let bench = try ServerBench()
        let inbox = try await bench.connect(ServerBench.allTrades)
        for _ in 0..<10 { _ = try await inbox.nextMessage() }
        try await bench.control("faults", "{\"profile\":\"maintenance\"}")
        try await Task.sleep(for: .milliseconds(300))
        let waiting = inbox.waitingCount
        try await Task.sleep(for: .milliseconds(700))
        #expect(inbox.waitingCount == waiting, "silence, on a connection that stays open")
        let error = await #expect(throws: NetworkError.self) {
            try await bench.get("/market/all", firstByteMilliseconds: 300)
        }
        #expect(error?.code == .firstByteTimeout)
        try await bench.control("faults", "{\"profile\":\"none\"}")
        for _ in 0..<(waiting + 20) { _ = try await inbox.nextMessage() }
        #expect(try await bench.get("/market/all").isSuccess)
    }

    @Test func theClockIsBehindAndStepsBack() async throws {
        let bench = try ServerBench { $0.start = nil }
        let inbox = try await bench.connect(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true}]")
        func next() async throws -> Trade {
            let frame = try await inbox.nextMessage()
            return try #require(decoded([frame]).first?.trade?.trade)
        }
        _ = try await next()
        // A second behind: the market stands still until the clock has come so far again.
        try await bench.control("faults", "{\"clock_skew_milliseconds\":-1000}")
        for _ in 0..<(inbox.waitingCount + 1) { _ = try await next() }
        let stepped = Monotonic.milliseconds()
        var last = try await next()
        for _ in 0..<20 {
            let trade = try await next()
            #expect(trade.sequentialID > last.sequentialID, "nothing is shown twice")
            last = trade
        }
        #expect(Monotonic.milliseconds() - stepped < ServerBench.patienceMilliseconds)
        let age = WallClock.unixMicroseconds() / 1_000 - (last.publishedAt?.milliseconds ?? 0)
        #expect(age >= 950, "behind by a second: \(age) ms")
    }

    @Test func whoListensMeetsADelistedAndARenamedMarketWithSilence() async throws {
        let bench = try ServerBench {
            $0.speed = 60
            $0.tradesPerSecond = 60
        }
        func listen(_ code: String) async throws -> WebSocketInbox {
            let inbox = try await bench.connect(
                "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"\(code)\"]},"
                    + "{\"type\":\"ticker\",\"codes\":[\"\(code)\"]}]", compresses: false)
            for _ in 0..<20 { _ = try await inbox.nextMessage() }
            return inbox
        }
        let delisted = try await listen("KRW-ETH")
        let renamed = try await listen("KRW-XRP")
        let other = try await listen("KRW-BTC")
        try await bench.control("markets", "{\"delist\":\"KRW-ETH\"}")
        try await bench.control("markets", "{\"rename\":\"KRW-XRP\",\"to\":\"KRW-XRPX\"}")
        // From the next minute on, and what was on its way has arrived.
        while try await bench.get("/ticker?markets=KRW-ETH").status != 404 {
            try await Task.sleep(for: .milliseconds(50))
        }
        for _ in 0..<(other.waitingCount + 20) { _ = try await other.nextMessage() }
        let waiting = [delisted.waitingCount, renamed.waitingCount]
        for _ in 0..<(other.waitingCount + 50) { _ = try await other.nextMessage() }
        #expect([delisted.waitingCount, renamed.waitingCount] == waiting)
        _ = try await listen("KRW-XRPX")
        let gone = try await bench.connect(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-ETH\",\"KRW-BTC\"]}]",
            compresses: false)
        for _ in 0..<30 {
            let frame = try await gone.nextMessage()
            #expect(decoded([frame]).first?.trade?.trade.symbol.description == "KRW-BTC")
        }
    }

    /// Asks as soon as it may, on the network's thread, and keeps what comes.
    private final class Eager: WebSocketConsumer {
        private let state = Mutex((frames: 0, reason: NetworkError?.none))

        var outcome: (frames: Int, reason: NetworkError?) { state.withLock { $0 } }

        func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
            _ = connection.send(ServerBench.allTrades)
        }

        func received(
            _ message: UnsafeRawBufferPointer, as kind: Network.MessageKind, at time: ReceiveTime,
            on connection: any WebSocketConnection
        ) -> Flow {
            state.withLock { $0.frames += 1 }
            return .more
        }

        func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
            state.withLock { $0.reason = reason }
        }
    }

    @Test func connectionsEndByThemselvesAsTheProfileSays() async throws {
        let bench = try ServerBench {
            $0.faults.endEverySeconds = 1
            $0.faults.ending = .reset
            $0.faults.stallEverySeconds = 0.2
            $0.faults.stallMilliseconds = 100
        }
        let listener = Eager()
        _ = bench.sockets.connect(
            WebSocketRequest(
                to: try Address(bench.server.addresses.websocket),
                openMillisecondsMax: ServerBench.patienceMilliseconds), consumer: listener)
        while listener.outcome.reason == nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect([.reset, .ended].contains(listener.outcome.reason?.code) && listener.outcome.frames > 3)
        #expect(try await bench.refusal() == nil, "and may be opened again")
    }
}
