import Exchange
import Market
import TestKit
import Testing

@Suite(.oneAtATime) struct VenueTests {
    let start = monday + 86_400_000 - 1_800_000

    @Test func tickerAccumulatorsEqualTheTradesAcrossMidnight() throws {
        let plan = try plan(8, rate: 2)
        var venue = Venue(plan.models, now: start)
        var histories = plan.models.map { MarketHistory($0) }
        var checked = 0
        var now = start
        for step in 0..<24 {
            now += 152_337
            while venue.next(by: now) != nil {}
            for market in 0..<8 where (market + step) % 3 == 0 {
                guard let live = venue.ticker(market) else { continue }
                let model = plan.models[market]
                let past = histories[market].ticker(seen: now)
                #expect(live == past, "\(model.spec.symbol) at \(now)")
                let day = now / 86_400_000 * 86_400_000
                #expect(live.today == sum(modelTrades(model, from: day, to: now, seen: now)))
                let from = (now / 60_000 - 1_439) * 60_000
                let window = sum(modelTrades(model, from: from, to: now, seen: now))
                #expect(live.volume24h == window.volume && live.value24h == window.value)
                let before = modelTrades(model, from: day - 40_000_000, to: day).last
                #expect(live.previousClose == before?.price)
                checked += 1
            }
        }
        #expect(checked > 40)
    }

    @Test func eventsComeInTheOrderOfPublicationAndAreTheModelsTrades() throws {
        let plan = try plan(30, rate: 300)
        var venue = Venue(plan.models, now: start)
        venue.watchBook(3, true)
        var seen = [[ModelTrade]](repeating: [], count: 30)
        var last: Int64 = 0
        var books = 0
        var seconds = 0
        let end = start + 300_000
        while let event = venue.next(by: end) {
            switch event {
            case .trade(let market, let trade, let published):
                #expect(published >= last)
                last = published
                seen[market].append(trade)
            case .book(let market, _):
                #expect(market == 3)
                books += 1
            case .second: seconds += 1
            }
        }
        for market in 0..<30 {
            let model = plan.models[market]
            let expected = modelTrades(model, from: start - 100, to: end, seen: end).filter {
                model.publication($0.milliseconds) > start
            }
            #expect(seen[market] == expected, "\(model.spec.symbol)")
        }
        #expect(books > 50)
        // The last second's frames follow it by some milliseconds.
        #expect(seconds == 299)
        venue.watchBook(3, false)
        while let event = venue.next(by: end + 10_000) {
            if case .book = event { Issue.record("a book that nobody watches") }
        }
    }

    @Test func theYearsExtremesAreThoseOfItsDays() throws {
        for model in try plan(60).models.enumerated().filter({ $0.offset % 4 == 1 }).map(\.element) {
            var history = MarketHistory(model)
            let found = history.ticker(seen: start)
            let ticker = try #require(found)
            let day = start / 86_400_000
            var high: Int64 = 0
            var low = Int64.max
            for past in (day - 364)..<day {
                let summary = history.summary(day: past)
                guard !summary.isEmpty else { continue }
                high = max(high, summary.high)
                low = min(low, summary.low)
            }
            high = max(high, ticker.today.high)
            low = min(low, ticker.today.low)
            #expect(ticker.extremes.high == high && ticker.extremes.low == low, "\(model.spec.symbol)")
            let highDay = history.summary(day: ticker.extremes.highDay)
            #expect(highDay.high == high || ticker.extremes.highDay == day)
        }
    }

    @Test func twoVenuesOfOneSeedGiveTheSameEvents() throws {
        func events(_ seed: UInt64, steps: [Int64]) throws -> [VenueEvent] {
            var venue = Venue(try plan(20, rate: 200, seed: seed).models, now: start)
            var events: [VenueEvent] = []
            var now = start
            for step in steps {
                now += step
                while let event = venue.next(by: now) { events.append(event) }
            }
            return events
        }
        // How time is cut into steps does not matter either.
        let once = try events(5, steps: [60_000])
        #expect(try events(5, steps: [1, 7, 992, 29_000, 30_000]) == once)
        #expect(try events(6, steps: [60_000]) != once)
        #expect(once.count > 5_000)
    }
}
