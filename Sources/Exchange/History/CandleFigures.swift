/// A candle of a market: its interval's start in milliseconds and what was traded in it.
package struct CandleFigures: Sendable, Equatable {
    package let start: Int64
    package let summary: TradeSummary

    package init(start: Int64, summary: TradeSummary) {
        self.start = start
        self.summary = summary
    }
}

extension MarketHistory {
    /// Up to `count` candles that start before `end` (milliseconds), newest first, without the intervals
    /// that nothing was traded in. The last may be unfinished.
    package mutating func candles(
        _ unit: CandleUnit, before end: Int64, seen: Int64, count: Int, notBefore first: Int64 = 0
    ) -> [CandleFigures] {
        let begin = max(first, model.spec.listedMinute * 60_000)
        if unit == .second { return seconds(before: end, seen: seen, count: count, notBefore: begin) }
        var candles: [CandleFigures] = []
        var start = unit.start(of: min(end, seen) - 1)
        while candles.count < count, unit.end(start) > begin, start >= 0 {
            let summary = summary(fromMilliseconds: start, to: unit.end(start), seen: seen)
            if !summary.isEmpty { candles.append(CandleFigures(start: start, summary: summary)) }
            start = unit.previous(start)
        }
        return candles
    }

    /// From the trades themselves: most seconds have none.
    private mutating func seconds(
        before end: Int64, seen: Int64, count: Int, notBefore first: Int64
    ) -> [CandleFigures] {
        guard count > 0 else { return [] }
        var candles: [CandleFigures] = []
        var second: [ModelTrade] = []
        func close() {
            guard let newest = second.first else { return }
            var summary = TradeSummary()
            for trade in second.reversed() { summary.add(trade) }
            candles.append(
                CandleFigures(start: CandleUnit.second.start(of: newest.milliseconds), summary: summary))
            second.removeAll(keepingCapacity: true)
        }
        // `end` cuts by the candle's start, so the second that holds `end` counts wholly.
        let reach = end % 1_000 == 0 ? end : CandleUnit.second.start(of: end) + 1_000
        walkBack(from: first, to: reach, seen: seen) { trade in
            if let newest = second.first, newest.milliseconds / 1_000 != trade.milliseconds / 1_000 {
                close()
                if candles.count == count { return false }
            }
            second.append(trade)
            return true
        }
        if candles.count < count { close() }
        return candles
    }
}
