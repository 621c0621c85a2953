import Exchange
import Market
import TestKit
import Testing

/// The straight way to every figure: go through the trades.
func modelTrades(_ model: MarketModel, from: Int64, to: Int64, seen: Int64 = .max) -> [ModelTrade] {
    var source = MinuteSource(model)
    var found: [ModelTrade] = []
    for minute in (from / 60_000)...((to - 1) / 60_000) {
        var iterator = source.trades(in: minute)
        while let trade = iterator.next() {
            if trade.milliseconds >= from, trade.milliseconds < to,
                model.publication(trade.milliseconds) <= seen
            {
                found.append(trade)
            }
        }
    }
    return found
}

func sum(_ trades: some Sequence<ModelTrade>) -> TradeSummary {
    var summary = TradeSummary()
    for trade in trades { summary.add(trade) }
    return summary
}

@Suite(.oneAtATime) struct HistoryTests {
    /// A moment in the middle of a week and of everything else.
    let seen = monday + 3 * 86_400_000 + 40_271_543

    @Test(arguments: [
        CandleUnit.second, .minutes(1), .minutes(3), .minutes(5), .minutes(15), .minutes(60), .minutes(240),
        .day, .week,
    ])
    func candlesAreTheSumsOfTheirTrades(unit: CandleUnit) throws {
        for model in try plan(12, rate: 4).models {
            var history = MarketHistory(model)
            let candles = history.candles(unit, before: seen, seen: seen, count: 40, notBefore: monday)
            let oldest = try #require(candles.last?.start)
            let all = modelTrades(model, from: max(oldest, monday), to: seen, seen: seen)
            let grouped = Dictionary(grouping: all) { unit.start(of: $0.milliseconds) }
            let expected = grouped.keys.sorted(by: >).map {
                CandleFigures(start: $0, summary: sum(grouped[$0] ?? []))
            }
            #expect(candles == expected, "\(model.spec.symbol) \(unit)")
        }
    }

    @Test func monthsAndYearsFollowTheCalendar() throws {
        var history = MarketHistory(try plan(3).models[0])
        let months = history.candles(.month, before: seen, seen: seen, count: 14)
        #expect(months.count == 14)
        for (later, earlier) in zip(months, months.dropFirst()) {
            #expect(CandleUnit.month.end(earlier.start) == later.start)
            let summary = history.summary(from: earlier.start / 60_000, to: later.start / 60_000)
            #expect(earlier.summary == summary)
        }
        let years = history.candles(.year, before: seen, seen: seen, count: 3)
        #expect(
            years.map { Instant(microseconds: $0.start * 1_000).description.prefix(10) }
                == ["2026-01-01", "2025-01-01", "2024-01-01"])
        #expect(CandleUnit.week.start(of: monday) == monday && CandleUnit.week.start(of: monday - 1) < monday)
    }

    @Test func anExclusiveEndGivesTheSameCandlesPageByPage() throws {
        let model = try plan(60).models[55]
        var history = MarketHistory(model)
        let whole = history.candles(.minutes(1), before: seen, seen: seen, count: 300)
        var paged: [CandleFigures] = []
        var end = seen
        while paged.count < 300 {
            let page = history.candles(.minutes(1), before: end, seen: seen, count: 60)
            paged += page
            end = try #require(page.last?.start)
        }
        #expect(paged == whole)
        // A quiet market: the intervals without trades are not there.
        let span = (whole[0].start - whole[299].start) / 60_000
        #expect(span > 400, "300 candles span \(span) minutes")
    }

    @Test func tradesWalkedBackAreTheTrades() throws {
        let model = try plan(12).models[4]
        var history = MarketHistory(model)
        let from = seen - 7_200_000
        var found: [ModelTrade] = []
        history.walkBack(from: from, to: seen, seen: seen) {
            found.append($0); return true
        }
        #expect(found.reversed() == modelTrades(model, from: from, to: seen, seen: seen))
        #expect(found.count > 20)
        let last = history.lastTrade(seen: seen)
        #expect(last == found.first)
    }

    @Test func daysAreForgottenAtTheirBound() throws {
        var history = MarketHistory(try plan(3).models[2])
        let before = history.summary(day: monday / 86_400_000)
        for day in 0..<900 { _ = history.summary(day: monday / 86_400_000 - Int64(day)) }
        #expect(history.daysKept <= 800)
        let again = history.summary(day: monday / 86_400_000)
        #expect(again == before)
    }

    @Test func aDelistedMarketStopsAndANewOneStarts() throws {
        let plan = try plan(3)
        var spec = plan.models[0].spec
        spec.delistedMinute = seen / 60_000 + 1
        var delisted = MarketHistory(plan.model(spec))
        let later = seen + 3_600_000
        let after = delisted.summary(from: seen / 60_000 + 1, to: later / 60_000)
        #expect(after.isEmpty)
        let found = delisted.lastTrade(seen: later)
        let lastOne = try #require(found)
        #expect(lastOne.milliseconds < seen + 60_000)
        spec = plan.models[1].spec
        spec.listedMinute = seen / 60_000 + 1
        var listed = MarketHistory(plan.model(spec))
        let (early, late) = (listed.lastTrade(seen: seen), listed.lastTrade(seen: later))
        #expect(early == nil && late != nil)
        let days = listed.candles(.day, before: later, seen: later, count: 10)
        #expect(days.count == 1)
    }

    @Test func aChangedTickHoldsFromItsMinuteOn() throws {
        let plan = try plan(3)
        var spec = plan.models[0].spec
        let minute = seen / 60_000 + 2
        spec.tickChanges = [TickChange(fromMinute: minute, multiple: 10)]
        let changed = plan.model(spec)
        let before = modelTrades(changed, from: seen - 600_000, to: minute * 60_000)
        #expect(before == modelTrades(plan.models[0], from: seen - 600_000, to: minute * 60_000))
        let after = modelTrades(changed, from: minute * 60_000, to: minute * 60_000 + 1_800_000)
        let tick = TickTable.table(for: spec.symbol, at: Instant(microseconds: seen * 1_000))
            .tick(at: Decimal8(unscaled: Int128(before[0].price)))
        #expect(after.allSatisfy { Int128($0.price) % (10 * tick.unscaled) == 0 })
        #expect(after.count > 10)
    }
}
