import Market
import Testing
import Upbit

@Suite struct SubscriptionTests {
    private func symbols(_ texts: String...) throws -> [Symbol] { try texts.map { try Symbol($0) } }

    private func read(
        _ text: String, _ questions: OpenQuestions = OpenQuestions(),
        isListed: (Symbol) -> Bool = { _ in true }
    ) -> Result<ClientRequest, RefusedRequest> {
        var text = text
        return text.withUTF8 { ClientRequest.read(UnsafeRawBufferPointer($0), questions, isListed: isListed) }
    }

    @Test func theWholeSetIsSentAsDocumented() throws {
        let request = SubscriptionRequest(
            ticket: "t-1",
            subscriptions: [
                Subscription(.trade, symbols: try symbols("KRW-BTC", "KRW-ETH")),
                Subscription(.orderBook, symbols: try symbols("KRW-BTC"), depth: 15, level: Decimal8(10_000)),
                Subscription(.candle(.hour1), symbols: try symbols("KRW-BTC"), delivery: .realtimeOnly),
                Subscription(.ticker, symbols: try symbols("BTC-ETH"), delivery: .snapshotOnly),
            ], format: .simple)
        let text = String(decoding: try request.encoded(), as: UTF8.self)
        let expected =
            #"[{"ticket":"t-1"},{"type":"trade","codes":["KRW-BTC","KRW-ETH"]},"#
            + #"{"type":"orderbook","codes":["KRW-BTC.15"],"level":10000},"#
            + #"{"type":"candle.60m","codes":["KRW-BTC"],"is_only_realtime":true},"#
            + #"{"type":"ticker","codes":["BTC-ETH"],"is_only_snapshot":true},{"format":"SIMPLE"}]"#
        #expect(text == expected)
        #expect(read(text) == .success(.subscribe(ticket: "t-1", request.subscriptions, format: .simple)))
    }

    @Test func bithumbHasOtherFlagNamesAndNoCandles() throws {
        var request = SubscriptionRequest(
            ticket: "t",
            subscriptions: [Subscription(.trade, symbols: try symbols("KRW-BTC"), delivery: .realtimeOnly)],
            format: .full)
        let text = String(decoding: try request.encoded(for: .bithumb), as: UTF8.self)
        #expect(text.contains(#""isOnlyRealtime":true"#))
        request.subscriptions = [Subscription(.candle(.minute1), symbols: try symbols("KRW-BTC"))]
        #expect(throws: UpbitError.self) { try request.encoded(for: .bithumb) }
    }

