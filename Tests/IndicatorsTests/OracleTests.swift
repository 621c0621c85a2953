import Indicators
import Market
import TestKit
import Testing

/// TA-Lib and we see the same 500 series.
@Suite struct OracleTests {
    /// The spec's tolerance: of the larger of the value and the largest input of the window.
    static let tolerance = 1e-9

    @Test func indicatorsEqualTALibAfterWarmUpAndAreAbsentBefore() throws {
        let library = try TALib()
        var compared = 0
        var beyondTALib = 0
        for seed in 0..<500 {
            let kind = CandleSeries.Kind.allCases[seed % CandleSeries.Kind.allCases.count]
            // Some series end within the warm-up of some indicators.
            let count = seed % 7 == 0 ? 1 + seed / 7 : 260 + seed % 200
            let candles = try CandleSeries(kind, count: count, seed: UInt64(seed)).candles
            let filled = try FilledArrays(candles)
            for (indicator, theirs) in filled.reference(library) {
                for index in filled.values.indices {
                    let ours = filled.values[index][indicator]
                    let place = "\(indicator) at \(index) of series \(seed), \(kind)"
                    guard index >= indicator.warmUp else {
                        #expect(ours == nil && theirs[index] == nil, "\(place)")
                        continue
                    }
                    guard let ours, let reference = theirs[index] else {
                        Issue.record(
                            "\(place): ours \(String(describing: ours)), theirs \(String(describing: theirs[index]))"
                        )
                        continue
                    }
                    compared += 1
                    let allowed =
                        Self.tolerance * max(abs(reference), filled.largestInput(indicator, at: index))
                    if abs(ours - reference) <= allowed { continue }
                    // TA-Lib's running sums keep rounding errors of what left a window: they show where it is
                    // flat or empty.
                    guard let exact = filled.exact(indicator, at: index) else {
                        Issue.record("\(place): ours \(ours), theirs \(reference), allowed \(allowed)")
                        continue
                    }
                    beyondTALib += 1
                    #expect(abs(ours - exact) <= allowed * 1e-3, "\(place)")
                    #expect(abs(reference - exact) > allowed * 0.9, "\(place): TA-Lib is right, ours is not")
                }
            }
        }
        #expect(compared > 2_000_000)
        // Only in flat or empty windows.
        #expect(beyondTALib * 100 < compared, "\(beyondTALib) of \(compared)")
    }
}

/// The gap-filled series as arrays of doubles, with our values at each candle.
struct FilledArrays {
    var high: [Double] = []
    var low: [Double] = []
    var close: [Double] = []
    var volume: [Double] = []
    /// In units, for exact arithmetic.
    var closes: [Int128] = []
    var typicals: [Int128] = []
    var volumes: [Int128] = []
    var highs: [Int128] = []
    var lows: [Int128] = []
    var values: [IndicatorValues] = []

    init(_ candles: [Candle]) throws {
        var series = IndicatorSeries(candles[0].timeframe)
        for candle in candles {
            while let last = series.lastTime, candle.timeframe.next(after: last) < candle.time {
                let price = try #require(series.lastClose)
                let next = candle.timeframe.next(after: last)
                let values = series.fill(until: candle.timeframe.next(after: next))
                let filling = try #require(values)
                append(price, price, price, .zero, filling)
            }
            append(candle.high, candle.low, candle.close, candle.volume, try series.close(candle))
        }
    }

    private mutating func append(
        _ high: Decimal8, _ low: Decimal8, _ close: Decimal8, _ volume: Decimal16, _ values: IndicatorValues
    ) {
        self.high.append(high.doubleValue)
        self.low.append(low.doubleValue)
        self.close.append(close.doubleValue)
        self.volume.append(volume.doubleValue)
        closes.append(close.unscaled)
        typicals.append(high.unscaled + low.unscaled + close.unscaled)
        volumes.append(volume.unscaled)
        highs.append(high.unscaled)
        lows.append(low.unscaled)
        self.values.append(values)
    }

    func largestInput(_ indicator: Indicator, at index: Int) -> Double {
        let inputs = indicator == .obv || indicator == .volumeMA20 ? volume : high
        let window: Int? =
            switch indicator {
            case .ma5, .ma10, .ma20, .ma50, .ma100, .ma200, .cci20, .stochasticK, .stochasticD, .volumeMA20,
                .bollingerUpper, .bollingerMiddle, .bollingerLower:
                indicator.warmUp + 1
            default: nil
            }
        let start = window.map { max(0, index + 1 - $0) } ?? 0
        return inputs[start...index].max() ?? 0
    }

