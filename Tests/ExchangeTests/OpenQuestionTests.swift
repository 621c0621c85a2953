import Exchange
import Market
import TestKit
import Testing
import Upbit

/// Each switch of `OpenQuestions`, as a client sees it both ways.
@Suite(.oneAtATime) struct OpenQuestionTests {
    func bench(_ change: (inout OpenQuestions) -> Void) throws -> HubBench {
        var questions = OpenQuestions()
        change(&questions)
        return try HubBench(questions: questions)
    }

    func request(_ parts: String, format: String? = nil) -> String {
        let tail = format.map { ",{\"format\":\"\($0)\"}" } ?? ""
        return "[{\"ticket\":\"t\"},\(parts)\(tail)]"
    }

    /// REST of the same exchange, at the hub's time.
    func engine(_ bench: HubBench, _ change: (inout OpenQuestions) -> Void) -> RESTEngine {
        var questions = OpenQuestions()
        change(&questions)
        return RESTEngine(
            plan: bench.plan, profile: .upbit, questions: questions, seed: 7, isLimited: false)
    }

    @Test(arguments: [OpenQuestions.CandleClock.execution, .publication])
    func theClockOfCandlesPutsTradesIntoThem(clock: OpenQuestions.CandleClock) throws {
        var bench = try bench { $0.candleClock = clock }
        let session = try bench.connect()
        bench.send(
            request(
                "{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true},"
                    + "{\"type\":\"candle.1s\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true}"),
            on: session)
        let start = bench.market / 1_000 * 1_000 + 1_000
        bench.run(milliseconds: 61_000)
        var wanted: [Int64: TradeSummary] = [:]
        var isAtABorder = false
        var sent: [Int64: CandleMessage] = [:]
        let symbol = try Symbol("KRW-XRP")
        for entry in bench.ledger where entry.symbol == symbol {
            let time = clock == .execution ? entry.trade.milliseconds : entry.publishedMilliseconds
            wanted[time / 1_000 * 1_000, default: TradeSummary()].add(entry.trade)
            if entry.trade.milliseconds / 1_000 != entry.publishedMilliseconds / 1_000 { isAtABorder = true }
        }
        #expect(isAtABorder, "the two clocks differ for some trades")
        for message in bench.messages(session).compactMap(\.candle) {
            sent[message.candle.time.milliseconds] = message
        }
        var engine = engine(bench) { $0.candleClock = clock }
        let reply = engine.answer(
            RESTCall("/v1/candles/seconds", ["market": "KRW-XRP", "count": "200"]),
            market: bench.market + 5_000,
            now: 0)
        let rows = try reply.body.withUnsafeBytes {
            try RESTDecoder().candles($0, .second1, receivedAt: .epoch)
        }
        let asked = Dictionary(uniqueKeysWithValues: rows.map { ($0.candle.time.milliseconds, $0.candle) })
        let compared = wanted.keys.filter { $0 >= start && $0 < start + 57_000 }
        #expect(compared.count > 40)
        for second in compared {
            let expected = wanted[second] ?? TradeSummary()
            for candle in [sent[second]?.candle, asked[second]] {
                #expect(candle?.volume.unscaled == expected.volume * 100_000_000, "\(second)")
                #expect(candle?.open.unscaled == Int128(expected.open))
                #expect(candle?.close.unscaled == Int128(expected.close))
            }
        }
    }

    @Test(arguments: [CandleUnit.minutes(1), .minutes(60), .day, .week, .month])
    func longerCandlesFollowThePublicationToo(unit: CandleUnit) throws {
        let model = try plan(12, rate: 4).models[1]
        var history = MarketHistory(model)
        let seen = monday + 3 * 86_400_000 + 40_271_543
        let candles = history.candles(
            unit, before: seen + 1, seen: seen, count: 3, clock: .publication)
        #expect(candles.count == 3)
        // The newest and the two borders behind it, trade by trade.
        let newest = candles[0]
        let from = max(newest.start, monday)
        let trades = modelTrades(model, from: from - 60, to: seen, seen: seen)
        if newest.start >= monday {
            let own = trades.filter { model.publication($0.milliseconds) >= newest.start }
            #expect(newest.summary == sum(own))
        }
        for (later, earlier) in zip(candles, candles.dropFirst()) where later.start > earlier.start {
            let minute = unit.end(earlier.start)
            let last = modelTrades(model, from: minute - 600_000, to: minute).last {
                model.publication($0.milliseconds) < minute
            }
            #expect(earlier.summary.close == last?.price)
        }
    }

