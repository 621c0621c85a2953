/// What a ticker says of a market, in the model's units.
package struct TickerFigures: Sendable, Equatable {
    /// The UTC day, numbered since 1970, that `today` and the previous close belong to.
    package var day: Int64
    package var today: TradeSummary
    package var previousClose: Int64
    package var last: ModelTrade
    package var volume24h: Int128
    package var value24h: Int128
    package var extremes: YearExtremes

    /// The day's prices; before its first trade they all are the previous close.
    package var open: Int64 { today.isEmpty ? previousClose : today.open }
    package var high: Int64 { today.isEmpty ? previousClose : today.high }
    package var low: Int64 { today.isEmpty ? previousClose : today.low }
    package var sellVolume: Int128 { today.volume - today.buyVolume }
}

extension MarketHistory {
    /// As everything published by `seen` makes it; nil before the market's first trade.
    package mutating func ticker(seen: Int64) -> TickerFigures? {
        guard let last = lastTrade(seen: seen) else { return nil }
        let day = seen / 86_400_000
        let start = day * 86_400_000
        let today = summary(fromMilliseconds: start, to: start + 86_400_000, seen: seen)
        let minute = seen / 60_000
        let window = summary(
            fromMilliseconds: (minute - Int64(RollingDay.minutes) + 1) * 60_000, to: seen, seen: seen)
        var extremes = extremes(before: day)
        extremes.add(today, day: day)
        return TickerFigures(
            day: day, today: today, previousClose: closeBefore(day: day, seen: seen), last: last,
            volume24h: window.volume, value24h: window.value, extremes: extremes)
    }
}
