import Market

/// A market's order book after a trade: the best prices lie around it, and the sizes change by themselves
/// as orders come and go.
package struct BookModel: Sendable {
    /// Price steps a side that hold orders; the exchange's book ends, too.
    package static let stepsMax = 3_000

    private let model: MarketModel

    package init(_ model: MarketModel) { self.model = model }

    /// Milliseconds between two states of the book that are sent, from the market's liveliness.
    package var periodMilliseconds: Int64 {
        let perSecond = model.spec.tradesPerMinute / 60
        return perSecond > 2 ? 150 : perSecond > 0.2 ? 500 : perSecond > 0.05 ? 1_500 : 4_000
    }

    /// The book at `milliseconds`, when `last` was the last trade: up to `depth` levels a side, in buckets
    /// of `level` when that is not zero.
    package func sides(
        after last: ModelTrade, at milliseconds: Int64, depth: Int, level: Int64 = 0
    ) -> (asks: [ModelLevel], bids: [ModelLevel]) {
        let best = model.bestPrices(after: last)
        let minute = last.milliseconds / 60_000
        return (
            side(from: best.ask, isAsk: true, milliseconds, minute, depth, level),
            side(from: best.bid, isAsk: false, milliseconds, minute, depth, level)
        )
    }

    /// The best level of both sides right after a trade, as the trade's message names them.
    package func best(after trade: ModelTrade) -> (ask: ModelLevel, bid: ModelLevel) {
        let best = model.bestPrices(after: trade)
        return (
            ModelLevel(price: best.ask, volume: size(best.ask, steps: 0, trade.milliseconds)),
            ModelLevel(price: best.bid, volume: size(best.bid, steps: 0, trade.milliseconds))
        )
    }

    private func side(
        from best: Int64, isAsk: Bool, _ milliseconds: Int64, _ minute: Int64, _ depth: Int, _ level: Int64
    ) -> [ModelLevel] {
        var levels: [ModelLevel] = []
        levels.reserveCapacity(depth)
        var price = best
        for step in 0..<Self.stepsMax where price > 0 {
            // A bucket's price is its edge away from the spread, so that it never crosses the other side.
            let bucket =
                level == 0 ? price : isAsk ? (price + level - 1) / level * level : price / level * level
            if levels.last?.price != bucket {
                guard levels.count < depth, bucket > 0 else { break }
                levels.append(ModelLevel(price: bucket, volume: 0))
            }
            levels[levels.count - 1].volume += size(price, steps: step, milliseconds)
            price = isAsk ? model.ticks.up(price, minute: minute) : model.ticks.down(price, minute: minute)
        }
        return levels
    }

    /// What waits at a price: the same for some seconds, then something else.
    private func size(_ price: Int64, steps: Int, _ milliseconds: Int64) -> Int128 {
        let bits = model.bookKey.bits(price)
        let lifetime = 700 &+ Int64(bits & 0x3FFF)
        let age = (milliseconds &+ Int64(bits >> 40)) / lifetime
        let unit = model.bookKey.part(price).unit(age)
        // Between a tenth and ten times the usual order, and more with the distance from the best price.
        let orders = Powers.two(to: unit * 6.6 - 3.3) * (1 + Double(min(steps, 30)) * 0.15)
        let volume = model.medianTicket * 3e16 / Double(max(1, price)) * orders
        return Int128(max(1, min(1e30, volume)))
    }
}

/// One price of a book: counts of 10⁻⁸.
package struct ModelLevel: Sendable, Equatable {
    package var price: Int64
    package var volume: Int128
}
