/// What a market has traded up to a moment, computed on demand; summaries of whole days are kept.
///
/// `seen` is a publication time in milliseconds: what was published later is not there yet.
package struct MarketHistory: Sendable {
    /// Two years of day summaries a market; at the bound all are forgotten and computed anew.
    static let daysMax = 800
    private static let minuteMilliseconds: Int64 = 60_000
    private static let minutesOfDay: Int64 = 1_440

    package private(set) var source: MinuteSource
    private var days: [Int64: TradeSummary] = [:]
    private var year: (day: Int64, extremes: YearExtremes)?

    package init(_ model: MarketModel) {
        source = MinuteSource(model)
    }

    package var model: MarketModel { source.model }

    /// How many days are kept now.
    package var daysKept: Int { days.count }

    /// The first minute that is not wholly published at `seen`.
    package func openMinute(seen: Int64) -> Int64 {
        var minute = (seen - 60) / Self.minuteMilliseconds
        while model.publication((minute + 1) * Self.minuteMilliseconds - 1) <= seen { minute += 1 }
        while model.publication(minute * Self.minuteMilliseconds - 1) > seen { minute -= 1 }
        return minute
    }

    /// Whole minutes, `from ..< to`.
    package mutating func summary(from: Int64, to: Int64) -> TradeSummary {
        var summary = TradeSummary()
        var minute = max(from, model.spec.listedMinute)
        let end = min(to, model.spec.delistedMinute ?? .max)
        while minute < end {
            if minute % Self.minutesOfDay == 0, minute + Self.minutesOfDay <= end {
                summary.add(self.summary(day: minute / Self.minutesOfDay))
                minute += Self.minutesOfDay
            } else {
                summary.add(source.summary(minute))
                minute += 1
            }
        }
        return summary
    }

    /// One minute's trades.
    package mutating func trades(in minute: Int64) -> TradeIterator {
        source.trades(in: minute)
    }

    /// A whole day, by its number since 1970.
    package mutating func summary(day: Int64) -> TradeSummary {
        if let known = days[day] { return known }
        var summary = TradeSummary()
        let first = day * Self.minutesOfDay
        let end = min(first + Self.minutesOfDay, model.spec.delistedMinute ?? .max)
        var minute = max(first, model.spec.listedMinute)
        while minute < end {
            summary.add(source.summary(minute))
            minute += 1
        }
        if days.count >= Self.daysMax { days.removeAll(keepingCapacity: true) }
        days[day] = summary
        return summary
    }

    /// The trades executed in `from ..< to` (milliseconds) and published by `seen`.
    package mutating func summary(fromMilliseconds from: Int64, to: Int64, seen: Int64) -> TradeSummary {
        guard from < to else { return TradeSummary() }
        let open = openMinute(seen: seen)
        let firstWhole = (from + Self.minuteMilliseconds - 1) / Self.minuteMilliseconds
        let endWhole = min(to / Self.minuteMilliseconds, open)
        guard firstWhole < endWhole else { return part(from, to, seen: seen) }
        var summary = part(from, firstWhole * Self.minuteMilliseconds, seen: seen)
        summary.add(self.summary(from: firstWhole, to: endWhole))
        summary.add(part(endWhole * Self.minuteMilliseconds, to, seen: seen))
        return summary
    }

    /// Trade by trade: for spans of a few minutes at most.
    private mutating func part(_ from: Int64, _ to: Int64, seen: Int64) -> TradeSummary {
        var summary = TradeSummary()
        // Nothing is published before it is executed.
        let end = min(to, seen)
        guard from < end else { return summary }
        for minute in (from / Self.minuteMilliseconds)...((end - 1) / Self.minuteMilliseconds) {
            let plan = source.plan(minute)
            for segment in 0..<plan.segments {
                let span = plan.milliseconds(ofSegment: segment)
                guard span.lowerBound < end, span.upperBound > from else { continue }
                var trades = TradeIterator(model: model, plan: plan, segments: segment..<segment + 1)
                while let trade = trades.next() {
                    guard trade.milliseconds >= from else { continue }
                    guard trade.milliseconds < end, model.publication(trade.milliseconds) <= seen else {
                        return summary
                    }
                    summary.add(trade)
                }
            }
        }
        return summary
    }

    /// Trades newest first, executed in `from ..< to` and published by `seen`, until `take` says false.
    package mutating func walkBack(
        from: Int64, to: Int64, seen: Int64, _ take: (ModelTrade) -> Bool
    ) {
        let end = min(to, seen)
        guard from < end else { return }
        let first = max(from / Self.minuteMilliseconds, model.spec.listedMinute)
        var minute = min((end - 1) / Self.minuteMilliseconds, (model.spec.delistedMinute ?? .max) - 1)
        while minute >= first {
            let plan = source.plan(minute)
            for segment in (0..<plan.segments).reversed() {
                let span = plan.milliseconds(ofSegment: segment)
                guard span.lowerBound < end else { continue }
                guard span.upperBound > from else { return }
                var found: [ModelTrade] = []
                var trades = TradeIterator(model: model, plan: plan, segments: segment..<segment + 1)
                while let trade = trades.next() {
                    if trade.milliseconds >= end || model.publication(trade.milliseconds) > seen { break }
                    if trade.milliseconds >= from { found.append(trade) }
                }
                for trade in found.reversed() where !take(trade) { return }
            }
            minute -= 1
        }
    }

    /// The last trade published by `seen`; nil before the first.
    package mutating func lastTrade(seen: Int64) -> ModelTrade? {
        var last: ModelTrade?
        walkBack(from: 0, to: seen, seen: seen) { trade in
            last = trade
            return false
        }
        return last
    }

    /// The highest and lowest of the 52 weeks before `day`, that day left out.
    package mutating func extremes(before day: Int64) -> YearExtremes {
        if let year, year.day == day { return year.extremes }
        let extremes = YearExtremes(of: model, before: day)
        year = (day, extremes)
        return extremes
    }

    /// The last price before `day` began; the day's own first price when the market is new.
    package mutating func closeBefore(day: Int64, seen: Int64) -> Int64 {
        let start = day * 86_400_000
        var close: Int64?
        walkBack(from: 0, to: start, seen: max(seen, start + 60)) { trade in
            close = trade.price
            return false
        }
        if let close { return close }
        return summary(fromMilliseconds: start, to: start + 86_400_000, seen: seen).open
    }
}