    @Test func idsCountAsTheExchangeIsSaidTo() throws {
        func change(_ questions: inout OpenQuestions) {
            questions.sequentialIDFirst = 7
            questions.sequentialIDStep = 3
        }
        var bench = try bench(change)
        let session = try bench.connect()
        bench.send(
            request("{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true}"), on: session)
        bench.run(milliseconds: 10_000)
        let trades = bench.messages(session).compactMap { $0.trade?.trade }
        #expect(trades.count > 200)
        for (trade, next) in zip(trades, trades.dropFirst()) {
            let count = trade.sequentialID % 10_000
            #expect(trade.sequentialID / 10_000 == trade.time.milliseconds && count >= 7 && count % 3 == 1)
            #expect(trade.time == next.time ? next.sequentialID == trade.sequentialID + 3 : count < 3_000)
        }
        #expect(zip(trades, trades.dropFirst()).contains { $0.time == $1.time })
        var engine = engine(bench, change)
        var found: [Int64] = []
        var query = ["market": "KRW-XRP", "count": "13"]
        while found.count < trades.count {
            let reply = engine.answer(RESTCall("/v1/trades/ticks", query), market: bench.market, now: 0)
            let page = try reply.body.withUnsafeBytes { try RESTDecoder().trades($0, receivedAt: .epoch) }
            found += page.map(\.trade.sequentialID)
            query["cursor"] = "\(page[page.count - 1].trade.sequentialID)"
        }
        #expect(Array(found.prefix(trades.count).reversed()) == trades.map(\.sequentialID))
    }

    @Test(arguments: [(0, 11), (1_000, 1), (0, 0), (-1, 1)])
    func idsThatCouldNotBeUniqueAreRefused(first: Int64, step: Int64) {
        var settings = ExchangeSettings()
        settings.questions.sequentialIDFirst = first
        settings.questions.sequentialIDStep = step
        #expect(throws: ExchangeError.self) { _ = try ExchangeServer(settings) }
    }

    @Test(arguments: [false, true])
    func aBooksCodeKeepsItsDepthOrNot(keeps: Bool) throws {
        var bench = try bench { $0.keepsDepthSuffix = keeps }
        let session = try bench.connect()
        bench.send(
            request("{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC.5\",\"KRW-ETH\"]}"), on: session)
        bench.run(milliseconds: 3_000)
        let texts = bench.texts(session)
        let code = keeps ? "\"code\":\"KRW-BTC.5\"" : "\"code\":\"KRW-BTC\""
        let books = texts.filter { $0.contains(code) }
        #expect(books.count > 3 && texts.contains { $0.contains("\"code\":\"KRW-ETH\"") })
        #expect(texts.allSatisfy { $0.contains(code) || $0.contains("\"code\":\"KRW-ETH\"") })
        // A client reads both.
        let symbols = Set(
            decoded(books.map { Array($0.utf8) }).compactMap { $0.orderBook?.symbol.description })
        #expect(symbols == ["KRW-BTC"])
    }

