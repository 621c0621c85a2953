import Market
import Testing
import Upbit

@Suite struct DocumentedMessageTests {
    @Test func theDocumentedTickerIsRead() throws {
        let ticker = try Samples.ticker(Samples.ticker)
        #expect(ticker.symbol.description == "KRW-BTC")
        #expect(ticker.openingPrice.description == "109165000" && ticker.highPrice.description == "110117000")
        #expect(ticker.lowPrice.description == "108958000" && ticker.tradePrice.description == "109868000")
        #expect(ticker.prevClosingPrice.description == "109165000" && ticker.change == .rise)
        #expect(ticker.accValue.description == "59726546304.62442")
        #expect(
            ticker.changePrice.description == "703000" && ticker.signedChangePrice.description == "703000")
        #expect(ticker.changeRate == 0.006439793 && ticker.signedChangeRate == 0.006439793)
        #expect(ticker.side == .buy && ticker.tradeVolume.description == "0.00009101")
        #expect(ticker.accVolume.description == "544.24861805")
        #expect(
            ticker.tradeTime.milliseconds == 1_787_729_040_682
                && ticker.time.milliseconds == 1_787_729_042_606)
        #expect(ticker.accAskVolume?.description == "271.9810004")
        #expect(ticker.accBidVolume?.description == "272.26761765")
        #expect(ticker.highest52WeekPrice?.description == "179869000")
        #expect(ticker.highest52WeekDate?.description == "2025-10-09")
        #expect(ticker.lowest52WeekPrice?.description == "88342000")
        #expect(ticker.lowest52WeekDate?.description == "2026-08-14")
        #expect(ticker.marketState == .active && ticker.isTradingSuspended == false)
        #expect(ticker.delistingDate == nil && ticker.hasWarning == false && ticker.streamType == .snapshot)
        #expect(ticker.accValue24h.description == "198189163442.74924")
        #expect(ticker.accVolume24h.description == "1807.38027625")
        #expect(ticker.receivedAt == Samples.receivedAt)
    }

    @Test func theDocumentedTradeIsRead() throws {
        let message = try Samples.trade(Samples.trade)
        let trade = message.trade
        #expect(trade.symbol.description == "KRW-BTC" && trade.sequentialID == 17_877_285_547_970_000)
        #expect(trade.time.milliseconds == 1_787_728_554_797)
        #expect(trade.publishedAt?.milliseconds == 1_787_728_554_853)
        #expect(trade.price.description == "109847000" && trade.volume.description == "0.00509799")
        #expect(trade.side == .sell && trade.receivedAt == Samples.receivedAt)
        #expect(message.prevClosingPrice?.description == "109165000" && message.change == .rise)
        #expect(message.changePrice?.description == "682000")
        #expect(
            message.bestAskPrice?.description == "109867000"
                && message.bestAskVolume?.description == "0.0099545")
        #expect(
            message.bestBidPrice?.description == "109847000"
                && message.bestBidVolume?.description == "0.1583673")
        #expect(message.streamType == .snapshot)
    }

    @Test func aCandleIsRead() throws {
        let message = try Samples.candle(Samples.candle)
        let candle = message.candle
        #expect(candle.timeframe == .minute1 && candle.time.description == "2026-08-26T08:08:00Z")
        #expect(candle.open.description == "109715000" && candle.high.description == "109756000")
        #expect(candle.low.description == "109714000" && candle.close.description == "109756000")
        #expect(candle.volume.description == "0.71326612" && candle.value.description == "78269528.64757")
        #expect(candle.source == .exchange && message.lastTickAt.milliseconds == 1_787_731_717_049)
        for (name, timeframe) in [("1s", Timeframe.second1), ("60m", .hour1), ("240m", .hour4)] {
            let text = Samples.candle.replacing("candle.1m", with: "candle.\(name)")
                .replacing("T08:08:00", with: "T08:00:00")
            #expect(try Samples.candle(text).candle.timeframe == timeframe)
        }
        for name in ["1d", "2m", "1h", "", "60"] {
            let text = Samples.candle.replacing("candle.1m", with: "candle.\(name)")
            #expect(throws: UpbitError.self) { try Samples.decode(text) }
        }
        let misaligned = Samples.candle.replacing("candle.1m", with: "candle.3m")
        #expect(throws: UpbitError.self) { try Samples.decode(misaligned) }
    }

    @Test func anOrderBookLosesItsDepthSuffixAndItsPadding() throws {
        let book = try Samples.orderBook(Samples.orderBook)
        #expect(book.symbol.description == "KRW-BTC" && book.asks.count == 2 && book.bids.count == 1)
        #expect(
            book.asks[1].volume.description == "0.000015" && book.bids[0].price.description == "109847000")
        #expect(book.totalAskVolume.description == "1.5" && book.totalBidVolume.description == "2.25")
        #expect(book.level == .zero && book.streamType == .realtime)
    }

    @Test func theOtherAnswersAreRead() throws {
        #expect(try Samples.decode(#"{"status":"UP"}"#) == [.status("UP")])
        let refusal = RefusalMessage(name: "WRONG_FORMAT", message: "Format 이 맞지 않습니다.")
        #expect(try Samples.decode(Samples.refusal) == [.refusal(refusal)])
        #expect(Samples.refusal.utf8.count == 77)
        let numbered = #"{"error":{"name":400,"message":"x"}}"#
        #expect(try Samples.decode(numbered) == [.refusal(RefusalMessage(name: "400", message: "x"))])
        let entries = [
            SubscriptionEntry(type: "ticker", codes: ["KRW-BTC"]),
            SubscriptionEntry(type: "orderbook", codes: ["KRW-ETH"], level: "0"),
        ]
        #expect(
            try Samples.decode(Samples.subscriptions) == [
                .subscriptions(SubscriptionsMessage(ticket: "t1", entries: entries))
            ])
        #expect(
            try Samples.decode(Samples.simpleSubscriptions) == [
                .subscriptions(SubscriptionsMessage(ticket: "t1", entries: [entries[0]]))
            ])
        for text in [#"[{"status":"UP"}]"#, "[\(Samples.refusal)]"] {
            #expect(try Samples.decode(text).count == 1)
        }
    }

    @Test(arguments: ["TOO_MANY_REQUEST", "Too Many Requests", "I'm a teapot", "TOO_MANY_REQUESTS"])
    func theRateLimitHasSeveralNames(name: String) {
        #expect(RefusalMessage(name: name, message: "").isRateLimit)
        #expect(!RefusalMessage(name: "NO_CODES", message: "").isRateLimit)
    }

    @Test func unknownFieldsAndAbsentOptionalsDoNotMatter() throws {
        let text =
            #"{"new":{"a":[1,{"b":"\"}]"}],"c":null},"sid":17,"ttms":1,"tp":1,"tv":2e0,"ab":"BID","cd":"KRW-BTC","ty":"trade","x":[[],{}],"bap":null,"c":null}"#
        let message = try Samples.trade(text)
        #expect(message.trade.volume == Decimal8(2) && message.trade.side == .buy)
        #expect(message.bestAskPrice == nil && message.change == nil && message.streamType == nil)
        #expect(message.trade.publishedAt == nil)
    }

    @Test func optionalFieldsOfTheMessageBeforeAreForgotten() throws {
        var decoder = MessageDecoder()
        _ = try Samples.decode(Array(Samples.trade.utf8), with: &decoder)
        let bare = #"{"ty":"trade","cd":"KRW-A","sid":1,"ttms":1,"tp":1,"tv":2,"ab":"BID"}"#
        let first = try Samples.decode(Array(bare.utf8), with: &decoder)
        #expect(try first == Samples.decode(bare))
        _ = try Samples.decode(Array(Samples.ticker.utf8), with: &decoder)
        var ticker = try Samples.ticker(Samples.ticker)
        ticker.accAskVolume = nil
        ticker.highest52WeekDate = nil
        let bytes = MessageEncoder(format: .simple).frame(.ticker(ticker))
        #expect(try Samples.decode(bytes, with: &decoder) == [.ticker(ticker)])
        _ = try Samples.decode(Array(Samples.orderBook.utf8), with: &decoder)
        let thin = #"{"ty":"orderbook","cd":"KRW-A","tms":1,"tas":0,"tbs":0,"obu":[]}"#
        #expect(try Samples.decode(Array(thin.utf8), with: &decoder) == Samples.decode(thin))
    }

    @Test func whiteSpaceAndEscapesMeanTheSame() throws {
        let spaced =
            " {\n\t\"type\" : \"trade\" , \"co\\u0064e\":\"\\u004bRW-BTC\"\r,\"trade_timestamp\":1,\"trade_price\":1 ,"
            + "\"trade_volume\" :1,\"ask_bid\":\"\\u0042ID\",\"sequential_id\": 5 } \n"
        let message = try Samples.trade(spaced)
        #expect(message.trade.symbol.description == "KRW-BTC" && message.trade.sequentialID == 5)
    }

    @Test func extremeValuesAreHeld() throws {
        func trade(price: String, volume: String, id: String) throws -> Trade {
            try Samples.trade(
                #"{"ty":"trade","cd":"KRW-PEPE","sid":\#(id),"ttms":1,"tp":\#(price),"tv":\#(volume),"ab":"BID"}"#
            ).trade
        }
        let large = try trade(price: "0.00000001", volume: "92233720368547.12345678", id: "18014398509481985")
        #expect(
            large.volume.description == "92233720368547.12345678"
                && large.sequentialID == 18_014_398_509_481_985)
        #expect(try trade(price: "1", volume: "1", id: "9223372036854775807").sequentialID == .max)
        #expect(try trade(price: "1", volume: "1", id: "1.8e16").sequentialID == 18_000_000_000_000_000)
        #expect(try trade(price: "9.2e+10", volume: "1E-8", id: "0").volume.description == "0.00000001")
        for (price, volume, id) in [
            ("0.000000001", "1", "1"), ("1", "1", "9223372036854775808"), ("1", "1", "1.5"), ("0", "1", "1"),
            ("1", "-1", "1"), ("1e40", "1", "1"), ("\"1\"", "1", "1"), ("1", "null", "1"), ("01", "1", "1"),
        ] {
            #expect(throws: UpbitError.self) { try trade(price: price, volume: volume, id: id) }
        }
        let rated = Samples.ticker.replacing(
            "\"change_rate\":0.006439793", with: "\"change_rate\":0.0101838562")
        #expect(try Samples.ticker(rated).changeRate == 0.0101838562)
        for rate in [
            "1e-300", "0.12345678901234567890123", "123456789012345678901234567890", "5e22", "-1E+2",
        ] {
            let text = Samples.ticker.replacing(":0.006439793,\"ask", with: ":\(rate),\"ask")
            #expect(try Samples.ticker(text).signedChangeRate == Double(rate))
        }
        let summed = Samples.ticker.replacing("544.24861805", with: "1.2345678901234567e-05")
        #expect(try Samples.ticker(summed).accVolume.description == "0.0000123456789012")
        let gone = Samples.ticker.replacing(
            "\"delisting_date\":null", with: "\"delisting_date\":{\"year\":2026,\"month\":3,\"day\":9}")
        #expect(try Samples.ticker(gone).delistingDate?.description == "2026-03-09")
    }
}
