import Market
import Testing
import Upbit

@Suite struct RESTTests {
    private func symbol(_ text: String = "KRW-BTC") throws -> Symbol { try Symbol(text) }

    private func withBytes<Result>(
        _ text: String, _ body: (borrowing RESTDecoder, UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let decoder = RESTDecoder()
        return try Array(text.utf8).withUnsafeBytes { try body(decoder, $0) }
    }

    @Test func yearsAreAskedForAndReadByTheirNumber() throws {
        let end = try Instant("2026-01-01T00:00:00Z")
        #expect(
            try Quotation(.upbit).yearCandles(symbol(), before: end, count: 3).target
                == "/v1/candles/years?market=KRW-BTC&to=2026-01-01T00%3A00%3A00Z&count=3")
        #expect(throws: UpbitError.self) { try Quotation(.bithumb).yearCandles(symbol()) }
        #expect(throws: UpbitError.self) { try Quotation(.upbit).yearCandles(symbol(), count: 201) }
        func row(_ start: String) -> [UInt8] {
            Array(
                """
                [{"market":"KRW-BTC","candle_date_time_utc":"\(start)","candle_date_time_kst":"\(start)",\
                "opening_price":102417000.0,"high_price":103988000.0,"low_price":101150000.0,\
                "trade_price":103460000.0,"timestamp":1773240059132,\
                "candle_acc_trade_price":104890599315.22821,"candle_acc_trade_volume":1024.30999241,\
                "first_day_of_period":"2026-01-01"}]
                """.utf8)
        }
        let years = try row("2026-01-01T00:00:00").withUnsafeBytes {
            try RESTDecoder().yearCandles($0, receivedAt: .epoch)
        }
        let year = try #require(years.first)
        #expect(year.year == 2026 && year.symbol.description == "KRW-BTC" && years.count == 1)
        #expect(try year.high == Decimal8("103988000") && year.volume == Decimal16("1024.30999241"))
        #expect(year.lastTickAt.milliseconds == 1_773_240_059_132)
        for wrong in ["2026-03-01T00:00:00", "2026-01-02T00:00:00"] {
            let bytes = row(wrong)
            #expect(throws: UpbitError.self) {
                try bytes.withUnsafeBytes { try RESTDecoder().yearCandles($0, receivedAt: .epoch) }
            }
        }
    }

    @Test func requestsAreWrittenAsDocumented() throws {
        let upbit = Quotation(.upbit)
        let end = try Instant("2026-03-11T14:40:00Z")
        #expect(upbit.markets().target == "/v1/market/all?is_details=true")
        #expect(
            try upbit.candles(symbol(), .minute1, before: end).target
                == "/v1/candles/minutes/1?market=KRW-BTC&to=2026-03-11T14%3A40%3A00Z&count=200")
        let units = try Timeframe.allCases.map {
            try upbit.candles(symbol(), $0, count: 1).path.dropFirst(12)
        }
        #expect(
            units == [
                "seconds", "minutes/1", "minutes/3", "minutes/5", "minutes/10", "minutes/15", "minutes/30",
                "minutes/60",
                "minutes/240", "days", "weeks", "months",
            ])
        #expect(
            try upbit.trades(symbol(), cursor: 17_732_400_590_950_000, daysAgo: 3).target
                == "/v1/trades/ticks?market=KRW-BTC&count=500&cursor=17732400590950000&days_ago=3")
        #expect(
            try upbit.trades(symbol(), before: CivilTime(end), count: 10).target
                == "/v1/trades/ticks?market=KRW-BTC&to=14%3A40%3A00&count=10")
        #expect(
            try upbit.tickers([symbol(), symbol("KRW-ETH")]).target == "/v1/ticker?markets=KRW-BTC%2CKRW-ETH")
        #expect(
            try upbit.allTickers(quotes: ["KRW", "BTC"]).target == "/v1/ticker/all?quote_currencies=KRW%2CBTC"
        )
        #expect(
            try upbit.orderBooks([symbol()], level: Decimal8(10_000), count: 15).target
                == "/v1/orderbook?markets=KRW-BTC&level=10000&count=15")
        #expect(try upbit.instruments([symbol()]).target == "/v1/orderbook/instruments?markets=KRW-BTC")
        #expect(
            try upbit.trades(symbol()).group == .trades && upbit.instruments([symbol()]).group == .orderbook)
        #expect(RESTRequest.encoded("a+b:c d/é~") == "a%2Bb%3Ac%20d%2F%C3%A9~")
    }

    @Test func bithumbWantsKoreanTimesAndOtherNames() throws {
        let bithumb = Quotation(.bithumb)
        let end = try Instant("2026-03-11T14:40:00Z")
        #expect(bithumb.markets().target == "/v1/market/all?isDetails=true")
        #expect(
            try bithumb.candles(symbol(), .minute1, before: end).target
                == "/v1/candles/minutes/1?market=KRW-BTC&to=2026-03-11T23%3A40%3A00&count=200")
        #expect(throws: UpbitError.self) { try bithumb.candles(symbol(), .second1) }
        #expect(throws: UpbitError.self) { try bithumb.allTickers(quotes: ["KRW"]) }
        #expect(throws: UpbitError.self) { try bithumb.instruments([symbol()]) }
    }

    @Test func requestsBeyondTheLimitsAreRefused() throws {
        let upbit = Quotation(.upbit)
        #expect(throws: UpbitError.self) { try upbit.candles(symbol(), .minute1, count: 201) }
        #expect(throws: UpbitError.self) { try upbit.trades(symbol(), count: 501) }
        #expect(throws: UpbitError.self) { try upbit.trades(symbol(), daysAgo: 8) }
        #expect(throws: UpbitError.self) { try upbit.trades(symbol(), daysAgo: 0) }
        #expect(throws: UpbitError.self) { try upbit.tickers([]) }
        #expect(throws: UpbitError.self) { try upbit.tickers(Array(repeating: symbol(), count: 201)) }
        #expect(throws: UpbitError.self) { try upbit.orderBooks([symbol()], count: 31) }
        #expect(throws: UpbitError.self) { try upbit.allTickers(quotes: []) }
    }

    @Test func theDayOfATradeIsCountedInUTC() throws {
        let now = try Instant("2026-03-11T00:30:00Z")
        #expect(try Quotation.daysAgo(of: Instant("2026-03-11T00:00:00Z"), now: now) == nil)
        #expect(try Quotation.daysAgo(of: Instant("2026-03-10T23:59:59Z"), now: now) == 1)
        #expect(try Quotation.daysAgo(of: Instant("2026-03-04T00:00:00Z"), now: now) == 7)
        #expect(try Quotation.daysAgo(of: Instant("2026-03-12T00:00:00Z"), now: now) == nil)
        #expect(throws: UpbitError.self) {
            try Quotation.daysAgo(of: Instant("2026-03-03T23:59:59Z"), now: now)
        }
    }

    @Test func recordedCandlesAreRead() throws {
        let minute =
            #"[{"market":"KRW-BTC","candle_date_time_utc":"2026-03-11T14:40:00","candle_date_time_kst":"2026-03-11T23:40:00","opening_price":103600000.0,"high_price":103600000.0,"low_price":103425000.0,"trade_price":103460000.0,"timestamp":1773240059132,"candle_acc_trade_price":164899503.14206,"candle_acc_trade_volume":1.5933512,"unit":1}]"#
        let rows = try withBytes(minute) { try $0.candles($1, .minute1, receivedAt: .epoch) }
        let row = try #require(rows.first)
        #expect(row.candle.time.description == "2026-03-11T14:40:00Z" && row.candle.timeframe == .minute1)
        #expect(
            row.candle.low.description == "103425000" && row.candle.value.description == "164899503.14206")
        #expect(row.lastTickAt.milliseconds == 1_773_240_059_132 && row.prevClosingPrice == nil)
        let day =
            #"[{"market":"KRW-BTC","candle_date_time_utc":"2026-03-11T00:00:00","candle_date_time_kst":"2026-03-11T09:00:00","opening_price":102417000.0,"high_price":103988000.0,"low_price":101150000.0,"trade_price":103460000.0,"timestamp":1773240059132,"candle_acc_trade_price":104890599315.22821,"candle_acc_trade_volume":1024.30999241,"prev_closing_price":102417000.0,"change_price":-1043000.0,"change_rate":-0.0101838562}]"#
        let days = try withBytes(day) { try $0.candles($1, .day1, receivedAt: .epoch) }
        #expect(days.first?.prevClosingPrice?.description == "102417000")
        #expect(days.first?.changePrice?.description == "-1043000" && days.first?.changeRate == -0.0101838562)
        let week = day.replacing("2026-03-11T00", with: "2026-03-09T00")
            .replacing("\"change_rate\":-0.0101838562", with: "\"first_day_of_period\":\"2026-03-09\"")
        let weeks = try withBytes(week) { try $0.candles($1, .week1, receivedAt: .epoch) }
        #expect(weeks.first?.firstDayOfPeriod?.description == "2026-03-09")
        // A candle that is not of the timeframe asked for.
        #expect(throws: UpbitError.self) {
            try withBytes(day) { try $0.candles($1, .week1, receivedAt: .epoch) }
        }
        #expect(try withBytes("[]") { try $0.candles($1, .day1, receivedAt: .epoch) }.isEmpty)
    }

    @Test func aRecordedTradeIsRead() throws {
        let text =
            #"[{"market":"KRW-BTC","trade_date_utc":"2026-03-11","trade_time_utc":"14:40:59","timestamp":1773240059095,"trade_price":103460000.0,"trade_volume":0.004,"prev_closing_price":102417000.0,"change_price":-1043000.0,"ask_bid":"ASK","sequential_id":17732400590950000}]"#
        let row = try #require(
            try withBytes(text) { try $0.trades($1, receivedAt: Samples.receivedAt) }.first)
        #expect(row.trade.time.milliseconds == 1_773_240_059_095 && row.trade.publishedAt == nil)
        #expect(row.trade.sequentialID == 17_732_400_590_950_000 && row.trade.side == .sell)
        #expect(row.trade.volume.description == "0.004" && row.changePrice?.description == "-1043000")
        #expect(row.trade.receivedAt == Samples.receivedAt)
    }

    @Test func marketsAndInstrumentsAreRead() throws {
        let markets =
            #"[{"market":"KRW-BTC","korean_name":"비트코인","english_name":"Bitcoin","market_event":{"warning":false,"caution":{"PRICE_FLUCTUATIONS":true,"TRADING_VOLUME_SOARING":false,"DEPOSIT_AMOUNT_SOARING":true,"GLOBAL_PRICE_DIFFERENCES":false,"CONCENTRATION_OF_SMALL_ACCOUNTS":false}}},{"market_warning":"CAUTION","market":"BTC-ETH","korean_name":"이더리움","english_name":"Ethereum"}]"#
        let rows = try withBytes(markets) { try $0.markets($1) }
        #expect(rows.count == 2 && rows[0].koreanName == "비트코인" && !rows[0].hasWarning)
        #expect(rows[0].cautions == ["DEPOSIT_AMOUNT_SOARING", "PRICE_FLUCTUATIONS"] && rows[1].hasWarning)
        let instruments =
            #"[{"market":"KRW-BTC","quote_currency":"KRW","tick_size":"1000","supported_levels":["0","10000","100000","1000000","10000000","100000000"]}]"#
        let found = try #require(try withBytes(instruments) { try $0.instruments($1) }.first)
        #expect(found.tickSize == Decimal8(1_000) && found.supportedLevels.count == 6)
        #expect(found.supportedLevels.last == Decimal8(100_000_000))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var generator = MessageGenerator(seed: 11)
        let decoder = RESTDecoder()
        for count in 0..<40 {
            let tickers = (0..<count).map { _ in RESTEncoder.restOnly(generator.ticker()) }
            let books = (0..<count).map { _ in
                var book = generator.orderBook(levels: 5)
                book.streamType = nil
                book.level = book.level ?? .zero
                return book
            }
            let trades = (0..<count).map { _ in
                let message = generator.trade()
                var trade = message.trade
                trade.publishedAt = nil
                return TradeRow(
                    trade, prevClosingPrice: message.prevClosingPrice, changePrice: message.changePrice)
            }
            #expect(
                try RESTEncoder.tickers(tickers).withUnsafeBytes {
                    try decoder.tickers($0, receivedAt: Samples.receivedAt)
                } == tickers)
            #expect(
                try RESTEncoder.orderBooks(books).withUnsafeBytes {
                    try decoder.orderBooks($0, receivedAt: Samples.receivedAt)
                } == books)
            #expect(
                try RESTEncoder.trades(trades).withUnsafeBytes {
                    try decoder.trades($0, receivedAt: Samples.receivedAt)
                } == trades)
        }
        let listings = [
            MarketListing(
                symbol: try symbol(), koreanName: "비\"트", englishName: "B", hasWarning: true,
                cautions: ["PRICE_FLUCTUATIONS"])
        ]
        #expect(
            try RESTEncoder.markets(listings, hasDetails: true).withUnsafeBytes { try decoder.markets($0) }
                == listings)
        let instruments = [
            Instrument(symbol: try symbol(), tickSize: try Decimal8("0.1"), supportedLevels: [.zero])
        ]
        #expect(
            try RESTEncoder.instruments(instruments).withUnsafeBytes { try decoder.instruments($0) }
                == instruments)
        for timeframe in Timeframe.allCases {
            var row = CandleRow(generator.candle().candle, lastTickAt: generator.instant())
            row.candle.timeframe = timeframe
            row.candle.time = timeframe.start(of: row.candle.time)
            row.firstDayOfPeriod = CivilTime(row.candle.time).date
            #expect(
                try RESTEncoder.candles([row]).withUnsafeBytes {
                    try decoder.candles($0, timeframe, receivedAt: .epoch)
                } == [row])
        }
    }

    @Test(arguments: ["", "{}", "[", "[{}]", "[1]", "[{\"market\":\"KRW-BTC\"}]", "[]x", "null"])
    func whatIsNoAnswerIsRefused(text: String) {
        #expect(throws: UpbitError.self) { try withBytes(text) { try $0.trades($1, receivedAt: .epoch) } }
        #expect(throws: UpbitError.self) { try withBytes(text) { try $0.tickers($1, receivedAt: .epoch) } }
        #expect(throws: UpbitError.self) { try withBytes(text) { try $0.instruments($1) } }
    }

    private func failure(_ status: Int, _ body: String, retryAfter: String? = nil) -> UpbitError? {
        Array(body.utf8).withUnsafeBytes {
            RESTFailure.error(status: status, retryAfter: retryAfter, body: $0, target: "/v1/x")
        }
    }

    @Test func errorsOfAllShapesAreExplained() throws {
        #expect(failure(200, "[]") == nil)
        let numbered = try #require(failure(404, #"{"error":{"name":404,"message":"Code not found"}}"#))
        #expect(
            numbered.code == .refused(status: 404, name: "404") && numbered.what.contains("Code not found"))
        let named = try #require(failure(401, #"{"error":{"name":"jwt_verification","message":"bad"}}"#))
        #expect(named.code == .refused(status: 401, name: "jwt_verification"))
        let plain = try #require(failure(429, "Too many API requests."))
        #expect(
            plain.code == .tooManyRequests(retryAfterSeconds: nil)
                && plain.what.contains("Too many API requests."))
        #expect(failure(429, "", retryAfter: " 3")?.code == .tooManyRequests(retryAfterSeconds: 3))
        #expect(failure(429, "", retryAfter: "-3")?.code == .tooManyRequests(retryAfterSeconds: nil))
        let page = "<html>\n<body>\t" + String(repeating: "maintenance ", count: 1_000) + "</body></html>"
        let maintenance = try #require(failure(503, page))
        #expect(maintenance.code == .refused(status: 503, name: "") && maintenance.what.utf8.count < 300)
        #expect(!maintenance.what.contains("\n") && maintenance.place?.contains("503") == true)
        #expect(failure(500, "")?.what.contains("no text") == true)
    }

    @Test(arguments: [
        ("blocked for 60 seconds", 60), ("Try again in 5 minutes", 300), ("90초 동안 차단", 90), ("10분 후", 600),
        ("code 418: blocked 30s", 30), ("2시간", 7_200),
    ])
    func theLengthOfABlockIsFoundInTheText(text: String, seconds: Int64) {
        let body = #"{"error":{"name":418,"message":"\#(text)"}}"#
        #expect(failure(418, body)?.code == .banned(seconds: seconds))
        #expect(failure(418, text)?.code == .banned(seconds: seconds))
    }

    @Test func aBlockWithoutALengthIsOneToo() {
        #expect(failure(418, "I'm a teapot 418")?.code == .banned(seconds: nil))
        #expect(failure(418, "blocked 60s", retryAfter: "120")?.code == .banned(seconds: 120))
        for answer in [OpenQuestions.BanAnswer.json, .plainText] {
            var questions = OpenQuestions()
            questions.banAnswer = answer
            let body = String(decoding: RESTEncoder.banned(seconds: 77, questions), as: UTF8.self)
            #expect(failure(418, body)?.code == .banned(seconds: 77))
        }
    }
}
