import Exchange
import Market
import TestKit
import Testing
import Upbit

/// A simulated week of all markets: what the ledger holds is what REST says of it, page by page, candle by
/// candle and ticker by ticker.
@Suite(.oneAtATime) struct WeekTests {
    static let dayMilliseconds: Int64 = 86_400_000

    /// The week's ledger by market, and an engine that stands at its end.
    struct Week {
        let plan: VenuePlan
        var ledger: [[LedgerEntry]]
        var engine: RESTEngine
        let end: Int64
        var now: Int64 = 0

        mutating func body(_ path: String, _ query: [String: String]) throws -> [UInt8] {
            now += 1_000
            let reply = engine.answer(RESTCall(path, query), market: end, now: now)
            try #require(reply.status == 200, "\(path) \(query)")
            return reply.body
        }
    }

    /// Lets the hub print the week, and compares all tickers four times a day on the way.
    static func print(markets: Int, rate: Double) throws -> Week {
        var bench = try HubBench(markets: markets, rate: rate, isLimited: false, market: monday)
        var engine = RESTEngine(plan: bench.plan, profile: .upbit, seed: 7, isLimited: false)
        let numbers = Dictionary(
            uniqueKeysWithValues: bench.plan.models.enumerated().map { ($0.element.spec.symbol, $0.offset) })
        var ledger = [[LedgerEntry]](repeating: [], count: markets)
        var today = [TradeSummary](repeating: TradeSummary(), count: markets)
        let decoder = RESTDecoder()
        for quarter in 1...28 {
            if quarter % 4 == 1 { today = today.map { _ in TradeSummary() } }
            // Just before midnight, so that the day is still the present one.
            let until = monday + Int64(quarter) * dayMilliseconds / 4 - 1_000
            bench.hub.advance(to: until, now: Int64(quarter))
            for entry in bench.hub.takeEntries() {
                guard let number = numbers[entry.symbol] else { continue }
                ledger[number].append(entry)
                let day = (until + 1) / dayMilliseconds
                if entry.trade.milliseconds / dayMilliseconds == day { today[number].add(entry.trade) }
            }
            let reply = engine.answer(
                RESTCall("/v1/ticker/all", ["quote_currencies": "KRW,BTC,USDT"]), market: until,
                now: Int64(quarter) * 1_000)
            let tickers = try reply.body.withUnsafeBytes { try decoder.tickers($0, receivedAt: .epoch) }
            #expect(tickers.count == markets)
            for ticker in tickers {
                let number = try #require(numbers[ticker.symbol])
                let sum = today[number]
                #expect(ticker.accVolume.unscaled == sum.volume * 100_000_000, "\(ticker.symbol)")
                #expect(ticker.accValue.unscaled == sum.value, "\(ticker.symbol)")
                if let last = ledger[number].last {
                    #expect(ticker.tradePrice.unscaled == Int128(last.trade.price))
                }
            }
        }
        let end = monday + 7 * dayMilliseconds - 1_000
        return Week(plan: bench.plan, ledger: ledger, engine: engine, end: end)
    }

    @Test func ofAllMarketsRESTSaysWhatTheLedgerHolds() throws {
        var week = try Self.print(markets: 250, rate: 1)
        let decoder = RESTDecoder()
        var total = 0
        for number in week.ledger.indices {
            let symbol = "\(week.plan.models[number].spec.symbol)"
            let entries = week.ledger[number]
            total += entries.count
            #expect(
                zip(entries, entries.dropFirst()).allSatisfy { $0.trade.sequentialID < $1.trade.sequentialID }
            )
            var ids: [Int64] = []
            var prices: [Int128] = []
            for day in 0..<7 {
                var query = ["market": symbol, "count": "500"]
                if day > 0 { query["days_ago"] = "\(day)" }
                while true {
                    let page = try week.body("/v1/trades/ticks", query)
                        .withUnsafeBytes { try decoder.trades($0, receivedAt: .epoch) }
                    guard let last = page.last else { break }
                    ids += page.map(\.trade.sequentialID)
                    prices += page.map(\.trade.price.unscaled)
                    query["cursor"] = "\(last.trade.sequentialID)"
                }
            }
            // What was executed before the week's first moment was published in it.
            let own = entries.filter { $0.trade.milliseconds >= monday }
            #expect(ids == own.reversed().map(\.trade.sequentialID), "\(symbol)")
            #expect(prices == own.reversed().map { Int128($0.trade.price) }, "\(symbol)")
            try Self.compareCandles(&week, symbol, own, decoder)
        }
        #expect(total > 300_000, "\(total)")
    }

    static func compareCandles(
        _ week: inout Week, _ symbol: String, _ entries: [LedgerEntry], _ decoder: borrowing RESTDecoder
    ) throws {
        for (path, unit, timeframe, count) in [
            ("minutes/30", CandleUnit.minutes(30), Timeframe.minute30, 200),
            ("minutes/240", .minutes(240), .hour4, 42), ("days", .day, .day1, 7), ("weeks", .week, .week1, 1),
        ] {
            var sums: [Int64: TradeSummary] = [:]
            for entry in entries {
                sums[unit.start(of: entry.trade.milliseconds), default: TradeSummary()].add(entry.trade)
            }
            let rows = try week.body("/v1/candles/" + path, ["market": symbol, "count": "\(count)"])
                .withUnsafeBytes { try decoder.candles($0, timeframe, receivedAt: .epoch) }
            for row in rows where row.candle.time.milliseconds >= monday {
                var sum = sums.removeValue(forKey: row.candle.time.milliseconds) ?? TradeSummary()
                if row == rows[0] {
                    // A replica answers, which says how far it has come.
                    sum = TradeSummary()
                    for entry in entries
                    where unit.start(of: entry.trade.milliseconds) == row.candle.time.milliseconds
                        && entry.publishedMilliseconds <= row.lastTickAt.milliseconds
                    { sum.add(entry.trade) }
                }
                #expect(row.candle.volume.unscaled == sum.volume * 100_000_000, "\(symbol) \(path)")
                #expect(row.candle.value.unscaled == sum.value)
                #expect(
                    row.candle.high.unscaled == Int128(sum.high) && row.candle.low.unscaled == Int128(sum.low)
                )
            }
            let oldest = rows.last?.candle.time.milliseconds ?? 0
            let left = sums.keys.filter { $0 > oldest }
            #expect(left.isEmpty, "\(symbol) \(path): an interval with trades has a candle")
        }
    }
}
