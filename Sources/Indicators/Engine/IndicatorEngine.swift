/// The indicators of one series of candles, candle after candle: constant work for each, whatever the
/// period. docs/indicators.md has the formulas.
package struct IndicatorEngine: Sendable {
    package private(set) var state = RecursiveState()
    private var windows = IndicatorWindows()

    /// A series that begins.
    package init() {}

    /// Continues after `state`. `recent` are the last candles up to the state's own, oldest first: 199 of
    /// them, or all when there were fewer.
    package init(_ state: RecursiveState, recent: [IndicatorInput]) throws(IndicatorsError) {
        let needed = Int(min(state.count, Int64(IndicatorWindows.candlesMax)))
        guard recent.count == needed else {
            throw IndicatorsError(
                .badSeries, "\(recent.count) candles before the state, \(needed) are needed",
                remedy: "Run `yeoul rebuild` for its market and timeframe")
        }
        for (index, input) in recent.enumerated() {
            // How far the windows are filled is all that counts here.
            self.state.count = Int64(index)
            let smooth = stochastic(input)
            windows.push(input, raw: smooth.raw, smooth: smooth.smooth)
        }
        self.state = state
    }

    /// The close of the last candle × 10⁸; nil before the first.
    package var lastClose: Int64? { state.count == 0 ? nil : windows.lastClose }

    /// Takes the next candle into the series.
    package mutating func close(_ input: IndicatorInput) -> IndicatorValues {
        var values = IndicatorValues()
        let smooth = stochastic(input)
        let next = evaluate(input, smooth, &values)
        windows.push(input, raw: smooth.raw, smooth: smooth.smooth)
        state = next
        return values
    }

    /// What the values would be with this candle, without taking it.
    package func provisional(_ input: IndicatorInput) -> IndicatorValues {
        var values = IndicatorValues()
        var copy = self
        _ = copy.evaluate(input, copy.stochastic(input), &values)
        return values
    }

    // MARK: One candle
    //
    // What only reads is `mutating`, too: else the compiler copies the engine for the call, and with the copy
    // alive each push would copy the rings.

    @inline(__always)
    private mutating func evaluate(
        _ input: IndicatorInput, _ smooth: Stochastic, _ values: inout IndicatorValues
    ) -> RecursiveState {
        var next = state
        let index = state.count
        setWindows(input, index, &values)
        setStochastic(smooth, index, &values)
        if index >= IndicatorEngine.steadyFrom {
            continueAverages(input, &next)
        } else {
            startAverages(input, index, &next)
        }
        setAverages(next, index, &values)
        setVolumes(input, index, &next, &values)
        next.count = index &+ 1
        return next
    }

    /// From here on no mean starts any more.
    static let steadyFrom: Int64 = 200

    @inline(__always)
    private mutating func setWindows(_ input: IndicatorInput, _ index: Int64, _ values: inout IndicatorValues)
    {
        let close = Exact.wide(input.close)
        if index >= 4 { values.set(.ma5, Exact.double(windows.sum4 &+ close) / (5 * Exact.price)) }
        if index >= 9 { values.set(.ma10, Exact.double(windows.sum9 &+ close) / (10 * Exact.price)) }
        if index >= 49 { values.set(.ma50, Exact.double(windows.sum49 &+ close) / (50 * Exact.price)) }
        if index >= 99 { values.set(.ma100, Exact.double(windows.sum99 &+ close) / (100 * Exact.price)) }
        if index >= 199 { values.set(.ma200, Exact.double(windows.sum199 &+ close) / (200 * Exact.price)) }
        guard index >= 19 else { return }
        let sum = windows.sum19 &+ close
        let middle = Exact.double(sum) / (20 * Exact.price)
        values.set(.ma20, middle)
        // n²σ² = n Σx² − (Σx)². The terms may wrap, their difference fits (DerivationLimits.priceMax).
        let squares = windows.squareSum19 &+ IndicatorWindows.square(input.close)
        let total = Exact.bits(sum)
        let spread = Exact.double(squares &* 20 &- total &* total).squareRoot() / (10 * Exact.price)
        values.set(.bollingerUpper, middle + spread)
        values.set(.bollingerMiddle, middle)
        values.set(.bollingerLower, middle - spread)
        let typicalSum = windows.typicalSum19 &+ Exact.wide(input.typical)
        let deviation = windows.deviationSum(typical: input.typical, sum: typicalSum)
        let distance = Exact.double(Exact.wide(input.typical) &* 20 &- typicalSum)
        values.set(.cci20, deviation == 0 ? 0 : distance * 20 / (0.015 * Exact.double(deviation)))
        values.set(
            .volumeMA20, Exact.double(windows.volumeSum19 &+ input.volume) / (20 * Exact.volume))
    }

    private struct Stochastic {
        var raw: Double
        var smooth: Double
    }

    @inline(__always)
    private mutating func stochastic(_ input: IndicatorInput) -> Stochastic {
        let low = windows.range.lowest(with: input.low)
        let width = windows.range.highest(with: input.high) &- low
        let raw = width == 0 ? 0 : 100 * Double(input.close &- low) / Double(width)
        return Stochastic(raw: raw, smooth: (raw + windows.raw[0] + windows.raw[1]) / 3)
    }

    @inline(__always)
    private func setStochastic(_ smooth: Stochastic, _ index: Int64, _ values: inout IndicatorValues) {
        guard index >= 17 else { return }
        values.set(.stochasticK, smooth.smooth)
        values.set(.stochasticD, (smooth.smooth + windows.smooth[0] + windows.smooth[1]) / 3)
    }

    // MARK: Means that remember

    private static var weights: SIMD8<Double> {
        SIMD8(2.0 / 9, 2.0 / 14, 2.0 / 22, 2.0 / 51, 2.0 / 201, 2.0 / 21, 2.0 / 13, 2.0 / 27)
    }

    private static var wilderPeriods: SIMD4<Double> { SIMD4(14, 14, 14, 10) }

    /// Gain, loss and true range against the candle before, × 10⁸.
    @inline(__always)
    private mutating func moves(_ input: IndicatorInput) -> (gain: Int64, loss: Int64, range: Int64) {
        let change = input.close &- windows.lastClose
        let range = max(input.high, windows.lastClose) &- min(input.low, windows.lastClose)
        return (max(change, 0), max(0 &- change, 0), range)
    }

    @inline(__always)
    private mutating func continueAverages(_ input: IndicatorInput, _ next: inout RecursiveState) {
        let close = Double(input.close) / Exact.price
        let (last, weights) = (state.averages, Self.weights)
        for lane in 0..<8 { next.averages[lane] = (close - last[lane]) * weights[lane] + last[lane] }
        next.wilder = continuedWilder(moves(input))
        next.signal = continuedSignal(next)
    }

    @inline(__always)
    private mutating func continuedWilder(_ moves: (gain: Int64, loss: Int64, range: Int64)) -> SIMD4<Double>
    {
        let last = state.wilder
        let range = Double(moves.range) / Exact.price
        return SIMD4(
            settled((last[0] * 13 + Double(moves.gain)) / 14),
            settled((last[1] * 13 + Double(moves.loss)) / 14),
            settled((last[2] * 13 + range) / 14), settled((last[3] * 9 + range) / 10))
    }

    @inline(__always)
    private mutating func continuedSignal(_ next: RecursiveState) -> Double {
        let signal = (next.averages[6] - next.averages[7] - state.signal) * 0.2 + state.signal
        return signal.magnitude < Self.settledBelow ? 0 : signal
    }

    /// What fades away ends in nothing: the last bits of a double are slow and mean nothing.
    @inline(__always)
    private func settled(_ mean: Double) -> Double { mean < Self.settledBelow ? 0 : mean }

    private static var settledBelow: Double { 1e-200 }

    /// The first 200 candles: each mean starts as the plain mean of its first candles.
    @inline(never)
    private mutating func startAverages(_ input: IndicatorInput, _ index: Int64, _ next: inout RecursiveState)
    {
        next.closeSum = state.closeSum &+ Int128(input.close)
        let close = Double(input.close) / Exact.price
        let periods: SIMD8<Int64> = SIMD8(8, 13, 21, 50, 200, 20, 26, 26)
        for lane in 0..<8 {
            let period = periods[lane]
            if index >= period {
                let last = state.averages[lane]
                next.averages[lane] = (close - last) * Self.weights[lane] + last
            } else if index == period - 1 {
                next.averages[lane] = Exact.double(next.closeSum) / (Double(period) * Exact.price)
            }
        }
        // Both means of MACD start together, so the fast one from the last 12 of the first 26.
        if index == 25 {
            var sum = Int128(input.close)
            for back in 1..<12 { sum &+= Int128(windows.close(back: back)) }
            next.averages[6] = Exact.double(sum) / (12 * Exact.price)
        }
        startSignal(index, &next)
        startWilder(input, index, &next)
    }

    private mutating func startSignal(_ index: Int64, _ next: inout RecursiveState) {
        let line = next.averages[6] - next.averages[7]
        switch index {
        case ..<25: break
        case 25..<33: next.signal = state.signal + line
        case 33: next.signal = (state.signal + line) / 9
        default: next.signal = continuedSignal(next)
        }
    }

    private mutating func startWilder(_ input: IndicatorInput, _ index: Int64, _ next: inout RecursiveState) {
        guard index > 0 else { return }
        let moves = moves(input)
        next.gainSum = state.gainSum &+ Int128(moves.gain)
        next.lossSum = state.lossSum &+ Int128(moves.loss)
        next.rangeSum = state.rangeSum &+ Int128(moves.range)
        let starts = SIMD4(
            Exact.double(next.gainSum) / 14, Exact.double(next.lossSum) / 14,
            Exact.double(next.rangeSum) / (14 * Exact.price), Exact.double(next.rangeSum) / (10 * Exact.price)
        )
        let periods = Self.wilderPeriods
        let continued = continuedWilder(moves)
        for lane in 0..<4 {
            let period = Int64(periods[lane])
            if index > period { next.wilder[lane] = continued[lane] }
            if index == period { next.wilder[lane] = starts[lane] }
        }
    }

    @inline(__always)
    private func setAverages(
        _ next: RecursiveState, _ index: Int64, _ values: inout IndicatorValues
    ) {
        if index >= 7 { values.set(.ema8, next.averages[0]) }
        if index >= 12 { values.set(.ema13, next.averages[1]) }
        if index >= 20 { values.set(.ema21, next.averages[2]) }
        if index >= 49 { values.set(.ema50, next.averages[3]) }
        if index >= 199 { values.set(.ema200, next.averages[4]) }
        if index >= 19 {
            let middle = next.averages[5]
            values.set(.keltnerUpper, middle + 2 * next.wilder[3])
            values.set(.keltnerMiddle, middle)
            values.set(.keltnerLower, middle - 2 * next.wilder[3])
        }
        if index >= 33 {
            let line = next.averages[6] - next.averages[7]
            values.set(.macdLine, line)
            values.set(.macdSignal, next.signal)
            values.set(.macdHistogram, line - next.signal)
        }
        if index >= 14 {
            let both = next.wilder[0] + next.wilder[1]
            // As TA-Lib: movement below 10⁻¹⁴ of the quote currency is none, and then the index is 0.
            values.set(.rsi14, both < 1e-6 ? 0 : 100 * (next.wilder[0] / both))
            values.set(.atr14, next.wilder[2])
        }
    }

    @inline(__always)
    private mutating func setVolumes(
        _ input: IndicatorInput, _ index: Int64, _ next: inout RecursiveState,
        _ values: inout IndicatorValues
    ) {
        let last = windows.lastClose
        if index == 0 || input.close > last {
            next.balance = Self.sum(state.balance, input.volume)
        } else if input.close < last {
            next.balance = Self.sum(state.balance, 0 &- input.volume)
        }
        values.set(.obv, Exact.double(next.balance) / Exact.volume)
        if input.day == state.day {
            next.dayValue = Self.sum(state.dayValue, input.value)
            next.dayVolume = Self.sum(state.dayVolume, input.volume)
        } else {
            (next.day, next.dayValue, next.dayVolume) = (input.day, input.value, input.volume)
        }
        if next.dayVolume > 0 {
            values.set(.vwap, Exact.double(next.dayValue) / Exact.double(next.dayVolume))
        }
    }

    /// Stops at the ends of what 128 bits hold.
    @inline(__always)
    private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : sum
    }
}
