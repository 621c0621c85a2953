import Upbit

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
    /// that nothing was traded in. The last may be unfinished. `clock` puts trades into candles.
    package mutating func candles(
        _ unit: CandleUnit, before end: Int64, seen: Int64, count: Int, notBefore first: Int64 = 0,
        clock: OpenQuestions.CandleClock = .execution
    ) -> [CandleFigures] {
        let begin = max(first, model.spec.listedMinute * 60_000)
        if unit == .second {
            return seconds(before: end, seen: seen, count: count, notBefore: begin, clock)
        }
        var candles: [CandleFigures] = []
        // What is published at `seen` is there; what is executed then is not published yet.
        var start = unit.start(of: min(end, clock == .execution ? seen : seen + 1) - 1)
        while candles.count < count, unit.end(start) > begin, start >= 0 {
            let summary = summary(
                fromMilliseconds: execution(start, clock), to: execution(unit.end(start), clock), seen: seen)
            if !summary.isEmpty { candles.append(CandleFigures(start: start, summary: summary)) }
            start = unit.previous(start)
        }
        return candles
    }

    /// When trades are executed that `clock` puts at `milliseconds` or later.
    private func execution(_ milliseconds: Int64, _ clock: OpenQuestions.CandleClock) -> Int64 {
        clock == .execution ? milliseconds : model.execution(publishedFrom: milliseconds)
    }

    /// From the trades themselves: most seconds have none.
    private mutating func seconds(
        before end: Int64, seen: Int64, count: Int, notBefore first: Int64,
        _ clock: OpenQuestions.CandleClock
    ) -> [CandleFigures] {
        guard count > 0 else { return [] }
        let model = model
        var candles: [CandleFigures] = []
        var second: [ModelTrade] = []
        func start(of trade: ModelTrade) -> Int64 {
            CandleUnit.second.start(of: model.candleMilliseconds(of: trade, clock))
        }
        func close() {
            guard let newest = second.first else { return }
            var summary = TradeSummary()
            for trade in second.reversed() { summary.add(trade) }
            candles.append(CandleFigures(start: start(of: newest), summary: summary))
            second.removeAll(keepingCapacity: true)
        }
        // `end` cuts by the candle's start, so the second that holds `end` counts wholly.
        let reach = end % 1_000 == 0 ? end : CandleUnit.second.start(of: end) + 1_000
        walkBack(from: execution(first, clock), to: execution(reach, clock), seen: seen) { trade in
            if let newest = second.first, start(of: newest) != start(of: trade) {
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

extension MarketModel {
    /// The time that puts a trade into a candle.
    func candleMilliseconds(of trade: ModelTrade, _ clock: OpenQuestions.CandleClock) -> Int64 {
        clock == .execution ? trade.milliseconds : publication(trade.milliseconds)
    }
}
