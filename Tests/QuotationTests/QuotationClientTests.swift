import Market
import Network
import Quotation
import Synchronization
import Testing
import Upbit

@Suite struct QuotationClientTests {
    private func failure<Output>(_ body: () async throws -> Output) async -> (any Error)? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func marketsAndTickersAreRead() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        let client = try fixture.client()
        #expect(try await client.markets().map(\.symbol) == ExchangeServer.symbols)
        #expect(try await client.tickers(ExchangeServer.symbols).map(\.symbol) == ExchangeServer.symbols)
    }

    @Test func twoProcessesTogetherStayWithinTheLimitAndUseIt() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        // Two files opened on their own exclude each other as two processes do.
        let clients = [try fixture.client(), try fixture.client()]
        let start = Monotonic.milliseconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let client = clients[number % 2]
                    while Monotonic.milliseconds() - start < 3_000 {
                        _ = try await client.tickers(ExchangeServer.symbols, priority: .backfill)
                    }
                }
            }
            try await group.waitForAll()
        }
        let (served, refused) = fixture.exchange.state.withLock { ($0.served, $0.refused) }
        #expect(refused == 0)
        #expect(served >= 26, "\(served) of about 30 that three seconds allow")
    }

    @Test func a429IsToldAndItsGroupPausesForAll() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        fixture.exchange.state.withLock { state in
            state.nextAnswers = [HTTPResponse(status: 429, body: RESTEncoder.tooManyRequests)]
        }
        let client = try fixture.client()
        let error = await failure { try await client.tickers(ExchangeServer.symbols) } as? UpbitError
        #expect(error?.code == .tooManyRequests(retryAfterSeconds: nil))
        let other = try fixture.client()
        let start = Monotonic.milliseconds()
        _ = try await other.tickers(ExchangeServer.symbols)
        #expect(Monotonic.milliseconds() - start >= 900)
    }

    @Test func a418StopsEveryoneUntilItsEnd() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        fixture.exchange.state.withLock { state in
            state.nextAnswers = [HTTPResponse(status: 418, body: RESTEncoder.banned(seconds: 600))]
        }
        let client = try fixture.client()
        let error = await failure { try await client.tickers(ExchangeServer.symbols) } as? UpbitError
        #expect(error?.code == .banned(seconds: 600))
        // Another group, another process: nobody calls, and nobody waits ten minutes for it either.
        let other = try fixture.client()
        let stopped = await failure { try await other.markets() } as? QuotationError
        #expect(stopped?.code == .stopped)
        #expect(fixture.exchange.state.withLock { $0.served } == 0)
    }

    @Test func anErrorOfTheExchangeIsToldInItsWords() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        fixture.exchange.state.withLock { state in
            state.nextAnswers = [
                HTTPResponse(status: 404, body: RESTEncoder.error(status: 404, message: "Code not found")),
                HTTPResponse(body: Array("[{\"market\":".utf8)),
            ]
        }
        let client = try fixture.client()
        let refused = await failure { try await client.tickers(ExchangeServer.symbols) } as? UpbitError
        #expect(refused?.code == .refused(status: 404, name: "404"))
        #expect(refused?.what.contains("Code not found") == true)
        let cut = await failure { try await client.markets() } as? UpbitError
        #expect(cut?.offset != nil)
    }

    @Test func anExchangeThatCannotBeReachedCostsNoCall() async throws {
        let fixture = try ExchangeFixture()
        let client = try fixture.client()
        fixture.stop()
        for _ in 0..<15 {
            let error = await failure { try await client.tickers(ExchangeServer.symbols) } as? NetworkError
            #expect(error?.code == .refused)
        }
    }

    @Test func aTurnThatDoesNotComeInTimeIsAnError() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        var settings = QuotationClient.Settings()
        settings.waitMillisecondsMax = 100
        let client = try fixture.client(settings)
        for _ in 0..<10 { _ = try await client.tickers(ExchangeServer.symbols) }
        let error = await failure { try await client.tickers(ExchangeServer.symbols) } as? QuotationError
        #expect(error?.code == .waitedTooLong)
    }

    @Test func aPingMeasuresBothWaysAndTheClock() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        let report = try await ExchangePing.measure(
            try fixture.client(), webSocketURL: fixture.profile.webSocketURL,
            webSockets: WebSocketClient(on: fixture.loop), rounds: 3)
        #expect(report.restMicroseconds.count == 3)
        #expect(report.webSocketMicroseconds.count == 3)
        #expect(report.webSocketMicroseconds.allSatisfy { $0 > 0 && $0 < 5_000_000 })
        #expect(report.symbol.description == "KRW-BTC")
        // Both sides have the same clock here.
        let offset = try #require(report.clockOffsetMicroseconds)
        let within = try #require(report.clockOffsetWithinMicroseconds)
        #expect(abs(offset) <= within)
        #expect(within < 600_000)
    }

    @Test func aPingOfAnExchangeWithoutAWebSocketFails() async throws {
        let fixture = try ExchangeFixture()
        defer { fixture.stop() }
        let error = await failure {
            try await ExchangePing.measure(
                try fixture.client(), webSocketURL: "ws://127.0.0.1:1/",
                webSockets: WebSocketClient(on: fixture.loop), rounds: 1)
        }
        #expect((error as? NetworkError)?.code == .refused)
    }
}
