import Market

/// The bucket sizes that an order book can be asked for.
enum PriceLevels {
    /// Native steps, and five powers of ten of the market's step; won markets only.
    static func supported(_ model: MarketModel, price: Int64, minute: Int64) -> [Int64] {
        guard model.spec.origin.quote == "KRW" else { return [0] }
        let tick = model.ticks.tick(at: price, minute: minute)
        var levels: [Int64] = [0]
        var level = tick
        for _ in 0..<5 {
            level *= 10
            levels.append(level)
        }
        return levels
    }
}