    @Test func whatTheExchangeWouldMeetWithSilenceIsRefused() throws {
        let btc = try symbols("KRW-BTC")
        let bad: [Subscription] = [
            Subscription(.trade, symbols: []), Subscription(.candle(.day1), symbols: btc),
            Subscription(.orderBook, symbols: btc, depth: 10), Subscription(.trade, symbols: btc, depth: 15),
            Subscription(.orderBook, symbols: try symbols("BTC-ETH"), level: Decimal8(1)),
            Subscription(.ticker, symbols: btc, level: Decimal8(1)),
        ]
        for subscription in bad {
            let request = SubscriptionRequest(ticket: "t", subscriptions: [subscription], format: .full)
            #expect(throws: UpbitError.self) { try request.encoded() }
        }
        #expect(throws: UpbitError.self) {
            try SubscriptionRequest(ticket: "t", subscriptions: [], format: .full).encoded()
        }
        #expect(throws: UpbitError.self) {
            try SubscriptionRequest(
                ticket: "", subscriptions: [Subscription(.trade, symbols: btc)], format: .full
            ).encoded()
        }
    }

    @Test func theListRequestIsReadAsOne() {
        let text = String(decoding: SubscriptionRequest.list(ticket: "t1"), as: UTF8.self)
        #expect(text == #"[{"ticket":"t1"},{"method":"LIST_SUBSCRIPTIONS"}]"#)
        #expect(read(text) == .success(.list(ticket: "t1", format: nil)))
    }

    @Test(arguments: [
        (#"{"ticket":"t"}"#, RefusedRequest.wrongFormat), ("", .wrongFormat), ("[", .wrongFormat),
        ("[1]", .wrongFormat),
        ("[]", .noTicket), (#"[{"type":"trade","codes":["KRW-BTC"]}]"#, .noTicket),
        (#"[{"ticket":"t"}]"#, .noType),
        (#"[{"ticket":"t"},{"type":"trade"}]"#, .noCodes),
        (#"[{"ticket":"t"},{"type":"trade","codes":[]}]"#, .noCodes),
        (#"[{"ticket":"t"},{"type":"nonsense","codes":["KRW-BTC"]}]"#, .invalidParameter),
        (#"[{"ticket":"t"},{"type":"trade","codes":["KRW-BTC"]},{"format":"XML"}]"#, .wrongFormat),
        (#"[{"ticket":"t"},{"method":"NONSENSE"}]"#, .invalidParameter),
    ])
    func aWrongRequestGetsTheDocumentedName(text: String, refusal: RefusedRequest) {
        #expect(read(text) == .failure(refusal))
        #expect(refusal.message.name == refusal.rawValue)
    }

    @Test func theDocumentedRefusalIsWrittenByteForByte() {
        let message = Message.refusal(RefusedRequest.wrongFormat.message)
        #expect(
            String(decoding: MessageEncoder(format: .full).frame(message), as: UTF8.self) == Samples.refusal)
    }

    @Test func openQuestionsDecideHowRequestsAreTaken() throws {
        func delivery(_ flag: String, _ questions: OpenQuestions) -> Subscription.Delivery? {
            let text = #"[{"ticket":"t"},{"type":"trade","codes":["KRW-BTC"],"\#(flag)":true}]"#
            guard case .success(.subscribe(_, let subscriptions, _)) = read(text, questions) else {
                return nil
            }
            return subscriptions.first?.delivery
        }
        var questions = OpenQuestions()
        #expect(delivery("isOnlyRealtime", questions) == .realtimeOnly)
        #expect(delivery("isOnlySnapshot", questions) == .snapshotOnly)
        questions.acceptsCamelCaseFlags = false
        #expect(delivery("isOnlyRealtime", questions) == .snapshotAndRealtime)
        #expect(delivery("is_only_realtime", questions) == .realtimeOnly)

        let lower = #"[{"ticket":"t"},{"type":"trade","codes":["krw-btc"]}]"#
        #expect(read(lower, questions) == .success(.subscribe(ticket: "t", [], format: nil)))
        questions.acceptsLowerCaseCodes = true
        let both = Subscription(.trade, symbols: try symbols("KRW-BTC"))
        #expect(read(lower, questions) == .success(.subscribe(ticket: "t", [both], format: nil)))
        #expect(
            read(lower, questions, isListed: { _ in false })
                == .success(.subscribe(ticket: "t", [], format: nil)))
        questions.unknownCode = .invalidParameter
        #expect(read(lower, questions, isListed: { _ in false }) == .failure(.invalidParameter))
        questions.codesMax = 0
        #expect(read(lower, questions) == .failure(.wrongFormat))
        questions.codesMax = 10
        questions.requestBytesMax = 10
        #expect(read(lower, questions) == .failure(.wrongFormat))
    }

    @Test func depthsOtherThanTheDocumentedOnesMeanThirty() throws {
        let text = #"[{"ticket":"t"},{"type":"orderbook","codes":["KRW-BTC.5","KRW-ETH.7","KRW-XRP"]}]"#
        guard case .success(.subscribe(_, let subscriptions, _)) = read(text) else {
            Issue.record("not read")
            return
        }
        #expect(subscriptions.map(\.depth) == [5, 30, nil])
    }

    @Test func openQuestionsDecideHowMessagesAreWritten() throws {
        var questions = OpenQuestions()
        let book = Message.orderBook(try Samples.orderBook(Samples.orderBook))
        func text(_ message: Message, _ format: WireFormat) -> String {
            var encoder = MessageEncoder(format: format, questions: questions)
            encoder.depth = 15
            return String(decoding: encoder.frame(message), as: UTF8.self)
        }
        #expect(text(.status("UP"), .simpleList) == #"{"status":"UP"}"#)
        #expect(
            text(book, .full).contains(#""code":"KRW-BTC""#) && text(book, .full).contains(#""bid_price":0"#))
        questions.listsServiceMessages = true
        questions.keepsDepthSuffix = true
        questions.thinBook = .shortest
        #expect(text(.status("UP"), .simpleList) == #"[{"status":"UP"}]"#)
        #expect(
            text(book, .full).contains(#""code":"KRW-BTC.15""#)
                && !text(book, .full).contains(#""bid_price":0"#))
        // Ids are those that were observed, and the clock of candles can be either.
        let trade = try Samples.trade(Samples.trade).trade
        #expect(questions.sequentialID(at: trade.time, index: 0) == trade.sequentialID)
        #expect(questions.sequentialID(at: trade.time, index: 10_000) == nil)
        #expect(questions.candleTime(of: trade) == trade.time)
        questions.candleClock = .publication
        #expect(questions.candleTime(of: trade) == trade.publishedAt)
    }
}
