import Market
import Testing
import Upbit

@Suite struct FrameGlanceTests {
    private func glance(_ text: String) -> FrameGlance {
        Array(text.utf8).withUnsafeBytes { FrameGlance($0) }
    }

    @Test func everythingThatTheExchangeSendsIsRecognised() throws {
        let symbol = try Symbol("KRW-BTC")
        var book = OrderBook(symbol: symbol)
        book.asks.append(BookLevel(price: Decimal8(2), volume: Decimal8(1)))
        book.streamType = .snapshot
        let trade = Trade(
            time: .epoch, symbol: symbol, sequentialID: 1, price: Decimal8(1), volume: Decimal8(1),
            side: .buy,
            receivedAt: .epoch)
        var message = TradeMessage(trade)
        message.streamType = .realtime
        for format in WireFormat.allCases {
            let encoder = MessageEncoder(format: format)
            for (message, expected) in [
                (Message.trade(message), FrameGlance(.trade, symbol)),
                (.orderBook(book), FrameGlance(.orderBook, symbol, isSnapshot: true)),
                (.ticker(Ticker(symbol: symbol)), FrameGlance(.ticker, symbol)),
                (.status("UP"), FrameGlance(.status)),
                (.refusal(RefusedRequest.wrongFormat.message), FrameGlance(.refusal)),
            ] {
                let frame = encoder.frame(message)
                #expect(frame.withUnsafeBytes { FrameGlance($0) } == expected, "\(format)")
            }
        }
        #expect(glance(#"{"type":"candle.1m","code":"KRW-BTC"}"#) == FrameGlance(.candle, symbol))
        #expect(glance(#"{"ty":"orderbook","cd":"KRW-BTC.15"}"#) == FrameGlance(.orderBook, symbol))
        #expect(glance(#"{"cd":"KRW-BTC","tp":1.0,"ty":"trade","st":"SNAPSHOT"}"#).isSnapshot)
    }

    @Test(arguments: [
        "", "{", "[]", "nonsense", #"{"ty":"#, #"{"ty":"trade","#, #"{"ty":"myOrder","cd":"KRW-BTC"}"#,
        #"{"ty":"trade","cd":"nothing"}"#, "\u{0}\u{0}\u{0}",
    ])
    func whatIsBrokenIsNoError(text: String) {
        let glance = glance(text)
        #expect(!glance.isMarketData || glance.kind == .trade)
        #expect(glance.kind != .trade || glance.symbol == nil)
    }
}
