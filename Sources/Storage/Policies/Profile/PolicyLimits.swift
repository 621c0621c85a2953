/// What a profile may not go below, because something still reads the data.
package enum PolicyLimits {
    /// The exchange gives trades of the last 7 days; a refill of them may take until a day later.
    package static let refillHorizon = TimeSpan.days(8)
    /// Candles change as long as trades can be refilled.
    package static let refillReach = TimeSpan.days(7)
    /// The candle of a month is made of smaller ones until a refill can no longer change it.
    package static let intradayKeepMin = TimeSpan.days(31 + 8)
    /// A refresh rewrites what it finds in its window, so the source must outlive the window and a day.
    package static let refreshMargin = TimeSpan.days(1)
    /// The longest refresh window of the statistics (ten days), and the margin.
    package static let statisticKeepMin = TimeSpan.days(11)
    package static let chunkMin = TimeSpan.hours(1)
    package static let chunkMax = TimeSpan.days(20 * 365)
    /// A chunk lives its own length longer than `drop_after`; more of them than this are too many to plan.
    package static let chunksMax: Int64 = 20_000
    package static let keepNewestMax = 1_000_000
}
