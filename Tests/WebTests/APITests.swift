import Database
import Foundation
import Network
import Testing
import Web

@Suite struct APITests {
    @Test func candlesComeInOrderWithTheOpenOneLast() async throws {
        let fixture = try await WebFixture.make()
        let answer = try await fixture.json("/api/candles?symbol=KRW-BTC&timeframe=5m&limit=10")
        let candles = try #require(answer["candles"] as? [[String: Any]])
        #expect(candles.count == 10)
        let times = candles.compactMap { $0["time"] as? String }
        #expect(times == times.sorted())
        #expect(candles.dropLast().allSatisfy { $0["closed"] as? Bool == true })
        #expect(candles.last?["closed"] as? Bool == false)
        // The page before ends where this one begins.
        let next = try #require(answer["next_to"] as? String)
        #expect(next == times.first)
        let older = try await fixture.json(
            "/api/candles?symbol=KRW-BTC&timeframe=5m&limit=10&to=\(PercentCoding.encoded(next))")
        let before = try #require(older["candles"] as? [[String: Any]]).compactMap { $0["time"] as? String }
        #expect(before.count == 10)
        #expect(Set(before).isDisjoint(with: times))
        #expect(try #require(before.last) < times[0])
    }

    @Test func pricesKeepTheirDigits() async throws {
        let fixture = try await WebFixture.make()
        try await fixture.execute(
            """
            UPDATE market.candles_intraday SET open = 0.00000123, low = 0.00000123, vwap = 12345678901234.567890123456
            WHERE symbol = 'KRW-BTC' AND timeframe = '1m' AND time = date_trunc('minute', now()) - interval '2 minutes'
            """)
        let answer = try await fixture.get("/api/candles?symbol=KRW-BTC&limit=3")
        #expect(answer.text.contains("\"open\":0.00000123,"))
        #expect(answer.text.contains("\"vwap\":12345678901234.567890123456,"))
    }