    @Test(arguments: [false, true])
    func serviceMessagesAreListedOrNot(lists: Bool) throws {
        var bench = try bench { $0.listsServiceMessages = lists }
        let session = try bench.connect()
        bench.send(
            request(
                "{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"],\"is_only_snapshot\":true}", format: "JSON_LIST"),
            on: session)
        _ = bench.take(session)
        bench.send("PING", on: session)
        bench.send("nonsense", on: session)
        let frames = bench.take(session)
        #expect(frames.allSatisfy { ($0.first == 0x5B) == lists } && frames.count == 2)
        let messages = decoded(frames)
        #expect(messages.first == .status("UP") && messages.last?.refusal?.name == "WRONG_FORMAT")
    }

    @Test(arguments: [false, true])
    func camelCaseFlagsAreHonouredOrNot(accepts: Bool) throws {
        var bench = try bench { $0.acceptsCamelCaseFlags = accepts }
        let session = try bench.connect()
        bench.send(
            request("{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"isOnlySnapshot\":true}"), on: session)
        bench.run(milliseconds: 3_000)
        #expect((bench.messages(session).count == 1) == accepts)
    }

    @Test func requestsHaveTheBoundsOfTheirQuestions() throws {
        var bench = try bench {
            $0.codesMax = 3
            $0.requestBytesMax = 200
        }
        let session = try bench.connect()
        for (codes, name) in [
            (3, nil), (4, "INVALID_PARAM"), (40, "WRONG_FORMAT"),
        ] as [(Int, String?)] {
            let list = Array(repeating: "\"KRW-BTC\"", count: codes).joined(separator: ",")
            bench.send(request("{\"type\":\"trade\",\"codes\":[\(list)]}"), on: session)
            #expect(bench.messages(session).compactMap { $0.refusal?.name }.first == name, "\(codes)")
        }
    }

    @Test(arguments: [OpenQuestions.ThinBook.zeros, .shortest])
    func aThinBooksMissingSideIsZerosOrNotThere(thinBook: OpenQuestions.ThinBook) throws {
        var questions = OpenQuestions()
        questions.thinBook = thinBook
        // So cheap that there are few prices below.
        let spec = MarketSpec(
            symbol: try Symbol("BTC-CHEAP"), koreanName: "싼", englishName: "Cheap", price: 0.000_000_12,
            tradesPerMinute: 60, volatility: 0.000_1, listedMinute: monday / 60_000 - 10_000)
        let plan = VenuePlan(seed: 7, markets: [spec])
        var hub = SocketHub(
            plan: plan, profile: .upbit, questions: questions, seed: 7, market: monday + 3_600_000)
        guard case .accept(let session) = hub.connect(from: "a", hasOrigin: false, now: 0) else {
            Issue.record("not accepted")
            return
        }
        hub.received(
            Array(request("{\"type\":\"orderbook\",\"codes\":[\"BTC-CHEAP\"]}").utf8), on: session, now: 0)
        let frames = hub.takeOutputs().compactMap { output -> [UInt8]? in
            guard case .send(let frame) = output.action else { return nil }
            return frame
        }
        let book = try #require(decoded(frames).first?.orderBook)
        #expect(book.bids.count < 30 && book.bids.count > 3)
        #expect(book.asks.count == (thinBook == .zeros ? 30 : book.bids.count))
        let text = String(decoding: frames[0], as: UTF8.self)
        #expect(text.contains("\"bid_price\":0,") == (thinBook == .zeros))
    }

    @Test(arguments: [true, false])
    func aCountAboveTheMostIsClampedOrRefused(clamps: Bool) throws {
        let bench = try HubBench()
        var engine = engine(bench) { $0.clampsCount = clamps }
        for (path, query, most) in [
            ("/v1/candles/minutes/1", ["market": "KRW-BTC"], 200),
            ("/v1/trades/ticks", ["market": "KRW-BTC"], 500),
            ("/v1/orderbook", ["markets": "KRW-BTC"], 30),
        ] {
            func status(_ count: Int) -> Int {
                var query = query
                query["count"] = "\(count)"
                return engine.answer(RESTCall(path, query), market: bench.market, now: 0).status
            }
            #expect(status(most) == 200)
            #expect(status(most + 1) == (clamps ? 200 : 400), "\(path)")
        }
    }

    @Test(arguments: [(OpenQuestions.BanAnswer.json, false), (.plainText, true)])
    func aBanIsToldInEitherWayAndUnderstood(answer: OpenQuestions.BanAnswer, retries: Bool) throws {
        let bench = try HubBench()
        var questions = OpenQuestions()
        questions.banAnswer = answer
        questions.sendsRetryAfter = retries
        var engine = RESTEngine(plan: bench.plan, profile: .upbit, questions: questions, seed: 7)
        var reply = RESTReply(body: [])
        var sawTooMany = false
        for _ in 0..<60 where reply.status != 418 {
            reply = engine.answer(RESTCall("/v1/market/all"), market: bench.market, now: 10)
            if reply.status == 429 {
                sawTooMany = true
                #expect((reply.header("Retry-After") == "1") == retries)
            }
        }
        #expect(sawTooMany && reply.status == 418)
        #expect((reply.body.first == 0x7B) == (answer == .json))
        let error = reply.body.withUnsafeBytes {
            RESTFailure.error(
                status: 418, retryAfter: reply.header("Retry-After"), body: $0, target: "/v1/market/all")
        }
        #expect(error?.code == .banned(seconds: 60))
        #expect((reply.header("Retry-After") == "60") == retries)
    }
}
