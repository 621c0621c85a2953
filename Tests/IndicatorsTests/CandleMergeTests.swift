import Indicators
import Market
import TestKit
import Testing

@Suite struct CandleMergeTests {
    private static let timeframes = Timeframe.allCases.filter { $0 != .second1 }

    /// Trades over some weeks, ties in a millisecond among them.
    private func trades(_ count: Int, _ random: inout SeededRandom) throws -> [Trade] {
        let symbols = try ["KRW-BTC", "KRW-ETH", "BTC-XRP"].map { try Symbol($0) }
        let start = try Instant("2026-01-25T00:00:00Z")
        let spread: Int64 = Bool.random(using: &random) ? 30 * 86_400_000 : 90_000
        return (0..<count).map { index in
            let time = start.adding(milliseconds: Int64.random(in: 0..<spread, using: &random) / 50 * 50)
            return Trade(
                time: time, symbol: symbols[Int.random(in: 0..<3, using: &random)],
                sequentialID: Int64(index) * 7 % 1_009 + Int64(index) * 10_000,
                price: Decimal8(
                    unscaled: Int128(Int64.random(in: 1..<9_000_000_000_000_000, using: &random))),
                volume: Decimal8(unscaled: Int128(Int64.random(in: 1..<5_000_000_000_000, using: &random))),
                side: Bool.random(using: &random) ? .buy : .sell, receivedAt: time)
        }
    }

    /// The candle of an interval by its definition.
    private func direct(_ trades: [Trade]) throws -> CandleSums {
        let ordered = trades.sorted { ($0.time, $0.sequentialID) < ($1.time, $1.sequentialID) }
        var sums = try CandleSums(ordered[0])
        for trade in ordered.dropFirst() { try sums.add(trade) }
        #expect(sums.open == ordered[0].price && sums.close == ordered[ordered.count - 1].price)
        #expect(sums.high == ordered.map(\.price).max() && sums.low == ordered.map(\.price).min())
        #expect(sums.volume.unscaled == ordered.reduce(0) { $0 + $1.volume.unscaled * 100_000_000 })
        #expect(sums.value.unscaled == ordered.reduce(0) { $0 + $1.volume.unscaled * $1.price.unscaled })
        let bought = ordered.filter { $0.side == .buy }
        #expect(sums.buyVolume.unscaled == bought.reduce(0) { $0 + $1.volume.unscaled * 100_000_000 })
        #expect(sums.trades == Int64(trades.count))
        return sums
    }

    @Test func everyTimeframeFromOnePassEqualsTheCandlesByDefinition() throws {
        for seed in 0..<12 {
            var random = SeededRandom(seed: UInt64(seed))
            let trades = try trades(700, &random)
            var fold = try CandleFold(Self.timeframes)
            try fold.add(trades)
            let all = try fold.all()
            for timeframe in Self.timeframes {
                let groups = Dictionary(grouping: trades) {
                    CandleFold.Key(symbol: $0.symbol, start: timeframe.start(of: $0.time))
                }
                let entries = try #require(all[timeframe])
                #expect(entries.count == groups.count && entries.map(\.key) == entries.map(\.key).sorted())
                for entry in entries {
                    #expect(entry.sums == (try direct(groups[entry.key] ?? [])), "\(seed)")
                }
            }
        }
    }

    @Test func anyOrderAndAnyBatchesGiveTheSameCandles() throws {
        for seed in 0..<40 {
            var random = SeededRandom(seed: UInt64(100 + seed))
            let trades = try trades(300, &random)
            var first = try CandleFold(Self.timeframes)
            try first.add(trades)
            let expected = try first.all().mapValues { entries in
                Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.sums) })
            }
            var merged: [Timeframe: [CandleFold.Key: CandleSums]] = [:]
            var rest = trades.shuffled(using: &random)[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Int.random(in: 1...80, using: &random))
                rest = rest.dropFirst(batch.count)
                var fold = try CandleFold(Self.timeframes)
                try fold.add(batch)
                for (timeframe, candles) in try fold.all() {
                    for entry in candles {
                        if var stored = merged[timeframe]?[entry.key] {
                            try stored.merge(entry.sums)
                            merged[timeframe]?[entry.key] = stored
                        } else {
                            merged[timeframe, default: [:]][entry.key] = entry.sums
                        }
                    }
                }
            }
            #expect(merged == expected, "seed \(seed)")
        }
    }

    @Test func aStoredCandleMergesAsTheTradesThatItIsMadeOf() throws {
        var random = SeededRandom(seed: 5)
        let all = try trades(50, &random).map { trade in
            var trade = trade
            trade.symbol = try Symbol("KRW-BTC")
            return trade
        }
        let whole = try direct(all)
        let stored = try direct(Array(all.prefix(20))).candle(
            all[0].symbol, .month1, at: .epoch, isComplete: true)
        var again = try #require(CandleSums(stored))
        try again.merge(try direct(Array(all.dropFirst(20))))
        #expect(again == whole)
        let candle = whole.candle(all[0].symbol, .month1, at: .epoch, isComplete: true)
        #expect(candle.buyVolume?.adding(candle.sellVolume ?? .zero) == candle.volume)
    }

    @Test func aSumThatDoesNotFitIsAnErrorAndChangesNothing() throws {
        let huge = Trade(
            time: .epoch, symbol: try Symbol("KRW-BTC"), sequentialID: 1,
            price: Decimal8(unscaled: 1 << 62), volume: Decimal8(unscaled: 1 << 64), side: .buy,
            receivedAt: .epoch)
        var sums = try CandleSums(huge)
        let before = sums
        #expect(throws: IndicatorsError.self) { try sums.add(huge) }
        #expect(throws: IndicatorsError.self) { try sums.merge(before) }
        #expect(sums == before)
        #expect(DerivationLimits.fault(of: huge)?.code == .outOfRange)
    }

    @Test func tradesWithinTheLimitsHaveNoFault() throws {
        var trade = Trade(
            time: .epoch, symbol: try Symbol("KRW-BTC"), sequentialID: 1, price: Decimal8(160_000_000),
            volume: Decimal8(1_000), side: .buy, receivedAt: .epoch)
        #expect(DerivationLimits.fault(of: trade) == nil)
        trade.volume = .zero
        #expect(DerivationLimits.fault(of: trade) != nil)
        trade.volume = Decimal8(1)
        trade.price = DerivationLimits.priceMax
        #expect(DerivationLimits.fault(of: trade) != nil)
    }

    @Test func timeframesThatTheSmallestDoesNotComposeAreRefused() {
        #expect(throws: IndicatorsError.self) { try CandleFold([.minute3, .minute5]) }
        #expect(throws: IndicatorsError.self) { try CandleFold([.week1, .month1]) }
        #expect(throws: IndicatorsError.self) { try CandleFold([]) }
        #expect(throws: Never.self) { try CandleFold([.day1, .week1, .month1]) }
    }
}
