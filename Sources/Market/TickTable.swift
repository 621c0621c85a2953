/// The smallest price steps of a market at a time. The exchange's own answer
/// (`/orderbook/instruments`) is the authority; this table is for the built-in exchange, and a guess at
/// history that nothing else may be concluded from: of the tables before 2025-07-31 the exchange documents
/// nothing today, and which sixteen coins had coarser steps since October 2024 is not known.
package struct TickTable: Sendable, Equatable {
    /// One line: from this price on, prices are multiples of the tick.
    package struct Band: Sendable, Equatable {
        package let from: Decimal8
        package let tick: Decimal8
    }

    /// Highest first; the last one starts at zero.
    package let bands: [Band]

    /// The step at `price`.
    package func tick(at price: Decimal8) -> Decimal8 {
        for band in bands where price >= band.from { return band.tick }
        return Decimal8(unscaled: 1)
    }

    package func isMultiple(_ price: Decimal8) -> Bool {
        price.unscaled % tick(at: price).unscaled == 0
    }

    /// The nearest permitted price that is not higher.
    package func roundedDown(_ price: Decimal8) -> Decimal8 {
        let step = tick(at: price).unscaled
        let rest = price.unscaled % step
        return Decimal8(unscaled: price.unscaled - (rest < 0 ? rest + step : rest))
    }

    /// Since 2025-07-31 00:00 in Korea.
    package static let wonReformAt = Instant(microseconds: 1_753_887_600_000_000)
    /// Since 2025-03-21 00:00 in Korea: the dollar coins in won.
    package static let dollarCoinsInWonAt = Instant(microseconds: 1_742_482_800_000_000)
    /// Since 2024-01-29 00:00 in Korea: finer steps under 10,000 won. As pyupbit 0.2.34 still has them.
    package static let wonFinerAt = Instant(microseconds: 1_706_454_000_000_000)

    /// The table that held for `symbol` at `time`. Quote currencies that are not known have the finest
    /// step everywhere.
    package static func table(for symbol: Symbol, at time: Instant) -> TickTable {
        switch symbol.quote {
        case "KRW":
            if time >= wonReformAt { return wonSince2025 }
            if time < wonFinerAt { return wonBefore2024 }
            let isDollarCoin = symbol.base == "USDT" || symbol.base == "USDC"
            return isDollarCoin && time >= dollarCoinsInWonAt ? wonDollarCoins : wonSince2024
        case "USDT":
            return dollar
        default:
            return TickTable(bands: [Band(from: .zero, tick: Decimal8(unscaled: 1))])
        }
    }

    /// Lines as powers of ten and units: (from, tick), both × 10⁻⁸.
    private init(_ lines: [(from: Int128, tick: Int128)]) {
        bands = lines.map { Band(from: Decimal8(unscaled: $0.from), tick: Decimal8(unscaled: $0.tick)) }
    }

    private init(bands: [Band]) { self.bands = bands }

    /// From 10^`highest` × 10⁻⁸ downwards, each decade's tick is its start ÷ 10^`digits`, at least 10⁻⁸.
    private static func decades(from highest: Int, digits: Int) -> [(from: Int128, tick: Int128)] {
        var lines: [(from: Int128, tick: Int128)] = []
        var start = highest
        while start > digits {
            lines.append((Int128(PowersOfTen.small(start)), Int128(PowersOfTen.small(start - digits))))
            start -= 1
        }
        lines.append((0, 1))
        return lines
    }

    private static let won: Int128 = 100_000_000

    private static let wonSince2025 = TickTable(
        [
            (1_000_000 * won, 1_000 * won), (500_000 * won, 500 * won), (100_000 * won, 100 * won),
            (50_000 * won, 50 * won), (10_000 * won, 10 * won), (5_000 * won, 5 * won), (100 * won, won),
        ] + decades(from: 9, digits: 2))

    private static let wonHigh: [(from: Int128, tick: Int128)] = [
        (2_000_000 * won, 1_000 * won), (1_000_000 * won, 500 * won), (500_000 * won, 100 * won),
        (100_000 * won, 50 * won), (10_000 * won, 10 * won),
    ]

    private static let wonSince2024 = TickTable(
        wonHigh + [(1_000 * won, won)] + decades(from: 10, digits: 3))

    private static let wonDollarCoins = TickTable(
        wonHigh + [(1_000 * won, won / 2)] + decades(from: 10, digits: 3))

    /// What the press said of the change of 2024 (5 → 1, 1 → 0.1, 0.1 → 0.01 won), turned round; below 10
    /// won it is a guess.
    private static let wonBefore2024 = TickTable(
        wonHigh + [(1_000 * won, 5 * won), (100 * won, won)] + decades(from: 9, digits: 2))

    /// Documented down to 1 USDT; continued in the same way below.
    private static let dollar = TickTable([(10 * won, won / 100)] + decades(from: 8, digits: 3))
}
