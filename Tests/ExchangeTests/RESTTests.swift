import Exchange
import Market
import TestKit
import Testing
import Upbit

@Suite(.oneAtATime) struct RESTTests {
    /// An engine, a market time at which everything of before is visible, and a clock.
    struct Bench {
        var engine: RESTEngine
        let plan: VenuePlan
        var market = monday + 3 * 86_400_000 + 40_271_543
        var now: Int64 = 5_000_000

        init(profile: Profile = .upbit, faults: FaultSettings = FaultSettings(), markets: Int = 12) throws {
            plan = try makePlan(markets, rate: 20, seed: 7)
            engine = RESTEngine(plan: plan, profile: profile, faults: faults, seed: 7)
        }

        mutating func get(_ path: String, _ query: [String: String] = [:], pause: Int64 = 1_000) -> RESTReply
        {
            now += pause
            return engine.answer(RESTCall(path, query), market: market, now: now)
        }

        mutating func trades(_ query: [String: String]) throws -> [TradeRow] {
            let reply = get("/v1/trades/ticks", query)
            let decoder = RESTDecoder()
            return try reply.body.withUnsafeBytes { try decoder.trades($0, receivedAt: .epoch) }
        }

        mutating func candles(_ path: String, _ query: [String: String], _ timeframe: Timeframe) throws
            -> [CandleRow]
        {
            let reply = get("/v1/candles/" + path, query)
            let decoder = RESTDecoder()
            return try reply.body.withUnsafeBytes { try decoder.candles($0, timeframe, receivedAt: .epoch) }
        }
    }

