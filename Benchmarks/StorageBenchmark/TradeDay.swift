import Exchange
import Market

/// A day of the built-in exchange's trades, over many markets as unequal as real ones.
enum TradeDay {
    static let marketsCount = 200
    static let tradesPerSecond = 6.0

    /// In the order in which they were published.
    static func trades(start: Instant, seed: UInt64 = 7) throws -> [Trade] {
        let specs = try Catalogue.markets(marketsCount, tradesPerSecond: tradesPerSecond, seed: seed)
        var venue = Venue(VenuePlan(seed: seed, markets: specs).models, now: start.milliseconds)
        let end = start.adding(seconds: 86_400).milliseconds
        let symbols = (0..<venue.count).map { venue.spec($0).symbol }
        var trades: [Trade] = []
        while let event = venue.next(by: end) {
            guard case .trade(let market, let trade, let published) = event else { continue }
            let time = start.adding(milliseconds: trade.milliseconds - start.milliseconds)
            let publication = time.adding(milliseconds: published - trade.milliseconds)
            trades.append(
                Trade(
                    time: time, symbol: symbols[market], sequentialID: trade.sequentialID,
                    price: Decimal8(unscaled: Int128(trade.price)), volume: Decimal8(unscaled: trade.volume),
                    side: trade.side, publishedAt: publication,
                    // The way to us takes 20 to 60 milliseconds.
                    receivedAt: publication.adding(microseconds: 20_000 + trade.sequentialID % 40_000)))
        }
        return trades
    }
}
