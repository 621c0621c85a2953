import Database
import Foundation
import Network
import Testing
import Web

@Suite(.timeLimit(.minutes(2))) struct StreamTests {
    @Test func aClientGetsThePresentAndThenWhatChanges() async throws {
        let fixture = try await WebFixture.make()
        let reader = try StreamReader(fixture, "symbols=KRW-BTC&timeframe=1m")
        let first = try await reader.next("candles")
        #expect(first["symbol"] as? String == "KRW-BTC")
        let book = try await reader.next("book")
        #expect((book["book"] as? [String: Any])?["symbol"] as? String == "KRW-BTC")
        let before = Self.close(first)
        for _ in 0..<20 {
            try await fixture.tick()
            let next = try await reader.next("candles")
            if Self.close(next) != before { return }
        }
        Issue.record("the candle never moved")
    }

    @Test func anOpenCandleOfFiveMinutesMovesToo() async throws {
        let fixture = try await WebFixture.make()
        let reader = try StreamReader(fixture, "symbols=KRW-BTC&timeframe=5m&channels=candles")
        let first = try await reader.next("candles")
        let last = try #require((first["candles"] as? [[String: Any]])?.last)
        #expect(last["closed"] as? Bool == false)
        try await fixture.execute(
            "UPDATE market.latest_indicators SET provisional_close = 1, provisional_low = 1 WHERE timeframe = '5m'"
        )
        _ = try await reader.next("candles") { Self.close($0) == 1 }
    }

    @Test func aCloseIsHeardBeforeTheNextSecond() async throws {
        let fixture = try await WebFixture.make()
        let reader = try StreamReader(fixture, "symbols=KRW-BTC&timeframe=1m&channels=candles")
        _ = try await reader.next("candles")
        var quickest = Duration.seconds(9)
        for step in 1...4 {
            try await Task.sleep(for: .milliseconds(500))
            let began = ContinuousClock.now
            try await fixture.execute(
                """
                UPDATE market.candles_intraday SET volume = \(step) WHERE symbol = 'KRW-BTC' AND timeframe = '1m'
                    AND time = (SELECT max(time) FROM market.candles_intraday WHERE timeframe = '1m');
                NOTIFY candle_closed, '{}'
                """)
            _ = try await reader.next("candles") { message in
                ((message["candles"] as? [[String: Any]])?.last?["volume"] as? Int) == step
            }
            quickest = min(quickest, ContinuousClock.now - began)
        }
        // Polling alone would need half a second on average, four times in a row.
        #expect(quickest < .milliseconds(400), "\(quickest)")
    }

    @Test func allClientsFollowOneQuestion() async throws {
        let fixture = try await WebFixture.make()
        let readers = try (0..<20).map { _ in
            try StreamReader(fixture, "symbols=KRW-ETH&timeframe=1m&channels=candles,markets,status")
        }
        for reader in readers { _ = try await reader.next("status") }
        #expect(fixture.server.streamClients == 20)
        let metrics = try await fixture.get("/metrics").text
        #expect(metrics.contains("yeoul_stream_clients 20\n"))
        // Candles, markets, status, and what is wrong: four topics, however many listen.
        #expect(metrics.contains("yeoul_stream_topics 4\n"))
        #expect(fixture.pool.counts.connections <= 3)
        withExtendedLifetime(readers) {}
    }

    @Test func aClientThatLeavesIsForgotten() async throws {
        let fixture = try await WebFixture.make()
        do {
            let reader = try StreamReader(fixture, "channels=markets")
            _ = try await reader.next("markets")
        }
        for _ in 0..<50 where fixture.server.streamClients > 0 {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(fixture.server.streamClients == 0)
    }

    @Test func whoTalksIsSentAway() async throws {
        let fixture = try await WebFixture.make(isFilled: false)
        let reader = try StreamReader(fixture, "channels=markets")
        _ = try await reader.next("markets")
        reader.send("hello")
        let reason = await reader.inbox.reasonOfEnd()
        #expect(reason?.closeCode == CloseCode.policy)
    }

    @Test(arguments: [
        ("channels=candles", 400), ("symbols=btc", 400), ("symbols=KRW-BTC&channels=all", 400),
        ("symbols=KRW-BTC&timeframe=7m", 400), ("colour=red", 400),
        ("symbols=" + (1...21).map { "KRW-A\($0)" }.joined(separator: ","), 400),
    ])
    func aChoiceThatMeansNothingIsRefused(_ query: String, _ status: Int) async throws {
        let fixture = try await APITests.shared.value
        let reader = try StreamReader(fixture, query)
        let reason = await reader.inbox.reasonOfEnd()
        #expect(reason?.code == .upgradeRefused && reason?.httpStatus == status)
    }

    @Test func anotherSitesPageIsNotLetIn() async throws {
        let fixture = try await APITests.shared.value
        let handshake =
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        for (origin, expected) in [
            ("http://evil.example", "403"), ("null", "403"), ("http://127.0.0.1", "101"),
        ] {
            let answer = try await RawRequest.answer(
                "GET /api/stream?channels=markets HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: \(origin)\r\n\(handshake)\r\n",
                fixture)
            #expect(answer.hasPrefix("HTTP/1.1 \(expected) "), "\(origin): \(answer.prefix(40))")
        }
    }

    @Test func aDatabaseThatIsAwayIsToldAndForgiven() async throws {
        let fixture = try await WebFixture.make()
        let reader = try StreamReader(fixture, "channels=status")
        _ = try await reader.next("status")
        fixture.pool.close()
        let problem = try await reader.next("problem") { $0["what"] is String }
        #expect(problem["what"] as? String == "the database does not answer")
    }

    private static func close(_ message: [String: Any]) -> Double? {
        (message["candles"] as? [[String: Any]])?.last?["close"] as? Double
    }
}