    /// Exact arithmetic over the window, for the indicators that TA-Lib takes by differences.
    func exact(_ indicator: Indicator, at index: Int) -> Double? {
        let window = max(0, index - 19)...index
        switch indicator {
        case .cci20:
            let sum = typicals[window].reduce(0, +)
            let deviation = typicals[window].reduce(0) { $0 + abs(20 * $1 - sum) }
            return deviation == 0
                ? 0 : Double(20 * typicals[index] - sum) * 20 / (0.015 * Double(deviation))
        case .bollingerUpper, .bollingerLower:
            let sum = closes[window].reduce(0, +)
            let squares = closes[window].reduce(0.0) { total, close in
                let distance = Double(20 * close - sum)
                return total + distance * distance
            }
            let spread = (squares / 20).squareRoot() / 20 / 1e8
            return Double(sum) / 20 / 1e8 + (indicator == .bollingerUpper ? 2 : -2) * spread
        case .volumeMA20: return Double(volumes[window].reduce(0, +)) / 20 / 1e16
        case .stochasticK: return (0..<3).map { stochastic(at: index - $0) }.reduce(0, +) / 3
        case .stochasticD: return (0..<3).compactMap { exact(.stochasticK, at: index - $0) }.reduce(0, +) / 3
        default: return nil
        }
    }

    private func stochastic(at index: Int) -> Double {
        let window = (index - 13)...index
        guard let low = lows[window].min(), let high = highs[window].max(), high > low else { return 0 }
        return Double(100 * (closes[index] - low)) / Double(high - low)
    }

    /// What TA-Lib says, aligned with the candles.
    func reference(_ library: TALib) -> [(Indicator, [Double?])] {
        let count = close.count
        var result: [(Indicator, [Double?])] = []
        func one(_ indicator: Indicator, _ call: (UnsafeMutablePointer<Double>) -> Int) {
            var output = [Double](repeating: .nan, count: count)
            let written = output.withUnsafeMutableBufferPointer { call($0.baseAddress!) }
            result.append((indicator, Self.aligned(output, written)))
        }
        for (indicator, period) in [
            (Indicator.ma5, 5), (.ma10, 10), (.ma20, 20), (.ma50, 50), (.ma100, 100), (.ma200, 200),
        ] { one(indicator) { library.mean(close, count, period, $0) } }
        for (indicator, period) in [
            (Indicator.ema8, 8), (.ema13, 13), (.ema21, 21), (.ema50, 50), (.ema200, 200),
            (.keltnerMiddle, 20),
        ] { one(indicator) { library.exponential(close, count, period, $0) } }
        one(.rsi14) { library.strength(close, count, 14, $0) }
        one(.cci20) { library.channel(high, low, close, count, 20, $0) }
        one(.atr14) { library.trueRange(high, low, close, count, 14, $0) }
        one(.volumeMA20) { library.mean(volume, count, 20, $0) }
        one(.obv) { library.balance(close, volume, count, $0) }
        keltner(library, &result)
        several([.stochasticK, .stochasticD], &result) {
            library.stochastic(high, low, close, count, $0[0], $0[1])
        }
        several([.macdLine, .macdSignal, .macdHistogram], &result) {
            library.convergence(close, count, $0[0], $0[1], $0[2])
        }
        several([.bollingerUpper, .bollingerMiddle, .bollingerLower], &result) {
            library.bollinger(close, count, $0[0], $0[1], $0[2])
        }
        return result
    }

    /// TA-Lib has no Keltner channel, but both of its parts.
    private func keltner(_ library: TALib, _ result: inout [(Indicator, [Double?])]) {
        var range = [Double](repeating: .nan, count: close.count)
        var middle = range
        let ranges = Self.aligned(range, library.trueRange(high, low, close, close.count, 10, &range), &range)
        let middles = Self.aligned(middle, library.exponential(close, close.count, 20, &middle), &middle)
        for (indicator, sign) in [(Indicator.keltnerUpper, 2.0), (.keltnerLower, -2.0)] {
            result.append(
                (
                    indicator,
                    zip(middles, ranges).map { middle, range in
                        middle.flatMap { middle in range.map { middle + sign * $0 } }
                    }
                ))
        }
    }

    private func several(
        _ indicators: [Indicator], _ result: inout [(Indicator, [Double?])],
        _ call: ([UnsafeMutablePointer<Double>]) -> Int
    ) {
        let outputs = indicators.map { _ in UnsafeMutablePointer<Double>.allocate(capacity: close.count) }
        defer { for output in outputs { output.deallocate() } }
        let written = call(outputs)
        for (indicator, output) in zip(indicators, outputs) {
            result.append(
                (
                    indicator,
                    Self.aligned(Array(UnsafeBufferPointer(start: output, count: close.count)), written)
                ))
        }
    }

    private static func aligned(_ output: [Double], _ written: Int) -> [Double?] {
        [Double?](repeating: nil, count: output.count - written) + output.prefix(written).map { $0 }
    }

    private static func aligned(_: [Double], _ written: Int, _ output: inout [Double]) -> [Double?] {
        aligned(output, written)
    }
}
