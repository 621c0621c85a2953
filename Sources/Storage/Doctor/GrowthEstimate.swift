/// What a day of capture takes on disk, from measured bytes a row and the exchange's usual pace.
package struct GrowthEstimate: Sendable {
    private struct Rate {
        var rowsPerMarketPerDay: Double
        var bytesPerRow: Double
        var compressedBytesPerRow: Double
    }

    package let profile: RetentionProfile
    package let marketsCount: Int

    package init(profile: RetentionProfile, marketsCount: Int) {
        self.profile = profile
        self.marketsCount = marketsCount
    }

    /// Bytes a row are measured with synthetic data, which compresses worse than the market's.
    private static func rate(_ table: String) -> Rate? {
        switch table {
        case "transactions": Rate(rowsPerMarketPerDay: 15_000, bytesPerRow: 120, compressedBytesPerRow: 27)
        // One each ten seconds, when something changed.
        case "tickers": Rate(rowsPerMarketPerDay: 6_000, bytesPerRow: 260, compressedBytesPerRow: 40)
        case "orderbooks": Rate(rowsPerMarketPerDay: 6_000, bytesPerRow: 900, compressedBytesPerRow: 300)
        // 1m 3m 5m 10m 15m 30m 1h 4h
        case "candles_intraday": Rate(rowsPerMarketPerDay: 2_550, bytesPerRow: 260, compressedBytesPerRow: 50)
        case "technical_indicators_intraday":
            Rate(rowsPerMarketPerDay: 2_550, bytesPerRow: 340, compressedBytesPerRow: 180)
        case "candles_long", "technical_indicators_long":
            Rate(rowsPerMarketPerDay: 1.2, bytesPerRow: 300, compressedBytesPerRow: 300)
        // Off unless 1s candles are wanted.
        default: nil
        }
    }

    /// What comes in, before anything is compressed.
    package var bytesPerDay: Double {
        profile.timeTables.compactMap { Self.rate($0.table) }
            .map { $0.rowsPerMarketPerDay * $0.bytesPerRow * Double(marketsCount) }.reduce(0, +)
    }

    /// What the database comes to when the profile drops as much as comes in; what is never dropped
    /// counts for ten years.
    package var steadyBytes: Double {
        profile.timeTables.map { policy in
            guard let rate = Self.rate(policy.table) else { return 0 }
            let keptDays = Double(policy.dropAfter?.seconds ?? 3_650 * 86_400) / 86_400
            let plainDays = min(
                keptDays, policy.compressAfter.map { Double($0.seconds) / 86_400 } ?? keptDays)
            let rows = rate.rowsPerMarketPerDay * Double(marketsCount)
            return rows * (plainDays * rate.bytesPerRow + (keptDays - plainDays) * rate.compressedBytesPerRow)
        }.reduce(0, +)
    }
}
