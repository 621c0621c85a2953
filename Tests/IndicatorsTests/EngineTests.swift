import Indicators
import Market
import TestKit
import Testing

@Suite struct EngineTests {
    private func values(_ candles: [Candle]) throws -> [IndicatorValues] {
        var series = IndicatorSeries(candles[0].timeframe)
        return try candles.map { try series.close($0) }
    }

    private func candle(_ minute: Int64, _ price: Int, volume: Int = 1) throws -> Candle {
        let time = Instant(microseconds: 1_760_000_040_000_000).adding(seconds: minute * 60)
        let price = Decimal8(price)
        return Candle(
            time: time, symbol: try Symbol("KRW-BTC"), timeframe: .minute1, open: price, high: price,
            low: price,
            close: price, volume: Decimal16(volume), value: Decimal16(volume), source: .trades)
    }

    @Test func aSingleCandleHasOnlyBalanceAndAveragePrice() throws {
        let only = try values([try candle(0, 1)])[0]
        for indicator in Indicator.allCases {
            switch indicator {
            case .obv, .vwap: #expect(only[indicator] == 1)
            default: #expect(only[indicator] == nil, "\(indicator)")
            }
        }
    }

    @Test func aFlatSeriesGivesTheDocumentedValues() throws {
        let last = try #require(try values((0..<250).map { try candle($0, 250) }).last)
        for indicator in Indicator.allCases {
            let expected: Double =
                switch indicator {
                case .rsi14, .stochasticK, .stochasticD, .macdLine, .macdSignal, .macdHistogram, .cci20,
                    .atr14:
                    0
                case .volumeMA20, .obv: 1
                case .vwap: 1
                default: 250
                }
            if indicator == .vwap { continue }
            #expect(last[indicator] == expected, "\(indicator)")
        }
    }

    @Test func withoutVolumeThereIsNoAveragePriceAndTheBalanceStays() throws {
        let all = try values((0..<60).map { try candle($0, 100 + Int($0 % 7), volume: 0) })
        for values in all {
            #expect(values[.vwap] == nil)
            #expect(values[.obv] == 0)
        }
        #expect(all[30][.volumeMA20] == 0)
    }

    @Test func theAveragePriceOfTheDayStartsAtMidnightUTC() throws {
        let midnight = try Instant("2026-03-11T00:00:00Z")
        var series = IndicatorSeries(.minute1)
        var seen: [Double?] = []
        for (minute, price) in [(-2, 10), (-1, 20), (0, 40), (1, 60)] as [(Int64, Int)] {
            var candle = try candle(0, price)
            candle.time = midnight.adding(seconds: minute * 60)
            candle.value = Decimal16(price)
            seen.append(try series.close(candle)[.vwap])
        }
        #expect(seen == [10, 15, 40, 50])
    }

    @Test func provisionalValuesAreThoseOfTheCloseAndChangeNothing() throws {
        for kind in CandleSeries.Kind.allCases {
            let candles = try CandleSeries(kind, count: 230, seed: 7).candles
            var series = IndicatorSeries(.minute1)
            for candle in candles {
                let before = series.state
                let provisional = try series.provisional(candle)
                #expect(series.state == before)
                #expect(try series.close(candle) == provisional)
            }
        }
    }

    /// A crash at any candle: the state goes through bytes, the windows come from the stored candles.
    @Test func aRestoredStateContinuesBitForBit() throws {
        var random = SeededRandom(seed: 41)
        for (round, kind) in (CandleSeries.Kind.allCases + CandleSeries.Kind.allCases).enumerated() {
            let timeframe: Timeframe = [.minute1, .minute5, .month1][round % 3]
            let candles = try CandleSeries(kind, count: 420, timeframe: timeframe, seed: UInt64(round))
                .candles
            var whole = IndicatorSeries(timeframe)
            var restored = IndicatorSeries(timeframe)
            for (index, candle) in candles.enumerated() {
                #expect(try whole.close(candle) == (try restored.close(candle)), "\(kind) \(index)")
                guard Int.random(in: 0..<20, using: &random) == 0 || index < 40 else { continue }
                let state = try RecursiveState(restored.state.bytes, version: RecursiveState.version)
                let start = IndicatorSeries.windowStart(timeframe, before: candle.time)
                let first = candles.lastIndex { $0.time <= start } ?? 0
                restored = try IndicatorSeries(
                    timeframe, after: candle.time, state, recent: Array(candles[first...index]))
                #expect(restored.state == whole.state)
            }
        }
    }

    /// Windows are sums of integers: a spike that left them leaves no trace, wherever the series began.
    @Test func windowsDoNotDependOnWhereTheSeriesBegan() throws {
        let candles = try CandleSeries(.spikes, count: 600, seed: 3).candles
        let whole = try values(candles)
        let late = try values(Array(candles[300...]))
        let windows: [Indicator] = [
            .ma5, .ma10, .ma20, .ma50, .ma100, .ma200, .stochasticK, .stochasticD, .cci20, .bollingerUpper,
            .bollingerLower, .volumeMA20,
        ]
        for index in 199..<300 {
            for indicator in windows {
                #expect(late[index][indicator]?.bitPattern == whole[index + 300][indicator]?.bitPattern)
            }
        }
    }

