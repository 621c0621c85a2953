import Indicators
import Market
import TestKit

/// Random candles of one market that a seed reproduces.
struct CandleSeries {
    enum Kind: CaseIterable {
        case walk, trending, flat, gaps, spikes, tiny, huge, constant
    }

    let kind: Kind
    let timeframe: Timeframe
    /// With a gap where nothing was traded.
    private(set) var candles: [Candle] = []

    init(_ kind: Kind, count: Int, timeframe: Timeframe = .minute1, seed: UInt64) throws {
        self.kind = kind
        self.timeframe = timeframe
        var random = SeededRandom(seed: seed)
        var time = timeframe.start(of: Instant(microseconds: 1_760_000_000_000_000))
        let symbol = try Symbol("KRW-BTC")
        let base = Self.base(kind, &random)
        var price = base
        while candles.count < count {
            if kind == .gaps, Int.random(in: 0..<4, using: &random) == 0 {
                for _ in 0..<Int.random(in: 1...40, using: &random) { time = timeframe.next(after: time) }
            }
            let (open, close, high, low) = Self.prices(kind, &price, base, &random)
            let volume = Int128(Int64.random(in: 1..<10_000_000_000_000, using: &random)) * 100_000_000
            var candle = Candle(
                time: time, symbol: symbol, timeframe: timeframe, open: Decimal8(unscaled: Int128(open)),
                high: Decimal8(unscaled: Int128(high)), low: Decimal8(unscaled: Int128(low)),
                close: Decimal8(unscaled: Int128(close)), volume: Decimal16(unscaled: volume),
                value: Decimal16(unscaled: volume / 100_000_000 * Int128(low / 2 + high / 2)), source: .trades
            )
            if candle.value > DerivationLimits.candleVolumeMax {
                candle.value = DerivationLimits.candleVolumeMax
            }
            candles.append(candle)
            time = timeframe.next(after: time)
        }
    }

    private static func base(_ kind: Kind, _ random: inout SeededRandom) -> Int64 {
        switch kind {
        case .tiny: Int64.random(in: 1...2_000, using: &random)
        case .huge: Int64.random(in: 200_000_000_000_000_000...1_000_000_000_000_000_000, using: &random)
        default: Int64.random(in: 1_000_000...20_000_000_000_000_000, using: &random)
        }
    }

    private static func prices(
        _ kind: Kind, _ price: inout Int64, _ base: Int64, _ random: inout SeededRandom
    ) -> (Int64, Int64, Int64, Int64) {
        let open = price
        let step = max(1, base / 500)
        switch kind {
        case .constant: return (open, open, open, open)
        case .flat where Int.random(in: 0..<30, using: &random) > 0: return (open, open, open, open)
        case .trending: price += Int64.random(in: -step / 3 - 1...step, using: &random)
        case .spikes where Int.random(in: 0..<40, using: &random) == 0:
            let factor = Int64.random(in: 2...15, using: &random)
            price = Bool.random(using: &random) ? base * factor : base / factor
        case .spikes: price = base + Int64.random(in: -step...step, using: &random)
        default: price += Int64.random(in: -step...step, using: &random)
        }
        price = min(max(price, 1), 1_700_000_000_000_000_000)
        let high = max(open, price) + Int64.random(in: 0...step, using: &random)
        let low = max(1, min(open, price) - Int64.random(in: 0...step, using: &random))
        return (open, price, high, low)
    }
}

extension IndicatorValues {
    /// Every indicator with its value, for messages.
    var listed: [Double?] { Indicator.allCases.map { self[$0] } }
}
