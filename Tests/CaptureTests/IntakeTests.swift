import Capture
import Journal
import Market
import Storage
import TestKit
import Testing

@Suite struct IntakeTests {
    private static let received = Instant(microseconds: 1_787_728_554_900_000)

    private func head(_ sequence: UInt64, _ kind: FrameKind = .webSocket, seconds: Int64 = 0)
        -> FrameHead
    {
        FrameHead(
            sequence: sequence,
            time: JournalTime(
                monotonicNanoseconds: 5_000_000_000 + seconds * 1_000_000_000,
                unixMicroseconds: Self.received.adding(seconds: seconds).microseconds),
            connection: 0, kind: kind)
    }

    private func take(_ text: String, _ head: FrameHead, label: String = "", _ intake: inout Intake) {
        Array(label.utf8).withUnsafeBytes { label in
            Array(text.utf8).withUnsafeBytes { intake.take(head, label: label, $0) }
        }
    }

    private func trade(
        _ id: Int64, code: String = "KRW-BTC", price: String = "109847000.0", volume: String = "0.005"
    )
        -> String
    {
        """
        {"ty":"trade","cd":"\(code)","tms":1787728554853,"ttms":1787728554797,"tp":\(price),"tv":\(volume),\
        "ab":"ASK","sid":\(id),"st":"REALTIME"}
        """
    }

    private func book(_ bid: Int, _ volume: String = "0.5", code: String = "KRW-BTC") -> String {
        """
        {"ty":"orderbook","cd":"\(code)","tas":1.5,"tbs":2.5,"obu":[{"ap":\(bid + 10),"bp":\(bid),"as":\(volume),\
        "bs":0.25},{"ap":\(bid + 20),"bp":\(bid - 10),"as":1.0,"bs":2.25}],"tms":1787728554850,"lv":0,"st":"REALTIME"}
        """
    }

    private func ticker(_ price: Int) -> String {
        """
        {"type":"ticker","code":"KRW-BTC","opening_price":109165000.0,"high_price":110117000.0,\
        "low_price":108958000.0,"trade_price":\(price),"prev_closing_price":109165000.0,\
        "acc_trade_price":59726546304.62442,"change":"RISE","change_price":703000.0,"signed_change_price":703000.0,\
        "change_rate":0.006439793,"signed_change_rate":0.006439793,"ask_bid":"BID","trade_volume":9.101e-05,\
        "acc_trade_volume":544.24861805,"trade_date":"20260826","trade_time":"072400",\
        "trade_timestamp":1787728554797,"acc_ask_volume":271.9810004,"acc_bid_volume":272.26761765,\
        "highest_52_week_price":179869000.0,"highest_52_week_date":"2025-10-09",\
        "lowest_52_week_price":88342000.0,"lowest_52_week_date":"2026-08-14","market_state":"ACTIVE",\
        "is_trading_suspended":false,"delisting_date":null,"market_warning":"NONE","timestamp":1787728554850,\
        "acc_trade_price_24h":198189163442.74924,"acc_trade_volume_24h":1807.38027625,"stream_type":"REALTIME"}
        """
    }

    @Test func copiesAreLeftOutAndLateTradesAreNot() throws {
        var intake = Intake(IntakeSettings())
        for (index, id) in [5, 4, 5, 9, 4, 1].enumerated() {
            take(trade(Int64(id)), head(UInt64(index + 1)), &intake)
        }
        // The same id of another market is another trade.
        take(trade(5, code: "KRW-ETH"), head(7), &intake)
        let batch = intake.takeBatch()
        #expect(batch.market.trades.map(\.sequentialID) == [5, 4, 9, 1, 5])
        #expect(batch.copies == 2 && batch.frames == 7 && batch.position == 7)
        #expect(intake.takeBatch().isEmpty)
    }