    @Test func filledCandlesHaveNoHoles() async throws {
        let fixture = try await WebFixture.make()
        try await fixture.execute(
            """
            DELETE FROM market.candles_intraday WHERE symbol = 'KRW-ETH' AND timeframe = '1m'
                AND time = date_trunc('minute', now()) - interval '3 minutes'
            """)
        let stored = try await fixture.json("/api/candles?symbol=KRW-ETH&limit=10&filled=false")
        #expect(
            (stored["candles"] as? [[String: Any]])?.allSatisfy { $0["filled"] as? Bool == false } == true)
        let filled = try await fixture.json("/api/candles?symbol=KRW-ETH&limit=10&filled=true")
        let candles = try #require(filled["candles"] as? [[String: Any]])
        #expect(candles.count == 10)
        let holes = candles.filter { $0["filled"] as? Bool == true }
        #expect(holes.count >= 1)
        #expect(holes.first?["volume"] as? Int == 0)
        let times = try candles.map { candle in
            let text = try #require(candle["time"] as? String)
            return try #require(ISO8601DateFormatter().date(from: text)).timeIntervalSince1970
        }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 60 })
    }

    @Test func indicatorsGiveTheNamesThatWereAskedFor() async throws {
        let fixture = try await WebFixture.make()
        let answer = try await fixture.json(
            "/api/indicators?symbol=KRW-BTC&timeframe=1m&limit=5&names=rsi_14,ma_20")
        let rows = try #require(answer["indicators"] as? [[String: Any]])
        #expect(rows.count == 5)
        #expect(Set(rows[0].keys) == ["time", "revision", "closed", "rsi_14", "ma_20"])
        #expect(rows.last?["closed"] as? Bool == false)
        let latest = try await fixture.json("/api/indicators/latest?symbol=KRW-BTC,KRW-ETH&timeframe=1m")
        let newest = try #require(latest["indicators"] as? [[String: Any]])
        #expect(newest.compactMap { $0["symbol"] as? String } == ["KRW-BTC", "KRW-ETH"])
        #expect(newest[0]["provisional_rsi_14"] != nil)
        #expect(newest[0]["age_seconds"] is Double)
    }

    @Test func marketsHavePriceChangeAndLine() async throws {
        let fixture = try await WebFixture.make()
        let all = try #require(try await fixture.json("/api/markets")["markets"] as? [[String: Any]])
        #expect(all.count == 12)
        let bitcoin = try #require(all.first { $0["symbol"] as? String == "KRW-BTC" })
        #expect(bitcoin["korean_name"] as? String == "비트코인")
        #expect(bitcoin["price"] is Double || bitcoin["price"] is Int)
        #expect((bitcoin["sparkline"] as? [Any])?.count ?? 0 >= 59)
        let others = try #require(
            try await fixture.json("/api/markets?quote=BTC&sparkline=false")["markets"] as? [[String: Any]])
        #expect(others.compactMap { $0["symbol"] as? String } == ["BTC-ETH"])
        #expect((others[0]["sparkline"] as? [Any])?.isEmpty == true)
    }

    @Test func theOrderBookHasItsBestPricesFirst() async throws {
        let fixture = try await WebFixture.make()
        let book = try await fixture.json("/api/orderbook?symbol=KRW-BTC")
        let bids = try #require(book["bids"] as? [[Double]]).map { $0[0] }
        let asks = try #require(book["asks"] as? [[Double]]).map { $0[0] }
        #expect(bids == bids.sorted(by: >) && asks == asks.sorted())
        #expect(try #require(bids.first) < (try #require(asks.first)))
        #expect(try await fixture.get("/api/orderbook?symbol=KRW-NONE").status == 404)
    }

    @Test func pagesOfTheProofFollowEachOther() async throws {
        let fixture = try await WebFixture.make()
        var offset: Int? = 0
        var seen: [String] = []
        while let at = offset {
            let page = try await fixture.json("/api/reconciliations?limit=4&offset=\(at)")
            let rows = try #require(page["reconciliations"] as? [[String: Any]])
            seen += rows.map { "\($0["symbol"] ?? "") \($0["method"] ?? "") \($0["from_time"] ?? "")" }
            offset = page["next_offset"] as? Int
            try #require(seen.count <= 100)
        }
        #expect(seen.count == 15 && Set(seen).count == 15)
        let open = try await fixture.json("/api/gaps?status=open")
        #expect((open["gaps"] as? [[String: Any]])?.compactMap { $0["symbol"] as? String } == ["KRW-XRP"])
    }

    @Test(arguments: [
        ("/api/candles", "symbol is missing", "symbol"),
        ("/api/candles?symbol=btc", "\"btc\"", "such as KRW-BTC"),
        ("/api/candles?symbol=KRW-BTC&timeframe=2m", "\"2m\"", "1s, 1m, 3m"),
        ("/api/candles?symbol=KRW-BTC&limit=0", "\"0\"", "from 1 to 1000"),
        ("/api/candles?symbol=KRW-BTC&limit=1001", "\"1001\"", "from 1 to 1000"),
        ("/api/candles?symbol=KRW-BTC&limit=%2B5", "\"+5\"", "from 1 to 1000"),
        ("/api/candles?symbol=KRW-BTC&limit=", "empty", "from 1 to 1000"),
        ("/api/candles?symbol=KRW-BTC&from=yesterday", "\"yesterday\"", "ISO 8601"),
        ("/api/candles?symbol=KRW-BTC&from=12", "\"12\"", "2009 to 2099"),
        ("/api/candles?symbol=KRW-BTC&filled=yes", "\"yes\"", "true, false"),
        ("/api/candles?symbol=KRW-BTC&symbol=KRW-ETH", "stands twice", "once"),
        ("/api/candles?symbol=KRW-BTC&colour=red", "no such parameter", "symbol, timeframe, from, to, limit"),
        ("/api/indicators?symbol=KRW-BTC&names=rsi_14,password", "\"password\"", "ma_5"),
        ("/api/gaps?status=closed", "\"closed\"", "open, filled, unfillable"),
        ("/health?deep=true", "no such parameter", "takes none"),
    ])
    func anErrorSaysWhatIsWrongAndWhatIsAllowed(_ path: String, _ what: String, _ remedy: String) async throws
    {
        let fixture = try await Self.shared.value
        let answer = try await fixture.get(path)
        #expect(answer.status == 400)
        #expect(answer.headers["Content-Type"]?.hasPrefix("application/json") == true)
        let body = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: [String: Any]])
        let error = try #require(body["error"])
        let whole = "\(error["what"] ?? "") \(error["where"] ?? "") \(error["remedy"] ?? "")"
        #expect(whole.contains(what) && whole.contains(remedy), "\(whole)")
    }

    @Test func anUnknownMarketIsToldApartFromAQuietOne() async throws {
        let fixture = try await WebFixture.make()
        #expect(try await fixture.get("/api/candles?symbol=KRW-NONE").status == 404)
        try await fixture.execute(
            """
            INSERT INTO market.markets (valid_from, symbol, quote, base, state)
            VALUES (now(), 'KRW-QUIET', 'KRW', 'QUIET', 'ACTIVE')
            """)
        for path in ["/api/candles?symbol=KRW-QUIET", "/api/indicators?symbol=KRW-QUIET"] {
            #expect(try await fixture.get(path).status == 200)
        }
    }

    @Test func whoHasTheNewestAnswerIsNotSentItAgain() async throws {
        let fixture = try await WebFixture.make()
        let path = "/api/gaps"
        let first = try await fixture.get(path)
        let tag = try #require(first.headers["ETag"])
        let second = try await fixture.get(path, ["If-None-Match": "\"other\", \(tag)"])
        #expect(second.status == 304 && second.body.isEmpty)
        try await fixture.execute("UPDATE market.gaps SET status = 'filled'")
        try await Task.sleep(for: .milliseconds(1_100))
        #expect(try await fixture.get(path, ["If-None-Match": tag]).status == 200)
    }

    @Test func healthTellsOfADatabaseThatIsAway() async throws {
        let fixture = try await WebFixture.make()
        let good = try await fixture.json("/health")
        #expect(good["ready"] as? Bool == true)
        #expect((good["reasons"] as? [String])?.contains("1 gaps are open") == true)
        fixture.pool.close()
        try await Task.sleep(for: .milliseconds(600))
        let answer = try await fixture.get("/health")
        #expect(answer.status == 503)
        #expect(answer.text.contains("\"live\":true,\"ready\":false"))
        #expect(answer.text.contains("the database does not answer"))
        #expect(try await fixture.get("/api/markets").status == 503)
        // Metrics are what is looked at then.
        let metrics = try await fixture.get("/metrics")
        #expect(metrics.status == 200 && metrics.text.contains("yeoul_database_up 0"))
    }

    @Test func statusAndMetricsTellOfTheData() async throws {
        let fixture = try await WebFixture.make()
        let status = try await fixture.json("/api/status")
        #expect(status["simulated"] as? Bool == true)
        #expect(status["freshness"] as? String == "live")
        #expect(status["open_gaps"] as? Int == 1)
        #expect(status["trades_per_second"] as? Double ?? 0 > 10)
        #expect((status["sizes"] as? [String: Any])?["database_bytes"] is Int)
        let metrics = try await fixture.get("/metrics")
        #expect(metrics.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            "yeoul_gaps{status=\"open\"} 1", "yeoul_simulated 1", "yeoul_database_up 1",
            "# TYPE http_request_duration_seconds histogram",
            "http_request_duration_seconds_count{method=\"GET\",endpoint=\"/api/status\"} 1",
        ] { #expect(metrics.text.contains(line), "\(line)") }
    }

    @Test func anEmptyDatabaseIsNoError() async throws {
        let fixture = try await WebFixture.make(isFilled: false)
        #expect(try await fixture.json("/api/status")["freshness"] as? String == "empty")
        #expect((try await fixture.json("/api/markets")["markets"] as? [Any])?.isEmpty == true)
        #expect(try await fixture.get("/health").status == 200)
        #expect(try await fixture.get("/metrics").status == 200)
        #expect(try await fixture.get("/api/candles?symbol=KRW-BTC").status == 404)
    }

    static let shared = Task { try await WebFixture.make() }
}
