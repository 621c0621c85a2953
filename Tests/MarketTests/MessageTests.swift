import Market
import Testing

@Suite struct MessageTests {
    @Test func aBookSideHoldsThirtyLevelsAndNoMore() throws {
        var side = BookSide()
        for price in 1...30 { side.append(BookLevel(price: Decimal8(price), volume: Decimal8(2))) }
        let isTaken = side.append(BookLevel(price: Decimal8(31), volume: Decimal8(1)))
        #expect(!isTaken)
        #expect(side.count == 30 && side.best?.price == Decimal8(1) && side[29].price == Decimal8(30))
        #expect(side == BookSide(side.array))
        var other = side
        other.truncate(to: 15)
        #expect(other != side && other.count == 15)
        other.removeAll()
        #expect(other.isEmpty && other.best == nil && other == BookSide())
    }

    @Test func spreadAndMiddleComeFromTheBestPrices() throws {
        var book = OrderBook(symbol: try Symbol("KRW-BTC"))
        #expect(book.spread == nil && book.midPrice == nil)
        book.asks.append(BookLevel(price: try Decimal8("101.00000001"), volume: Decimal8(1)))
        book.bids.append(BookLevel(price: try Decimal8("100"), volume: Decimal8(1)))
        #expect(book.spread?.description == "1.00000001")
        #expect(book.midPrice?.description == "100.500000005")
    }

    @Test func aCandleKnowsItsAverageAndItsInterval() throws {
        let candle = Candle(
            time: try Instant("2026-02-01T00:00:00Z"), symbol: try Symbol("KRW-BTC"), timeframe: .month1,
            open: Decimal8(1), high: Decimal8(3), low: Decimal8(1), close: Decimal8(2), volume: Decimal16(3),
            value: Decimal16(5), source: .exchange)
        #expect(candle.vwap?.description == "1.666666666667")
        #expect(try candle.interval.upperBound == Instant("2026-03-01T00:00:00Z"))
    }

    @Test func aTradesValueIsExact() throws {
        let trade = Trade(
            time: .epoch, symbol: try Symbol("KRW-BTC"), sequentialID: 18_014_398_509_481_985,
            price: try Decimal8("109847000"), volume: try Decimal8("0.00509799"), side: .buy,
            receivedAt: .epoch)
        #expect(trade.value?.description == "559998.90753")
        #expect(Side(trade.side.description) == .buy && Side("BUY") == nil)
    }
}
