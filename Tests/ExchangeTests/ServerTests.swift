import Exchange
import Foundation
import Market
import Network
import TestKit
import Testing
import Upbit

/// What a client sees of a running exchange.
@Suite struct ServerTests {
    @Test func whatAClientReceivesIsTheLedger() async throws {
        let folder = try TemporaryFolder(named: "an exchange")
        let path = folder.path(of: "ledger")
        let bench = try ServerBench {
            $0.ledgerPath = path
            $0.speed = 30
        }
        let inbox = try await bench.connect(ServerBench.allTrades)
        try await Task.sleep(for: .milliseconds(1_500))
        try await bench.control("end", "{\"ending\":\"clean\"}")
        let (frames, reason) = await bench.untilEnd(inbox)
        #expect(reason?.code == .closedByPeer && reason?.closeCode == 1_000)
        let received = decoded(frames).compactMap(\.trade).filter { $0.streamType == .realtime }
        bench.server.stop()
        let ledger = try Ledger(path: path)
        #expect(ledger.tornBytes == 0)
        let wanted = Set(try ["KRW-XRP", "KRW-BTC", "KRW-ETH", "KRW-USDT"].map { try Symbol($0) })
        let printed = ledger.entries.filter { wanted.contains($0.symbol) }
        let first = try #require(received.first)
        let start = try #require(
            printed.firstIndex {
                $0.symbol == first.trade.symbol && $0.trade.sequentialID == first.trade.sequentialID
            })
        let expected = printed[start..<min(printed.count, start + received.count)]
        #expect(received.map(\.trade.sequentialID) == expected.map(\.trade.sequentialID))
        #expect(received.map(\.trade.symbol) == expected.map(\.symbol))
        #expect(received.count > 1_000, "\(received.count)")
        // The market time was that of the settings, thirty times as fast.
        let span = printed[printed.count - 1].publishedMilliseconds - (monday + 3_600_000)
        #expect(span > 40_000)
    }

    @Test func pagesOfRESTAreTheLedger() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "ledger")
        let bench = try ServerBench {
            $0.ledgerPath = path
            $0.speed = 60
            $0.tradesPerSecond = 100
            $0.durationMilliseconds = 90_000
        }
        try await bench.server.finished()
        let ledger = try Ledger(path: path)
        for code in ["KRW-XRP", "KRW-BTC"] {
            let printed = ledger.entries.filter { $0.symbol.description == code }
            var found: [TradeRow] = []
            var cursor = ""
            while found.count < printed.count {
                let page = try await bench.trades("/trades/ticks?market=\(code)&count=500\(cursor)")
                if page.isEmpty { break }
                found += page
                cursor = "&cursor=\(page[page.count - 1].trade.sequentialID)"
            }
            let newest = found.prefix(printed.count)
            #expect(newest.map(\.trade.sequentialID) == printed.reversed().map(\.trade.sequentialID))
            #expect(newest.map(\.trade.price.unscaled) == printed.reversed().map { Int128($0.trade.price) })
            #expect(printed.count > 300)
        }
    }

    @Test func twoRunsOfOneSeedWriteTheSameLedger() async throws {
        let folder = try TemporaryFolder()
        func run(_ name: String, seed: UInt64) async throws -> Data {
            let bench = try ServerBench {
                $0.ledgerPath = folder.path(of: name)
                $0.seed = seed
                $0.speed = 200
                $0.durationMilliseconds = 60_000
                $0.faults = FaultProfile.dirty.settings
            }
            try await bench.server.finished()
            return try Data(contentsOf: URL(fileURLWithPath: folder.path(of: name)))
        }
        let first = try Ledger(bytes: [UInt8](try await run("a", seed: 1)), path: "a")
        let second = try Ledger(bytes: [UInt8](try await run("b", seed: 1)), path: "b")
        let third = try Ledger(bytes: [UInt8](try await run("c", seed: 2)), path: "c")
        #expect(first.entries == second.entries)
        #expect(first.entries != third.entries)
        #expect(first.entries.count > 5_000)
        #expect(Set(first.entries.map(\.fate)) == [.printed, .dropped])
    }

    @Test func overTLSItIsReachedWithItsOwnAuthority() async throws {
        let bench = try ServerBench { $0.usesTLS = true }
        #expect(bench.server.addresses.websocket.hasPrefix("wss://localhost:"))
        let inbox = try await bench.connect(ServerBench.allTrades)
        let frame = try await inbox.nextMessage()
        #expect(decoded([frame]).first?.trade?.streamType == .snapshot)
        #expect(try await bench.get("/market/all").isSuccess)
        let strange = WebSocketInbox()
        _ = bench.sockets.connect(
            WebSocketRequest(
                to: try Address(bench.server.addresses.websocket),
                openMillisecondsMax: ServerBench.patienceMilliseconds), consumer: strange)
        #expect(await strange.reasonOfEnd()?.code == .unknownAuthority)
        let file = try #require(bench.server.addresses.ca)
        #expect(bench.server.addresses.json.hasSuffix("\"ca\":\"\(file)\"}"))
    }

    @Test func anAnswerHasTheExchangesHeadersAndIsCompressed() async throws {
        let bench = try ServerBench()
        let answer = try await bench.get("/candles/minutes/1?market=KRW-BTC&count=3")
        #expect(answer.headers["Remaining-Req"] == "group=candles; min=600; sec=9")
        #expect(answer.headers["Content-Type"] == "application/json;charset=UTF-8")
        #expect(answer.headers["ETag"]?.hasPrefix("W/\"0") == true)
        #expect(answer.headers["Limit-By-Ip"] == "Yes")
        let encoded = try await bench.get(
            "/candles/minutes/1?market=KRW-BTC&to=2026-03-01T00%3A00%3A00%2B09%3A00")
        #expect(encoded.isSuccess)
        let raw = try await bench.get("/candles/minutes/1?market=KRW-BTC&to=2026-03-01T00:00:00+09:00")
        #expect(raw.status == 400, "a plus that is not encoded is a blank")
        let other = try await bench.http.perform(
            HTTPCall(
                try Address(bench.server.addresses.rest + "/orders"), method: "POST",
                firstByteMillisecondsMax: ServerBench.patienceMilliseconds,
                totalMillisecondsMax: ServerBench.patienceMilliseconds))
        #expect(other.status == 405)
        let post = try await bench.get("/accounts")
        #expect(post.status == 404)
    }

    @Test func settingsThatCannotBeAreRefused() {
        for change: (inout ExchangeSettings) -> Void in [
            { $0.speed = 0 }, { $0.tradesPerSecond = -1 }, { $0.durationMilliseconds = 0 },
            { $0.start = .epoch }, { $0.markets = 0 }, { $0.ledgerPath = "/nowhere/ledger" },
        ] {
            let error = #expect(throws: ExchangeError.self) { _ = try ServerBench(change) }
            #expect(error?.remedy != nil)
        }
    }

    @Test func aPortInUseIsNamed() throws {
        let first = try ServerBench()
        let port = try #require(
            UInt16(first.server.addresses.rest.split(separator: ":")[2].prefix { $0 != "/" }))
        #expect(throws: NetworkError.self) { _ = try ServerBench { $0.port = port } }
    }
}
