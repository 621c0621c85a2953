import Exchange
import Market
import TestKit
import Testing
import Upbit

/// The socket's habits, one by one.
@Suite(.oneAtATime) struct SocketProtocolTests {
    static let all = "\"KRW-XRP\",\"KRW-BTC\",\"KRW-ETH\""

    func request(_ parts: String, format: String? = nil) -> String {
        let tail = format.map { ",{\"format\":\"\($0)\"}" } ?? ""
        return "[{\"ticket\":\"t\"},\(parts)\(tail)]"
    }

    @Test func snapshotsComeFirstAndThenNews() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.run(milliseconds: 1_000)
        #expect(bench.take(session).isEmpty, "nothing before the first request")
        bench.send(request("{\"type\":\"trade\",\"codes\":[\(Self.all)]}"), on: session)
        let snapshots = bench.messages(session)
        #expect(snapshots.count == 3 && snapshots.allSatisfy { $0.trade?.streamType == .snapshot })
        bench.run(milliseconds: 5_000)
        let news = bench.messages(session).compactMap(\.trade)
        #expect(news.count > 20 && news.allSatisfy { $0.streamType == .realtime })
        let wanted = Set(try ["KRW-XRP", "KRW-BTC", "KRW-ETH"].map { try Symbol($0) })
        let printed = bench.ledger.filter {
            wanted.contains($0.symbol) && $0.publishedMilliseconds > bench.market - 5_000
        }
        #expect(news.map(\.trade.sequentialID) == printed.map(\.trade.sequentialID))
        for (message, entry) in zip(news, printed) {
            #expect(message.trade.price.unscaled == Int128(entry.trade.price))
            #expect(message.trade.volume.unscaled == entry.trade.volume)
            let delay = (message.trade.publishedAt?.milliseconds ?? 0) - message.trade.time.milliseconds
            #expect((36...60).contains(delay))
        }
    }

    @Test func snapshotOnlyAndRealtimeOnlyInBothSpellings() throws {
        for (flag, snapshots, news) in [
            ("is_only_snapshot", true, false), ("isOnlySnapshot", true, false),
            ("is_only_realtime", false, true), ("isOnlyRealtime", false, true),
        ] {
            var bench = try HubBench()
            let session = try bench.connect()
            bench.send(request("{\"type\":\"ticker\",\"codes\":[\(Self.all)],\"\(flag)\":true}"), on: session)
            #expect(bench.messages(session).count == (snapshots ? 3 : 0))
            bench.run(milliseconds: 3_000)
            #expect(bench.messages(session).isEmpty != news, "\(flag)")
        }
    }

    @Test func aRequestReplacesTheSetAndTheFormat() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send(request("{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"]}", format: "SIMPLE"), on: session)
        #expect(bench.texts(session).allSatisfy { $0.hasPrefix("{\"ty\":\"trade\"") })
        bench.send(request("{\"type\":\"ticker\",\"codes\":[\"KRW-BTC\"]}", format: "JSON_LIST"), on: session)
        bench.run(milliseconds: 4_000)
        let texts = bench.texts(session)
        #expect(
            texts.count > 3 && texts.allSatisfy { $0.hasPrefix("[{\"type\":\"ticker\",\"code\":\"KRW-BTC\"") }
        )
    }

    @Test(arguments: [
        ("{\"ticket\":\"t\"}", "WRONG_FORMAT"), ("nonsense", "WRONG_FORMAT"), ("[]", "NO_TICKET"),
        ("[{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"]}]", "NO_TICKET"), ("[{\"ticket\":\"t\"}]", "NO_TYPE"),
        ("[{\"ticket\":\"t\"},{\"type\":\"trade\"}]", "NO_CODES"),
        ("[{\"ticket\":\"t\"},{\"type\":\"gossip\",\"codes\":[\"KRW-BTC\"]}]", "INVALID_PARAM"),
    ])
    func wrongRequestsGetOneErrorAndThenSilence(text: String, name: String) throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send(text, on: session)
        #expect(bench.messages(session).map { $0.refusal?.name } == [name])
        bench.run(milliseconds: 3_000)
        #expect(bench.take(session).isEmpty && bench.ends.isEmpty)
        bench.send(request("{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"]}"), on: session)
        #expect(bench.messages(session).count == 1, "the connection still works")
    }

    @Test func theDocumentedErrorIsMadeOfItsBytes() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send("{\"type\":\"trade\"}", on: session)
        #expect(
            bench.texts(session) == [
                "{\"error\":{\"message\":\"Format 이 맞지 않습니다.\",\"name\":\"WRONG_FORMAT\"}}"
            ])
    }

    @Test func booksHaveTheDepthAndLevelThatWereAskedFor() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        for (code, level, depth) in [
            ("KRW-BTC", "", 30), ("KRW-BTC.1", "", 1), ("KRW-BTC.5", "", 5), ("KRW-BTC.15", "", 15),
            ("KRW-BTC.7", "", 30), ("KRW-BTC.5", ",\"level\":100000", 5),
        ] {
            bench.now += 60_000
            bench.send(request("{\"type\":\"orderbook\",\"codes\":[\"\(code)\"]\(level)}"), on: session)
            let book = try #require(bench.messages(session).first?.orderBook)
            #expect(book.asks.count == depth && book.bids.count == depth, "\(code)")
            #expect(book.symbol.description == "KRW-BTC")
            let (ask, bid) = (try #require(book.asks.best), try #require(book.bids.best))
            #expect(ask.price > bid.price)
            if !level.isEmpty {
                #expect(book.asks.array.allSatisfy { $0.price.unscaled % 10_000_000_000_000 == 0 })
            }
            let total = book.asks.array.reduce(Int128(0)) { $0 + $1.volume.unscaled }
            #expect(book.totalAskVolume.unscaled == total * 100_000_000)
        }
        bench.run(milliseconds: 2_000)
        let books = bench.messages(session)
        #expect(books.count >= 8 && books.allSatisfy { $0.orderBook?.level == Decimal8(100_000) })
        bench.now += 60_000
        bench.send(request("{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC\"],\"level\":12345}"), on: session)
        bench.run(milliseconds: 2_000)
        #expect(bench.take(session).isEmpty, "an unknown level is met with silence")
    }

    @Test func tickersAddUpToTheTrades() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send(
            request(
                "{\"type\":\"ticker\",\"codes\":[\"KRW-XRP\"]},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"]}"),
            on: session)
        bench.run(milliseconds: 10_000)
        var tickers: [Ticker] = []
        var volume: Decimal16?
        var value: Decimal16?
        for message in bench.messages(session) {
            if let trade = message.trade, trade.streamType == .realtime, let known = volume {
                volume = trade.trade.volume.widened.flatMap { known.adding($0) }
                value = trade.trade.value.flatMap { value?.adding($0) }
            } else if let ticker = message.ticker {
                #expect(volume == nil || ticker.accVolume == volume)
                #expect(value == nil || ticker.accValue == value)
                (volume, value) = (ticker.accVolume, ticker.accValue)
                #expect(ticker.accAskVolume.flatMap { ticker.accBidVolume?.adding($0) } == ticker.accVolume)
                tickers.append(ticker)
            }
        }
        #expect(tickers.count > 10)
    }

    @Test func candlesComeOnceASecondAndOnlyAfterATrade() throws {
        var bench = try HubBench(markets: 60, rate: 20)
        let session = try bench.connect()
        let codes = bench.plan.models.map { "\"\($0.spec.symbol)\"" }.joined(separator: ",")
        bench.send(
            request(
                "{\"type\":\"candle.1s\",\"codes\":[\(codes)]},{\"type\":\"candle.1m\",\"codes\":[\(codes)]}"),
            on: session)
        let snapshots = bench.messages(session)
        #expect(snapshots.count == 120 && snapshots.allSatisfy { $0.candle?.streamType == .snapshot })
        bench.run(milliseconds: 200_000, step: 100)
        let candles = bench.messages(session).compactMap(\.candle)
        #expect(candles.count > 500)
        // The last state of each candle that is surely over equals its trades.
        var last: [String: CandleMessage] = [:]
        for candle in candles {
            last["\(candle.candle.symbol) \(candle.candle.timeframe) \(candle.candle.time)"] = candle
        }
        var checked = 0
        for message in last.values where message.candle.time.milliseconds > monday + 3_600_000 {
            let candle = message.candle
            let end = candle.interval.upperBound.milliseconds
            guard end + 5_000 < bench.market else { continue }
            let number = try #require(bench.plan.models.firstIndex { $0.spec.symbol == candle.symbol })
            let model = bench.plan.models[number]
            let expected = sum(modelTrades(model, from: candle.time.milliseconds, to: end))
            #expect(candle.volume.unscaled == expected.volume * 100_000_000, "\(candle)")
            #expect(
                candle.close.unscaled == Int128(expected.close)
                    && candle.open.unscaled == Int128(expected.open))
            #expect(message.lastTickAt.milliseconds == model.publication(expected.lastMilliseconds))
            checked += 1
        }
        #expect(checked > 100)
    }

    @Test func aQuietConnectionEndsWithoutACloseFrameAfterTwoMinutes() throws {
        var bench = try HubBench()
        let silent = try bench.connect()
        let pinging = try bench.connect()
        let listening = try bench.connect()
        bench.send("PING", on: pinging)
        #expect(bench.texts(pinging) == ["{\"status\":\"UP\"}"])
        bench.send(request("{\"type\":\"trade\",\"codes\":[\(Self.all)]}"), on: listening)
        let byFrames = try bench.connect()
        for _ in 0..<12 {
            bench.run(milliseconds: 9_900, step: 300)
            bench.hub.heard(byFrames, now: bench.now)
        }
        #expect(bench.ends.isEmpty)
        bench.run(milliseconds: 2_000, step: 100)
        #expect(bench.ends == [silent: .vanish])
        let ups = bench.texts(pinging)
        #expect(ups.count == 12 && Set(ups) == ["{\"status\":\"UP\"}"])
    }

    @Test func messagesAndConnectsAreLimited() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        for _ in 0..<5 { bench.send("[{\"ticket\":\"t\"},{\"method\":\"LIST_SUBSCRIPTIONS\"}]", on: session) }
        #expect(bench.messages(session).allSatisfy { $0.refusal == nil })
        bench.send("[{\"ticket\":\"t\"},{\"method\":\"LIST_SUBSCRIPTIONS\"}]", on: session)
        #expect(bench.messages(session).first?.refusal?.name == "TOO_MANY_REQUEST")
        for _ in 0..<4 { _ = try bench.connect() }
        guard case .refuse(429, _) = bench.hub.connect(from: "127.0.0.1", hasOrigin: false, now: bench.now)
        else {
            Issue.record("a sixth connect in a second was not refused")
            return
        }
        #expect(throws: Never.self) { try bench.connect(address: "127.0.0.2") }
        var verdict = SocketHub.ConnectVerdict.accept(session: 0)
        for _ in 0..<20 { verdict = bench.hub.connect(from: "127.0.0.1", hasOrigin: false, now: bench.now) }
        guard case .refuse(418, _) = verdict else {
            Issue.record("who goes on is not banned: \(verdict)")
            return
        }
        guard case .accept = bench.hub.connect(from: "127.0.0.1", hasOrigin: true, now: bench.now + 70_000),
            case .refuse(429, _) = bench.hub.connect(
                from: "127.0.0.1", hasOrigin: true, now: bench.now + 75_000)
        else {
            Issue.record("an Origin header allows one connect in ten seconds")
            return
        }
    }

    @Test func theSubscriptionsAreListed() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send(
            request(
                "{\"type\":\"ticker\",\"codes\":[\"KRW-BTC\"]},{\"type\":\"orderbook\",\"codes\":[\"KRW-ETH\"]}"
            ),
            on: session)
        _ = bench.take(session)
        bench.send("[{\"ticket\":\"t1\"},{\"method\":\"LIST_SUBSCRIPTIONS\"}]", on: session)
        #expect(
            bench.texts(session) == [
                "{\"method\":\"LIST_SUBSCRIPTIONS\",\"result\":[{\"type\":\"ticker\",\"codes\":[\"KRW-BTC\"]},"
                    + "{\"type\":\"orderbook\",\"codes\":[\"KRW-ETH\"],\"level\":0}],\"ticket\":\"t1\"}"
            ])
    }

    @Test func unknownCodesAreSwitches() throws {
        var bench = try HubBench()
        let first = try bench.connect()
        bench.send(
            request("{\"type\":\"trade\",\"codes\":[\"KRW-NONE\",\"krw-btc\",\"KRW-BTC\"]}"), on: first)
        #expect(bench.messages(first).count == 1, "unknown codes are met with silence")
        var questions = OpenQuestions()
        questions.acceptsLowerCaseCodes = true
        questions.unknownCode = .invalidParameter
        bench = try HubBench(questions: questions)
        let second = try bench.connect()
        bench.send(request("{\"type\":\"trade\",\"codes\":[\"krw-btc\"]}"), on: second)
        #expect(bench.messages(second).count == 1)
        bench.send(request("{\"type\":\"trade\",\"codes\":[\"KRW-NONE\"]}"), on: second)
        #expect(bench.messages(second).first?.refusal?.name == "INVALID_PARAM")
    }

    @Test func bithumbHasKoreanDatesAndNoCandles() throws {
        var bench = try HubBench(profile: .bithumb, market: monday + 16 * 3_600_000)
        let session = try bench.connect()
        bench.send(
            request("{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"],\"isOnlySnapshot\":true}"), on: session)
        let text = try #require(bench.texts(session).first)
        #expect(text.contains("\"trade_date\":\"2026-03-03\""), "01:00 of the next day in Korea: \(text)")
        bench.send(request("{\"type\":\"candle.1m\",\"codes\":[\"KRW-BTC\"]}"), on: session)
        #expect(bench.messages(session).first?.refusal?.name == "INVALID_PARAM")
    }

    @Test func twoRunsOfOneSeedAreEqualToTheByte() throws {
        func run(_ seed: UInt64, step: Int64) throws -> ([LedgerEntry], [[UInt8]]) {
            var faults = FaultProfile.dirty.settings
            faults.loseShare = 0.01
            var bench = try HubBench(faults: faults, seed: seed)
            let session = try bench.connect()
            let codes = bench.plan.models.map { "\"\($0.spec.symbol)\"" }.joined(separator: ",")
            bench.send(
                request(
                    "{\"type\":\"trade\",\"codes\":[\(codes)]},{\"type\":\"ticker\",\"codes\":[\(codes)]},"
                        + "{\"type\":\"orderbook\",\"codes\":[\(codes)]},{\"type\":\"candle.1m\",\"codes\":[\(codes)]}"
                ),
                on: session)
            bench.run(milliseconds: 30_000, step: step)
            return (bench.ledger, bench.take(session))
        }
        let first = try run(3, step: 10)
        let second = try run(3, step: 50)
        #expect(first.0 == second.0 && first.1 == second.1)
        #expect(first.0.count > 1_000 && first.1.count > 3_000)
        let other = try run(4, step: 10)
        #expect(other.0 != first.0 && other.1 != first.1)
    }
}