    @Test func pagesOfTradesAreAllTheTradesOfTheDay() throws {
        var bench = try Bench()
        let model = bench.plan.models[2]
        let day = bench.market / 86_400_000 * 86_400_000
        for daysAgo in [0, 2] {
            var found: [TradeRow] = []
            var query = ["market": "\(model.spec.symbol)", "count": "500"]
            if daysAgo > 0 { query["days_ago"] = "\(daysAgo)" }
            while true {
                let page = try bench.trades(query)
                if page.isEmpty { break }
                found += page
                query["cursor"] = "\(page[page.count - 1].trade.sequentialID)"
            }
            let from = day - Int64(daysAgo) * 86_400_000
            let to = daysAgo == 0 ? bench.market : from + 86_400_000
            let expected = modelTrades(model, from: from, to: to, seen: bench.market)
            #expect(found.map(\.trade.sequentialID) == expected.reversed().map(\.sequentialID))
            #expect(found.map(\.trade.volume.unscaled) == expected.reversed().map(\.volume))
            #expect(found.count > 1_000)
            let previous = found[0].prevClosingPrice
            #expect(
                found.contains { ($0.changePrice?.unscaled ?? 0) < 0 }
                    || found.contains { ($0.changePrice?.unscaled ?? 0) > 0 })
            for row in found {
                let change = previous.flatMap { row.trade.price.subtracting($0) }?.widened
                #expect(row.changePrice == change && row.prevClosingPrice == previous)
            }
        }
    }

    @Test func tradesHaveAnEndACapAndADayLimit() throws {
        var bench = try Bench()
        let all = try bench.trades(["market": "KRW-XRP", "count": "900"])
        #expect(all.count == 500)
        let before = try bench.trades(["market": "KRW-XRP", "to": "03:00:00", "count": "1"])
        let clock = CivilTime(try #require(before.first).trade.time)
        #expect(clock.hour < 3)
        #expect(bench.get("/v1/trades/ticks", ["market": "KRW-XRP", "days_ago": "8"]).status == 400)
        #expect(bench.get("/v1/trades/ticks", ["market": "KRW-XRP", "days_ago": "x"]).status == 400)
        #expect(try bench.trades(["market": "KRW-XRP"]).count == 1)
    }

    @Test func candlesPageBackWithoutGapsOrRepeats() throws {
        var bench = try Bench()
        let model = bench.plan.models[9]
        var found: [CandleRow] = []
        var query = ["market": "\(model.spec.symbol)", "count": "200"]
        while found.count < 500 {
            let page = try bench.candles("minutes/1", query, .minute1)
            found += page
            let oldest = try #require(page.last).candle.time
            query["to"] = found.count % 400 == 0 ? "\(CivilTime(oldest).text)" : "\(oldest)"
        }
        let newest = found[0].candle.time.milliseconds + 60_000
        let oldest = found[found.count - 1].candle.time.milliseconds
        let grouped = Dictionary(grouping: modelTrades(model, from: oldest, to: newest)) {
            $0.milliseconds / 60_000
        }
        let expected = grouped.keys.sorted(by: >)
        #expect(found.map { $0.candle.time.milliseconds / 60_000 } == expected)
        for row in found.dropFirst() {
            let trades = sum(grouped[row.candle.time.milliseconds / 60_000] ?? [])
            #expect(
                row.candle.value.unscaled == trades.value && row.candle.high.unscaled == Int128(trades.high))
        }
        #expect((newest - oldest) / 60_000 > 520, "quiet minutes have no candle")
    }

    @Test func everyUnitAnswersAndEndsAreExclusive() throws {
        var bench = try Bench()
        for (path, timeframe) in [
            ("seconds", Timeframe.second1), ("minutes/1", .minute1), ("minutes/3", .minute3),
            ("minutes/5", .minute5), ("minutes/10", .minute10), ("minutes/15", .minute15),
            ("minutes/30", .minute30), ("minutes/60", .hour1), ("minutes/240", .hour4), ("days", .day1),
            ("weeks", .week1), ("months", .month1), ("years", .month1),
        ] {
            let rows = try bench.candles(path, ["market": "KRW-BTC", "count": "5"], timeframe)
            #expect(rows.count == 5, "\(path)")
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.candle.time > $1.candle.time })
            let end = rows[1].candle.time
            for text in [
                "\(end)", CivilTime(end).text, CivilTime(end).text.replacing("T", with: " "), end.koreanText,
            ] {
                let next = try bench.candles(
                    path, ["market": "KRW-BTC", "count": "1", "to": text], timeframe)
                #expect(next.first?.candle.time == rows[2].candle.time, "\(path) to \(text)")
            }
        }
        let years = try bench.get("/v1/candles/years", ["market": "KRW-BTC", "count": "3"]).body
            .withUnsafeBytes { try RESTDecoder().yearCandles($0, receivedAt: .epoch) }
        #expect(years.map(\.year) == [2026, 2025, 2024])
        #expect(bench.get("/v1/candles/minutes/2", ["market": "KRW-BTC"]).status == 404)
        let capped = try bench.candles("minutes/1", ["market": "KRW-BTC", "count": "1000"], .minute1)
        #expect(capped.count == 200)
    }

    @Test func replicasAreBehindByUpToTwoSeconds() throws {
        var bench = try Bench()
        var lags: Set<Int64> = []
        for _ in 0..<60 {
            bench.market += 1_000
            let rows = try bench.candles("seconds", ["market": "KRW-XRP", "count": "1"], .second1)
            var history = MarketHistory(bench.plan.models[0])
            let newest = history.candles(.second, before: bench.market, seen: bench.market, count: 1)
            let behind = try #require(newest.first).start - #require(rows.first).candle.time.milliseconds
            lags.insert(behind)
        }
        #expect(lags.contains(0) && lags.contains { $0 > 0 })
    }

    @Test func tickersBooksAndInstrumentsAgreeWithTheModel() throws {
        var bench = try Bench()
        let decoder = RESTDecoder()
        let reply = bench.get("/v1/ticker/all", ["quote_currencies": "KRW,BTC"])
        let tickers = try reply.body.withUnsafeBytes { try decoder.tickers($0, receivedAt: .epoch) }
        let expected = bench.plan.models.filter { $0.spec.symbol.quote != "USDT" }
        #expect(tickers.map(\.symbol) == expected.map(\.spec.symbol))
        for (ticker, model) in zip(tickers, expected) {
            var history = MarketHistory(model)
            let found = history.ticker(seen: bench.market)
            let figures = try #require(found)
            #expect(ticker.accValue.unscaled == figures.today.value)
            #expect(ticker.accVolume24h.unscaled == figures.volume24h * 100_000_000)
            #expect(ticker.highest52WeekPrice?.unscaled == Int128(figures.extremes.high))
            #expect(ticker.side == nil)
        }
        let one = bench.get("/v1/orderbook", ["markets": "KRW-BTC,KRW-ETH", "count": "3"])
        let books = try one.body.withUnsafeBytes { try decoder.orderBooks($0, receivedAt: .epoch) }
        #expect(books.count == 2 && books.allSatisfy { $0.asks.count == 3 })
        #expect(bench.get("/v1/orderbook", ["markets": "KRW-BTC", "level": "77"]).body == Array("[]".utf8))
        let rows = bench.get("/v1/orderbook/instruments", ["markets": "KRW-BTC"])
        let instruments = try rows.body.withUnsafeBytes { try decoder.instruments($0) }
        #expect(instruments.first?.tickSize == Decimal8(1_000))
        #expect(
            instruments.first?.supportedLevels.map(\.description) == [
                "0", "10000", "100000", "1000000", "10000000", "100000000",
            ])
        let levels = bench.get("/v1/orderbook/supported_levels", ["markets": "KRW-BTC"])
        #expect(
            String(decoding: levels.body, as: UTF8.self)
                == "[{\"market\":\"KRW-BTC\","
                + "\"supported_levels\":[0,10000,100000,1000000,10000000,100000000]}]")
        #expect(levels.header("Remaining-Req")?.hasPrefix("group=orderbook;") == true)
    }

    @Test func marketsAreListedWithAndWithoutDetails() throws {
        var bench = try Bench(markets: 250)
        let decoder = RESTDecoder()
        let reply = bench.get("/v1/market/all", ["is_details": "true"])
        let listings = try reply.body.withUnsafeBytes { try decoder.markets($0) }
        #expect(listings.count == 250)
        #expect(listings.contains { $0.symbol.description == "KRW-BTC" && $0.koreanName == "비트코인" })
        let text = String(decoding: reply.body, as: UTF8.self)
        #expect(text.contains("\"market_event\":{\"warning\":false"))
        #expect(!String(decoding: bench.get("/v1/market/all").body, as: UTF8.self).contains("market_event"))
    }

    @Test func badRequestsAreRefusedWithANumberForAName() throws {
        var bench = try Bench()
        for (path, query, status, message) in [
            ("/v1/ticker", ["markets": "KRW-BTC,KRW-NONE"], 404, "Code not found"),
            ("/v1/ticker", [:], 400, "Missing request parameter error. Check the required parameters!"),
            (
                "/v1/candles/days", ["market": "KRW-BTC", "count": "x"], 400,
                "Type mismatch error. Check the parameters type!"
            ),
            (
                "/v1/candles/days", ["market": "KRW-BTC", "to": "yesterday"], 400,
                "Invalid parameter. Check the given value!"
            ),
            (
                "/v1/candles/days", ["market": "KRW-BTC", "count": "0"], 400,
                "Invalid parameter. Check the given value!"
            ),
            ("/v1/nothing", [:], 404, "Not found"),
        ] {
            let reply = bench.get(path, query)
            #expect(reply.status == status)
            #expect(
                String(decoding: reply.body, as: UTF8.self)
                    == "{\"error\":{\"name\":\(status),\"message\":\"\(message)\"}}")
        }
    }

    @Test func windowsAreFixedAndRefusalsGrowToABan() throws {
        var bench = try Bench()
        bench.now = 5_999_999
        var left: [String?] = []
        for path in ["minutes/1", "seconds", "days", "weeks", "months", "years"] {
            left.append(
                bench.get("/v1/candles/\(path)", ["market": "KRW-BTC"], pause: 1).header("Remaining-Req"))
        }
        #expect(left == (4...9).reversed().map { "group=candles; min=600; sec=\($0)" })
        let other = bench.get("/v1/trades/ticks", ["market": "KRW-BTC"], pause: 1)
        #expect(other.header("Remaining-Req") == "group=crix-trades; min=600; sec=9")
        #expect(
            bench.get("/v1/ticker", ["markets": "KRW-BTC"], pause: 1).header("Remaining-Req")?.hasPrefix(
                "group=ticker;") == true)
        #expect(
            bench.get("/v1/orderbook", ["markets": "KRW-BTC"], pause: 1).header("Remaining-Req")?.hasPrefix(
                "group=orderbook;") == true)
        #expect(
            bench.get("/v1/market/all", pause: 1).header("Remaining-Req")?.hasPrefix("group=market;") == true)
        for _ in 0..<4 { _ = bench.get("/v1/candles/days", ["market": "KRW-BTC"], pause: 1) }
        let refused = bench.get("/v1/candles/days", ["market": "KRW-BTC"], pause: 1)
        #expect(refused.status == 429 && refused.body == Array("Too many API requests.".utf8))
        var banned = refused
        for _ in 0..<30 where banned.status == 429 {
            banned = bench.get("/v1/candles/days", ["market": "KRW-BTC"], pause: 1)
        }
        #expect(banned.status == 418)
        #expect(bench.get("/v1/market/all").status == 418, "the whole address is banned")
        #expect(bench.get("/v1/market/all", pause: 61_000).status == 200)
    }

    @Test func callersWithAnOriginWaitTenSeconds() throws {
        var bench = try Bench()
        var call = RESTCall("/v1/market/all", hasOrigin: true)
        call.address = "127.0.0.3"
        #expect(bench.engine.answer(call, market: bench.market, now: 1_000).status == 200)
        let second = bench.engine.answer(call, market: bench.market, now: 9_000)
        #expect(second.status == 429 && second.header("Remaining-Req") == "group=origin; min=6; sec=0")
        #expect(bench.engine.answer(call, market: bench.market, now: 11_500).status == 200)
    }

    @Test func bithumbTakesKoreanTimesAndHasFewerPlaces() throws {
        var bench = try Bench(profile: .bithumb)
        let rows = try bench.candles(
            "days", ["market": "KRW-BTC", "count": "1", "to": "2026-03-05T09:00:00"], .day1)
        #expect(rows.first?.candle.time.description == "2026-03-04T00:00:00Z")
        #expect(
            bench.get("/v1/candles/days", ["market": "KRW-BTC", "to": "2026-03-05T00:00:00Z"]).status == 400)
        for path in ["candles/seconds", "candles/years", "ticker/all", "orderbook/instruments"] {
            #expect(bench.get("/v1/\(path)", ["market": "KRW-BTC", "markets": "KRW-BTC"]).status == 404)
        }
        let reply = bench.get("/v1/ticker", ["markets": "KRW-BTC"])
        #expect(reply.status == 200 && reply.header("Remaining-Req") == nil)
    }
}