    /// Sums of small prices are taken in 64 bits, those of large ones in 128: the same bits.
    @Test func aPriceThatNeedsWideSumsChangesNoWindowThatItIsNotIn() throws {
        let candles = try CandleSeries(.walk, count: 700, seed: 9).candles
        var wide = candles
        wide[299].high = Decimal8(300_000_001)
        let (ours, theirs) = (try values(candles), try values(wide))
        #expect(ours[299][.atr14] != theirs[299][.atr14])
        let closes: [Indicator] = [
            .ma5, .ma10, .ma20, .ma50, .ma100, .ma200, .ema8, .ema200, .rsi14, .macdSignal, .bollingerUpper,
            .bollingerLower, .volumeMA20, .obv, .vwap,
        ]
        for index in 299..<700 {
            for indicator in closes {
                #expect(ours[index][indicator]?.bitPattern == theirs[index][indicator]?.bitPattern)
            }
            guard index > 320 else { continue }
            for indicator in [Indicator.cci20, .stochasticK, .stochasticD] {
                #expect(ours[index][indicator]?.bitPattern == theirs[index][indicator]?.bitPattern)
            }
        }
    }

    /// What is stored was computed by a former version: the same candles must give the same bits for ever.
    @Test func theSameCandlesGiveTheBitsOfEveryVersionBefore() throws {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for seed in 0..<300 {
            let kind = CandleSeries.Kind.allCases[seed % CandleSeries.Kind.allCases.count]
            let candles = try CandleSeries(kind, count: 600, seed: UInt64(seed)).candles
            var series = IndicatorSeries(candles[0].timeframe)
            for candle in candles {
                let values = try series.close(candle)
                for indicator in Indicator.allCases {
                    hash = (hash ^ (values[indicator]?.bitPattern ?? 1)) &* 1_099_511_628_211
                }
            }
            for byte in series.state.bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        }
        #expect(hash == 16_257_203_358_602_984_693)
    }

    @Test func nothingIsEverInfiniteOrNotANumber() throws {
        for kind in CandleSeries.Kind.allCases {
            var candles = try CandleSeries(kind, count: 300, seed: 11).candles
            for index in stride(from: 0, to: 300, by: 3) {
                candles[index].volume = DerivationLimits.candleVolumeMax
                candles[index].value = index % 2 == 0 ? .zero : DerivationLimits.candleVolumeMax
            }
            for values in try values(candles) {
                for number in values.listed { #expect(number?.isFinite ?? true) }
            }
        }
    }

    @Test func whatIsNotFiniteIsAbsent() {
        for wrong in [Double.nan, .infinity, -.infinity] {
            var values = IndicatorValues()
            for indicator in Indicator.allCases { values.set(indicator, 7) }
            values.set(.cci20, wrong)
            values.set(.vwap, wrong)
            values.dropWhatIsNotFinite()
            for indicator in Indicator.allCases {
                #expect(values[indicator] == (indicator == .cci20 || indicator == .vwap ? nil : 7))
            }
        }
    }

    @Test func aStateOfAnotherVersionOrWithImpossibleFiguresIsRefused() throws {
        let bytes = RecursiveState().bytes
        #expect(throws: IndicatorsError.self) { try RecursiveState(bytes, version: 2) }
        #expect(throws: IndicatorsError.self) { try RecursiveState(Array(bytes.dropLast()), version: 1) }
        var infinite = bytes
        infinite.replaceSubrange(8..<16, with: [0, 0, 0, 0, 0, 0, 0xF0, 0x7F])
        #expect(throws: IndicatorsError.self) { try RecursiveState(infinite, version: 1) }
    }

    @Test func candlesBeyondTheLimitsAreRefused() throws {
        var series = IndicatorSeries(.minute1)
        var large = try candle(0, 1)
        large.high = DerivationLimits.priceMax
        #expect(throws: IndicatorsError.self) { try series.close(large) }
        _ = try series.close(try candle(1, 1))
        #expect(throws: IndicatorsError.self) { try series.close(try candle(1, 1)) }
        #expect(throws: IndicatorsError.self) { try series.close(try candle(0, 1)) }
    }

    @Test func aStateWithoutItsCandlesIsRefused() throws {
        let candles = try CandleSeries(.walk, count: 250, seed: 5).candles
        var series = IndicatorSeries(.minute1)
        for candle in candles { _ = try series.close(candle) }
        let last = try #require(candles.last?.time)
        #expect(throws: IndicatorsError.self) {
            try IndicatorSeries(.minute1, after: last, series.state, recent: Array(candles.suffix(198)))
        }
        #expect(throws: IndicatorsError.self) {
            try IndicatorSeries(.minute1, after: last, series.state, recent: Array(candles.dropLast()))
        }
    }

    @Test func aSilenceBeyondTheBoundBeginsTheSeriesAnew() throws {
        var series = IndicatorSeries(.second1)
        var first = try candle(0, 5)
        first.timeframe = .second1
        _ = try series.close(first)
        var later = first
        later.time = first.time.adding(seconds: Int64(IndicatorSeries.filledMax) + 2)
        #expect(try series.close(later)[.obv] == 1)
        #expect(series.state.count == 1)
    }
}
