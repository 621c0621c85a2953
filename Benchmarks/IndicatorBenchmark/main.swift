import Glibc
import Indicators
import Market
import TestKit

// The full set of indicators over a million candles, ours and TA-Lib's C functions in turns on the same
// figures; then what one live candle costs, and one trade. Wanted: at most 1.0 × TA-Lib's time.

let arguments = CommandLine.arguments.dropFirst()
let rounds = arguments.first.flatMap { Int($0) } ?? 7
do {
    let ratio = try IndicatorRace(candles: 1_000_000).run(rounds: rounds)
    try LiveCost.measure()
    try MergeCost.measure()
    print(ratio <= 1 ? "within 1.0 × TA-Lib's time" : "above 1.0 × TA-Lib's time, which is the aim")
} catch {
    print("IndicatorBenchmark: \(error)")
    exit(1)
}
