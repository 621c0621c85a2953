import Indicators
import Market
import TestKit

/// What a trade costs in candles of 11 timeframes, in batches as a commit has them.
enum MergeCost {
    static func measure() throws {
        var random = SeededRandom(seed: 2)
        let symbols = try (0..<200).map { try Symbol("KRW-M\($0)") }
        let start = Instant(microseconds: 1_760_000_000_000_000)
        let trades = (0..<1_000_000).map { index in
            let time = start.adding(milliseconds: Int64(index) * 2)
            // As unequal as real markets.
            let pick = Int.random(in: 0..<200, using: &random) * Int.random(in: 0..<200, using: &random) / 200
            return Trade(
                time: time, symbol: symbols[pick], sequentialID: Int64(index),
                price: Decimal8(
                    unscaled: Int128(Int64.random(in: 1...9_000_000_000_000_000, using: &random))),
                volume: Decimal8(unscaled: Int128(Int64.random(in: 1...900_000_000_000, using: &random))),
                side: index % 2 == 0 ? .buy : .sell, receivedAt: time)
        }
        let timeframes = Timeframe.allCases.filter { $0 != .second1 }
        for batch in [20_000, 1_000] {
            var rounds: [Double] = []
            for _ in 0..<5 {
                var candles = 0
                var failure: (any Error)?
                let elapsed = nanoseconds {
                    do {
                        for first in stride(from: 0, to: trades.count, by: batch) {
                            var fold = try CandleFold(timeframes)
                            try fold.add(trades[first..<min(first + batch, trades.count)])
                            candles += try fold.all().values.reduce(0) { $0 + $1.count }
                        }
                    } catch { failure = error }
                }
                if let failure { throw failure }
                guard candles > 0 else { return print("nothing merged") }
                rounds.append(elapsed / Double(trades.count))
            }
            print("merge with 11 timeframes, 200 markets, batches of \(batch): \(spread(rounds)) ns a trade")
        }
    }
}
