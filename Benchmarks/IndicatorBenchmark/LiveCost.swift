import Indicators
import Market

/// What the open candle's values cost, and the close of a candle, in a series that is long under way.
enum LiveCost {
    static func measure() throws {
        let symbol = try Symbol("KRW-BTC")
        var time = Timeframe.minute1.start(of: Instant(microseconds: 1_700_000_000_000_000))
        var series = IndicatorSeries(.minute1)
        func candle(_ step: Int) -> Candle {
            let price = Decimal8(100_000 + step * 37 % 1_000)
            return Candle(
                time: time, symbol: symbol, timeframe: .minute1, open: price, high: Decimal8(102_000),
                low: Decimal8(99_000), close: price, volume: Decimal16(step % 9 + 1),
                value: Decimal16(1_000), source: .trades)
        }
        for step in 0..<500 {
            _ = try series.close(candle(step))
            time = time.adding(seconds: 60)
        }
        let candles = (0..<256).map(candle)
        var check = 0.0
        var failure: (any Error)?
        let updates = 200_000
        var rounds: [Double] = []
        for _ in 0..<5 {
            rounds.append(
                nanoseconds {
                    do {
                        for step in 0..<updates {
                            check += try series.provisional(candles[step & 255])[.ma5] ?? 0
                        }
                    } catch { failure = error }
                } / Double(updates))
        }
        if let failure { throw failure }
        print("one live update (all 28 provisional values): \(spread(rounds)) ns [\(check != 0)]")
    }
}
