import Indicators
import Market
import TestKit

/// Ours against TA-Lib on the same candles.
final class IndicatorRace {
    private let library: TALib
    private var inputs: [IndicatorInput] = []
    private var high: [Double] = []
    private var low: [Double] = []
    private var close: [Double] = []
    private var volume: [Double] = []
    private var outputs: [UnsafeMutablePointer<Double>] = []
    /// So that nothing is optimised away.
    private(set) var check = 0.0

    init(candles count: Int) throws {
        library = try TALib()
        var random = SeededRandom(seed: 1)
        var price: Int64 = 16_000_000_000_000_000
        let symbol = try Symbol("KRW-BTC")
        var time = Timeframe.minute1.start(of: Instant(microseconds: 1_700_000_000_000_000))
        for _ in 0..<count {
            let open = price
            price = max(1, price + Int64.random(in: -200_000...200_000, using: &random) * 100_000_000)
            let top = max(open, price) + Int64.random(in: 0...100_000, using: &random) * 100_000_000
            let bottom = min(open, price) - Int64.random(in: 0...100_000, using: &random) * 100_000_000
            let volume = Int128(Int64.random(in: 1...5_000_000_000, using: &random)) * 100_000_000
            let candle = Candle(
                time: time, symbol: symbol, timeframe: .minute1, open: Decimal8(unscaled: Int128(open)),
                high: Decimal8(unscaled: Int128(top)), low: Decimal8(unscaled: Int128(bottom)),
                close: Decimal8(unscaled: Int128(price)), volume: Decimal16(unscaled: volume),
                value: Decimal16(unscaled: volume / 100_000_000 * Int128(price)), source: .trades)
            inputs.append(try IndicatorInput(candle))
            high.append(candle.high.doubleValue)
            low.append(candle.low.doubleValue)
            close.append(candle.close.doubleValue)
            self.volume.append(candle.volume.doubleValue)
            time = time.adding(seconds: 60)
        }
        for _ in 0..<3 { outputs.append(.allocate(capacity: count)) }
    }

    deinit { for output in outputs { output.deallocate() } }

    /// The median ratio of the times.
    func run(rounds: Int) -> Double {
        let count = Double(inputs.count)
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for round in 0...rounds {
            let own = nanoseconds { runOurs() } / count
            let their = nanoseconds { runTheirs() } / count
            // The first round warms up.
            if round > 0 {
                ours.append(own)
                theirs.append(their)
            }
        }
        let ratios = zip(ours, theirs).map { $0 / $1 }
        print("\(inputs.count) candles, \(rounds) rounds in turns, every indicator (ours: 28 values):")
        print("  ours   \(spread(ours)) ns a candle")
        print("  TA-Lib \(spread(theirs)) ns a candle (27 values: it has no VWAP; Keltner from EMA and ATR)")
        print("  ratio  \(spread(ratios))   [\(check != 0 ? "checked" : "nothing computed")]")
        return median(ratios)
    }

    private func runOurs() {
        var engine = IndicatorEngine()
        var values = IndicatorValues()
        for input in inputs {
            engine.close(input, into: &values)
        }
        check += Indicator.allCases.reduce(0) { $0 + (values[$1] ?? 0) }
    }

    private func runTheirs() {
        let count = close.count
        let (first, second, third) = (outputs[0], outputs[1], outputs[2])
        for period in [5, 10, 20, 50, 100, 200] { _ = library.mean(close, count, period, first) }
        for period in [8, 13, 21, 50, 200] { _ = library.exponential(close, count, period, first) }
        _ = library.strength(close, count, 14, first)
        _ = library.stochastic(high, low, close, count, first, second)
        _ = library.convergence(close, count, first, second, third)
        _ = library.channel(high, low, close, count, 20, first)
        _ = library.trueRange(high, low, close, count, 14, first)
        _ = library.bollinger(close, count, first, second, third)
        _ = library.mean(volume, count, 20, first)
        _ = library.balance(close, volume, count, first)
        // Keltner: the mean, the range, and their sum and difference.
        let ranges = library.trueRange(high, low, close, count, 10, second)
        let middles = library.exponential(close, count, 20, first)
        let offset = ranges - middles
        for index in 0..<middles {
            third[index] = first[index] + 2 * second[index + offset]
            second[index + offset] = first[index] - 2 * second[index + offset]
        }
        check += first[count / 2] + second[count / 2] + third[count / 2]
    }
}
