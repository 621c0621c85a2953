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
            windows.push(input, windows.totals(with: input), raw: smooth.raw, smooth: smooth.smooth)
        }
        self.state = state
    }

    /// The close of the last candle × 10⁸; nil before the first.
    package var lastClose: Int64? { state.count == 0 ? nil : windows.lastClose }

    /// Takes the next candle into the series. The values go where they are wanted: 28 of them are dear to copy.
    package mutating func close(_ input: IndicatorInput, into values: inout IndicatorValues) {
        values.clear()
        let smooth = stochastic(input)
        let totals = windows.totals(with: input)
        evaluate(input, smooth, totals, &values)
        windows.push(input, totals, raw: smooth.raw, smooth: smooth.smooth)
    }

    /// What the values would be with this candle, without taking it.
    package func provisional(_ input: IndicatorInput) -> IndicatorValues {
        var values = IndicatorValues()
        var copy = self
        copy.evaluate(input, copy.stochastic(input), copy.windows.totals(with: input), &values)
        return values
    }

    private typealias Totals = IndicatorWindows.Totals

    // MARK: One candle
    //
    // What only reads is `mutating`, too: else the compiler copies the engine for the call, and with the copy
    // alive each push would copy the rings.

    /// From here on every value is there, and no mean starts any more.
    static let steadyFrom: Int64 = 200

    @inline(__always)
    private mutating func evaluate(
        _ input: IndicatorInput, _ smooth: Stochastic, _ totals: Totals, _ values: inout IndicatorValues
    ) {
        if state.count >= Self.steadyFrom, windows.isSmall(input) {
            continueAverages(input)
            setValues(input, smooth, totals, isPlain: true, &values)
        } else {
            evaluateAny(input, smooth, totals, &values)
        }
        values.dropWhatIsNotFinite()
        state.count &+= 1
    }

    /// The same values, for a series that has just begun and for prices of any size.
    @inline(never)
    private mutating func evaluateAny(
        _ input: IndicatorInput, _ smooth: Stochastic, _ totals: Totals, _ values: inout IndicatorValues
    ) {
        if state.count >= Self.steadyFrom {
            continueAverages(input)
        } else {
            startAverages(input, totals, state.count)
        }
        setValues(input, smooth, totals, isPlain: false, &values)
    }

    /// `isPlain` is a constant where this is called: there the compiler leaves out what asks for warm-ups, and
    /// sums of prices fit 64 bits.
    @inline(__always)
    private mutating func setValues(
        _ input: IndicatorInput, _ smooth: Stochastic, _ totals: Totals, isPlain: Bool,
        _ values: inout IndicatorValues
    ) {
        let index = isPlain ? Self.steadyFrom : state.count
        addVolumes(input)
        let middle = setMeans(totals, index, isPlain, &values)
        if index >= 19 {
            setBollinger(totals, middle, isPlain, &values)
            values.set(.cci20, isPlain ? plainDistance(input, totals) : anyDistance(input, totals))
        }
        setStochastic(smooth, index, &values)
        setAverages(index, &values)
        if state.dayVolume > 0 {
            values.set(
                .vwap, Exact.double(Exact.bits(state.dayValue)) / Exact.double(Exact.bits(state.dayVolume)))
        }
    }

    @inline(__always)
    private mutating func closes(_ count: Int, _ totals: Totals, _ isPlain: Bool) -> Double {
        let sum = windows.closes(count, totals)
        return isPlain ? Double(Int64(bitPattern: sum._low)) : Exact.double(sum)
    }

    /// Of 5 to 200 closes, of 20 volumes, and the balance, in one division. Returns that of 20 closes.
    @inline(__always)
    private mutating func setMeans(
        _ totals: Totals, _ index: Int64, _ isPlain: Bool, _ values: inout IndicatorValues
    ) -> Double {
        let sums = SIMD8(
            closes(5, totals, isPlain), closes(10, totals, isPlain), closes(20, totals, isPlain),
            closes(50, totals, isPlain), closes(100, totals, isPlain), closes(200, totals, isPlain),
            Exact.double(Exact.bits(windows.volumes(20, totals))), Exact.double(state.balance))
        let means = sums / Self.meanDivisors
        if index >= 4 { values.set(.ma5, means[0]) }
        if index >= 9 { values.set(.ma10, means[1]) }
        if index >= 19 {
            values.set(.ma20, means[2])
            values.set(.volumeMA20, means[6])
        }
        if index >= 49 { values.set(.ma50, means[3]) }
        if index >= 99 { values.set(.ma100, means[4]) }
        if index >= 199 { values.set(.ma200, means[5]) }
        values.set(.obv, means[7])
        return means[2]
    }

    private static var meanDivisors: SIMD8<Double> {
        SIMD8(
            5 * Exact.price, 10 * Exact.price, 20 * Exact.price, 50 * Exact.price, 100 * Exact.price,
            200 * Exact.price, 20 * Exact.volume, Exact.volume)
    }

    @inline(__always)
    private mutating func setBollinger(
        _ totals: Totals, _ middle: Double, _ isPlain: Bool, _ values: inout IndicatorValues
    ) {
        let sum = windows.closes(20, totals)
        // n²σ² = n Σx² − (Σx)². The terms may wrap, their difference fits (DerivationLimits.priceMax).
        let total = Exact.bits(sum)
        let square = isPlain ? IndicatorWindows.square(Int64(bitPattern: sum._low)) : total &* total
        let squares = windows.squares(20, totals)
        let spread = Exact.double(squares &* 20 &- square).squareRoot() / (10 * Exact.price)
        values.set(.bollingerUpper, middle + spread)
        values.set(.bollingerMiddle, middle)
        values.set(.bollingerLower, middle - spread)
    }

    /// How far the typical price lies from the mean of 20, in mean distances: of small prices.
    @inline(__always)
    private mutating func plainDistance(_ input: IndicatorInput, _ totals: Totals) -> Double {
        let sum = Int64(bitPattern: windows.typicals(20, totals)._low)
        let deviation = windows.deviationSum(typical: input.typical, sum: sum)
        let distance = Double(input.typical &* 20 &- sum)
        return deviation == 0 ? 0 : distance * 20 / (0.015 * Double(deviation))
    }

    /// The same of any prices.
    @inline(__always)
    private mutating func anyDistance(_ input: IndicatorInput, _ totals: Totals) -> Double {
        let sum = windows.typicals(20, totals)
        let deviation = windows.wideDeviationSum(totals)
        let distance = Exact.double(Exact.wide(input.typical) &* 20 &- sum)
        return deviation == 0 ? 0 : distance * 20 / (0.015 * Exact.double(deviation))
    }

    private struct Stochastic {
        var raw: Double
        var smooth: Double
    }

    @inline(__always)
    private mutating func stochastic(_ input: IndicatorInput) -> Stochastic {
        let (high, low) = windows.extremes(with: input)
        let width = high &- low
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
        let last = windows.lastClose
        let change = input.close &- last
        let range = max(input.high, last) &- min(input.low, last)
        // Which way the price goes is as good as random: no branch.
        let fallen = change &>> 63
        return (change & ~fallen, (0 &- change) & fallen, range)
    }

    @inline(__always)
    private mutating func continueAverages(_ input: IndicatorInput) {
        let close = Double(input.close) / Exact.price
        let (last, weights) = (state.averages, Self.weights)
        for lane in 0..<8 { state.averages[lane] = (close - last[lane]) * weights[lane] + last[lane] }
        state.wilder = continuedWilder(moves(input))
        state.signal = continuedSignal()
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
    private mutating func continuedSignal() -> Double {
        let signal = (state.averages[6] - state.averages[7] - state.signal) * 0.2 + state.signal
        return signal.magnitude < Self.settledBelow ? 0 : signal
    }

    /// What fades away ends in nothing: the last bits of a double are slow and mean nothing.
    @inline(__always)
    private func settled(_ mean: Double) -> Double { mean < Self.settledBelow ? 0 : mean }

    private static var settledBelow: Double { 1e-200 }

    /// The first 200 candles: each mean starts as the plain mean of its first candles.
    private mutating func startAverages(_ input: IndicatorInput, _ totals: Totals, _ index: Int64) {
        state.closeSum &+= Int128(input.close)
        let close = Double(input.close) / Exact.price
        let periods: SIMD8<Int64> = SIMD8(8, 13, 21, 50, 200, 20, 26, 26)
        for lane in 0..<8 {
            let period = periods[lane]
            if index >= period {
                let last = state.averages[lane]
                state.averages[lane] = (close - last) * Self.weights[lane] + last
            } else if index == period - 1 {
                state.averages[lane] = Exact.double(state.closeSum) / (Double(period) * Exact.price)
            }
        }
        // Both means of MACD start together, so the fast one from the last 12 of the first 26.
        if index == 25 {
            state.averages[6] = Exact.double(windows.closes(12, totals)) / (12 * Exact.price)
        }
        startSignal(index)
        startWilder(input, index)
    }

    private mutating func startSignal(_ index: Int64) {
        let line = state.averages[6] - state.averages[7]
        switch index {
        case ..<25: break
        case 25..<33: state.signal += line
        case 33: state.signal = (state.signal + line) / 9
        default: state.signal = continuedSignal()
        }
    }

    private mutating func startWilder(_ input: IndicatorInput, _ index: Int64) {
        guard index > 0 else { return }
        let moves = moves(input)
        state.gainSum &+= Int128(moves.gain)
        state.lossSum &+= Int128(moves.loss)
        state.rangeSum &+= Int128(moves.range)
        let starts = SIMD4(
            Exact.double(state.gainSum) / 14, Exact.double(state.lossSum) / 14,
            Exact.double(state.rangeSum) / (14 * Exact.price),
            Exact.double(state.rangeSum) / (10 * Exact.price))
        let continued = continuedWilder(moves)
        for lane in 0..<4 {
            let period = Int64(Self.wilderPeriods[lane])
            if index > period { state.wilder[lane] = continued[lane] }
            if index == period { state.wilder[lane] = starts[lane] }
        }
    }

    @inline(__always)
    private func setAverages(_ index: Int64, _ values: inout IndicatorValues) {
        let (averages, wilder, signal) = (state.averages, state.wilder, state.signal)
        if index >= 7 { values.set(.ema8, averages[0]) }
        if index >= 12 { values.set(.ema13, averages[1]) }
        if index >= 20 { values.set(.ema21, averages[2]) }
        if index >= 49 { values.set(.ema50, averages[3]) }
        if index >= 199 { values.set(.ema200, averages[4]) }
        if index >= 19 {
            values.set(.keltnerUpper, averages[5] + 2 * wilder[3])
            values.set(.keltnerMiddle, averages[5])
            values.set(.keltnerLower, averages[5] - 2 * wilder[3])
        }
        if index >= 33 {
            let line = averages[6] - averages[7]
            values.set(.macdLine, line)
            values.set(.macdSignal, signal)
            values.set(.macdHistogram, line - signal)
        }
        if index >= 14 {
            let both = wilder[0] + wilder[1]
            // As TA-Lib: movement below 10⁻¹⁴ of the quote currency is none, and then the index is 0.
            values.set(.rsi14, both < 1e-6 ? 0 : 100 * (wilder[0] / both))
            values.set(.atr14, wilder[2])
        }
    }

    @inline(__always)
    private mutating func addVolumes(_ input: IndicatorInput) {
        // Up, down or unmoved without a branch.
        let change = input.close &- windows.lastClose
        let fallen = Exact.wide(change &>> 63)
        let moved = Exact.wide((change | (0 &- change)) &>> 63)
        state.balance = Self.sum(state.balance, ((input.volume ^ fallen) &- fallen) & moved)
        if input.day == state.day {
            state.dayValue = Self.sum(state.dayValue, input.value)
            state.dayVolume = Self.sum(state.dayVolume, input.volume)
        } else {
            (state.day, state.dayValue, state.dayVolume) = (input.day, input.value, input.volume)
        }
    }

    /// Stops at the ends of what 128 bits hold.
    @inline(__always)
    private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : sum
    }
}