    @Test func whatCannotBeIsPutAsideAndTheRestGoesOn() throws {
        var intake = Intake(IntakeSettings())
        take("{\"ty\":\"trade\",", head(1), &intake)
        take("[\(trade(1)),{\"ty\":\"nothing\"}]", head(2), &intake)
        take(trade(2, price: "1e60"), head(3), &intake)
        take(
            trade(3, price: "999999999999999999999.0", volume: "999999999999999999999.0"), head(4), &intake)
        take("", head(5), &intake)
        take(trade(4), head(6), &intake)
        let batch = intake.takeBatch()
        #expect(batch.market.trades.map(\.sequentialID) == [1, 4])
        #expect(batch.aside.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(
            batch.aside.map(\.reason) == [.undecodable, .undecodable, .overflow, .overflow, .undecodable])
        #expect(batch.position == 6)
    }

    /// Each would be taken by the tables, and would overflow the sums of candles.
    @Test func aTradeBeyondWhatCandlesHoldIsPutAside() throws {
        var intake = Intake(IntakeSettings())
        take(trade(1, price: "17999999999.0", volume: "1.0"), head(1), &intake)
        take(trade(2, price: "18000000000.0", volume: "0.1"), head(2), &intake)
        take(trade(3, price: "1.0", volume: "10000000000001.0"), head(3), &intake)
        take(trade(4, price: "1000000.0", volume: "10000001.0"), head(4), &intake)
        let batch = intake.takeBatch()
        #expect(batch.market.trades.map(\.sequentialID) == [1])
        #expect(batch.aside.map(\.reason) == [.overflow, .overflow, .overflow])
        #expect(batch.aside.allSatisfy { $0.explanation.contains("KRW-BTC") })
    }

    @Test func onlyOurOwnFramesTellUntilWhenEverythingIsRead() throws {
        var intake = Intake(IntakeSettings(), clockFrom: 3)
        take(trade(1), head(1), &intake)
        take(trade(2), head(2), &intake)
        #expect(intake.takeBatch().throughNanoseconds == nil)
        take(trade(3), head(3, seconds: 2), &intake)
        #expect(intake.takeBatch().throughNanoseconds == 7_000_000_000)
    }

    @Test func booksAndTickersAreSampledWhenTheyChanged() throws {
        var settings = IntakeSettings()
        settings.orderBookLevels = 1
        var intake = Intake(settings)
        take(book(100), head(1), &intake)
        take(ticker(109_868_000), head(2), &intake)
        take(book(200), head(3, seconds: 1), &intake)
        take(ticker(109_869_000), head(4, seconds: 1), &intake)
        // The next interval: what is the same is not stored, what comes then and differs is.
        take(book(100), head(5, seconds: 11), &intake)
        take(ticker(109_868_000), head(6, seconds: 11), &intake)
        take(book(300), head(7, seconds: 12), &intake)
        take(ticker(109_870_000), head(8, seconds: 12), &intake)
        let batch = intake.takeBatch()
        #expect(batch.market.orderBooks.map { $0.bids.best?.price } == [Decimal8(100), Decimal8(300)])
        #expect(batch.market.orderBooks.allSatisfy { $0.bids.count == 1 && $0.asks.count == 1 })
        #expect(
            batch.market.tickers.map(\.ticker.tradePrice) == [Decimal8(109_868_000), Decimal8(109_870_000)])
        // The best prices are those of the newest book, also when that was not stored.
        #expect(batch.market.tickers.map(\.bidPrice) == [Decimal8(100), Decimal8(300)])
        #expect(batch.market.tickers.map(\.askPrice) == [Decimal8(110), Decimal8(310)])
    }

    @Test func theSamplesOfManyMarketsComeEvenly() throws {
        var intake = Intake(IntakeSettings())
        var perSecond: [Int] = []
        var byMarket: [Symbol: Int] = [:]
        for second in 0..<40 {
            for market in 0..<250 {
                take(
                    book(1_000 + second, code: "KRW-M\(market)"),
                    head(UInt64(second * 250 + market), seconds: Int64(second)), &intake)
            }
            let books = intake.takeBatch().market.orderBooks
            perSecond.append(books.count)
            for book in books { byMarket[book.symbol, default: 0] += 1 }
        }
        // All are new in the first second, and their first intervals end within ten.
        #expect(perSecond[0] == 250)
        #expect(perSecond[1...].allSatisfy { (20...30).contains($0) }, "\(perSecond)")
        #expect(byMarket.count == 250 && byMarket.values.allSatisfy { $0 == 4 || $0 == 5 })
    }

    @Test func aPageOfRESTMergesWithTheStream() throws {
        let row = { (id: Int64, market: String) in
            """
            {"market":"\(market)","trade_date_utc":"2026-08-26","trade_time_utc":"07:15:54",\
            "timestamp":1787728554797,"trade_price":109847000.0,"trade_volume":0.005,\
            "prev_closing_price":109165000.0,"change_price":682000.0,"ask_bid":"ASK","sequential_id":\(id)}
            """
        }
        var intake = Intake(IntakeSettings())
        take(trade(7), head(1), &intake)
        take(
            "[\(row(7, "KRW-BTC")),\(row(6, "KRW-BTC")),\(row(5, "KRW-ETH"))]", head(2, .restPage),
            label: "KRW-BTC /v1/trades/ticks?market=KRW-BTC", &intake)
        take("[\(row(8, "KRW-BTC"))]", head(3, .restPage), label: "nonsense", &intake)
        take("note", head(4, .marker), &intake)
        let batch = intake.takeBatch()
        #expect(
            batch.market.trades.map(\.sequentialID) == [7, 7, 6], "what was fetched may be stored no more")
        #expect(batch.copies == 0 && batch.position == 4)
        #expect(batch.aside.map(\.reason) == [.impossible, .undecodable])
    }

    @Test func forgettingLetsTradesComeAgain() throws {
        var intake = Intake(IntakeSettings())
        take(trade(1), head(1), &intake)
        intake.forget()
        take(trade(1), head(1), &intake)
        #expect(intake.takeBatch().market.trades.count == 1)
    }

    @Test func whatIsPutAsideIsBoundedAndCounted() throws {
        var intake = Intake(IntakeSettings())
        for sequence in 1...250 { take("{", head(UInt64(sequence)), &intake) }
        var batch = intake.takeBatch()
        for sequence in 251...300 { take("{", head(UInt64(sequence)), &intake) }
        batch.append(intake.takeBatch())
        #expect(batch.aside.count == PreparedBatch.asideMax && batch.asideUncounted == [.undecodable: 200])
        #expect(batch.frames == 300 && batch.position == 300)
    }
}
