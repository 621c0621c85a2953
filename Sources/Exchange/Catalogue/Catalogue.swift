import Market

/// Chooses the markets of a venue: the busiest quoted in won, and one in six in bitcoin or dollars.
package enum Catalogue {
    /// As many as there are codes for.
    package static let marketsMax = wonMarkets + otherBases.count * 2
    private static let wonMarkets = Coin.all.count

    private static let wonPerBitcoin = 109_000_000.0
    private static let wonPerDollar = 1_465.0

    /// Coins that are also quoted in bitcoin and in dollars.
    private static let otherBases = [
        "ETH", "XRP", "SOL", "DOGE", "ADA", "TRX", "LINK", "AVAX", "NEAR", "DOT", "SUI", "XLM", "ATOM",
        "ALGO", "SAND", "MANA", "AXS", "BCH", "ETC", "UNI",
    ]

    /// How unequal the markets are: five of 250 carry nearly half of the trades.
    private static let skew = 1.1

    /// `count` markets (1 to `marketsMax`) with together `tradesPerSecond` on an average day.
    package static func markets(
        _ count: Int, tradesPerSecond: Double, seed: UInt64
    ) throws(ExchangeError) -> [MarketSpec] {
        guard (1...marketsMax).contains(count) else {
            throw ExchangeError(
                .badSetting, "\(count) markets are not possible", at: "--markets",
                remedy: "Choose from 1 to \(marketsMax).")
        }
        let listings = chosen(count)
        let weights = listings.indices.map { rank in
            Powers.two(to: -skew * Powers.logarithm(Double(rank) + 1))
        }
        let sum = weights.reduce(0, +)
        let key = RandomKey(seed: seed).part("catalogue")
        return listings.enumerated().compactMap { rank, listing in
            spec(
                listing, key: key.part(listing.code),
                tradesPerMinute: tradesPerSecond * 60 * weights[rank] / sum)
        }
    }

    private struct Listing {
        let quote: String
        let coin: Coin
        var code: String { "\(quote)-\(coin.code)" }
    }

    /// The busiest first.
    private static func chosen(_ count: Int) -> [Listing] {
        let others = Dictionary(uniqueKeysWithValues: Coin.all.map { ($0.code, $0) })
        let rest = otherBases.compactMap { others[$0] }.flatMap { coin in
            [Listing(quote: "BTC", coin: coin), Listing(quote: "USDT", coin: coin)]
        }
        let won = Coin.all.map { Listing(quote: "KRW", coin: $0) }
        var wonCount = min(won.count, count - min(rest.count, count / 6))
        wonCount = max(wonCount, count - rest.count)
        return Array(won.prefix(wonCount)) + rest.prefix(count - wonCount)
    }

    private static func spec(_ listing: Listing, key: RandomKey, tradesPerMinute: Double) -> MarketSpec? {
        guard let symbol = try? Symbol(listing.code) else { return nil }
        let divisor = listing.quote == "BTC" ? wonPerBitcoin : listing.quote == "USDT" ? wonPerDollar : 1
        let isStable = listing.coin.isStable && listing.quote == "KRW"
        // Between October 2017 and the spring of 2025; bitcoin from the start.
        let firstMinute: Int64 = 25_149_600
        let span = 3_900_000
        let listed = firstMinute + Int64(listing.coin.code == "BTC" ? 0 : key.index(1, below: span))
        return MarketSpec(
            symbol: symbol, koreanName: listing.coin.koreanName, englishName: listing.coin.englishName,
            price: listing.coin.price / divisor, tradesPerMinute: tradesPerMinute,
            volatility: isStable ? 0.000_06 : 0.000_5 + 0.000_7 * key.unit(2), listedMinute: listed)
    }
}
