import Exchange
import Market
import TestKit
import Testing

/// 2026-03-02, a Monday.
let monday: Int64 = 1_772_409_600_000
let minutesOfWeek: Int64 = 10_080

func plan(_ markets: Int, rate: Double = 30, seed: UInt64 = 7) throws -> VenuePlan {
    VenuePlan(seed: seed, markets: try Catalogue.markets(markets, tradesPerSecond: rate, seed: seed))
}

@Suite(.oneAtATime) struct ModelTests {
    /// What a week of one market showed.
    struct Week {
        var trades: Int64 = 0
        var ties = 0
        var oddIDs = 0
        var faults: [String] = []
        var perMinute: [Int32] = []
    }

    static func walk(_ model: MarketModel) -> Week {
        var week = Week()
        let book = BookModel(model)
        let table = TickTable.table(for: model.spec.symbol, at: Instant(microseconds: monday * 1_000))
        var source = MinuteSource(model)
        var lastID: Int64 = 0
        var lastPublication: Int64 = 0
        var lastMilliseconds: Int64 = 0
        for minute in (monday / 60_000)..<(monday / 60_000 + minutesOfWeek) {
            var iterator = source.trades(in: minute)
            var sum = TradeSummary()
            while let trade = iterator.next() {
                sum.add(trade)
                if trade.sequentialID <= lastID { week.faults.append("id \(trade.sequentialID)") }
                if trade.milliseconds / 60_000 != minute { week.faults.append("time \(trade)") }
                if trade.volume <= 0 { week.faults.append("volume \(trade)") }
                if !table.isMultiple(Decimal8(unscaled: Int128(trade.price))) || trade.price <= 0 {
                    week.faults.append("\(model.spec.symbol) is off the tick table at \(trade.price)")
                }
                let publication = model.publication(trade.milliseconds)
                if !(36...60).contains(publication - trade.milliseconds) || publication < lastPublication {
                    week.faults.append("publication \(publication) of \(trade)")
                }
                if trade.milliseconds == lastMilliseconds { week.ties += 1 }
                if trade.sequentialID % 2 == 1 { week.oddIDs += 1 }
                if sum.trades % 256 == 1 { checkBook(book, after: trade, table, &week.faults) }
                lastID = trade.sequentialID
                lastPublication = publication
                lastMilliseconds = trade.milliseconds
            }
            if sum != source.summary(minute) { week.faults.append("summary of \(minute)") }
            week.trades += sum.trades
            week.perMinute.append(Int32(sum.trades))
        }
        return week
    }

    static func checkBook(
        _ book: BookModel, after trade: ModelTrade, _ table: TickTable, _ faults: inout [String]
    ) {
        let (asks, bids) = book.sides(after: trade, at: trade.milliseconds + 500, depth: 30)
        let best = book.best(after: trade)
        let prices = bids.reversed().map(\.price) + asks.map(\.price)
        if zip(prices, prices.dropFirst()).contains(where: { $0 >= $1 }) { faults.append("crossed \(trade)") }
        if asks.first?.price != best.ask.price || bids.first?.price != best.bid.price {
            faults.append("the trade's best prices differ from the book's: \(trade)")
        }
        if trade.price != (trade.isBuy ? best.ask.price : best.bid.price) {
            faults.append("the trade was at no best price: \(trade)")
        }
        if prices.contains(where: { !table.isMultiple(Decimal8(unscaled: Int128($0))) || $0 <= 0 }) {
            faults.append("book off the tick table \(trade)")
        }
        if (asks + bids).contains(where: { $0.volume <= 0 }) { faults.append("empty level \(trade)") }
    }

    @Test func aWeekOfEveryMarketIsConsistent() async throws {
        let plan = try plan(250)
        let weeks = await withTaskGroup(of: (Int, Week).self) { group in
            for (index, model) in plan.models.enumerated() {
                group.addTask { (index, Self.walk(model)) }
            }
            var weeks = [Week](repeating: Week(), count: plan.models.count)
            for await (index, week) in group { weeks[index] = week }
            return weeks
        }
        for week in weeks { #expect(week.faults.isEmpty, "\(week.faults.prefix(3))") }

        let total = weeks.reduce(0) { $0 + $1.trades }
        #expect((8_000_000...40_000_000).contains(total), "about 30 trades a second: \(total) in a week")
        let byMarket = weeks.map(\.trades).sorted(by: >)
        let topFive = Double(byMarket.prefix(5).reduce(0, +)) / Double(total)
        #expect((0.3...0.65).contains(topFive), "five markets carry \(topFive)")
        // A minute of a quiet evening in Korea, away from bursts.
        let evening = 14 * 60 + 40
        let silent = weeks.filter { $0.perMinute[evening] == 0 }.count
        #expect(silent > 100, "\(silent) of 250 markets are silent for a minute")
        #expect(weeks.allSatisfy { $0.trades > 0 })
        #expect(weeks.reduce(0) { $0 + $1.ties } > 1_000_000, "trades of one millisecond")
        #expect(weeks.reduce(0) { $0 + $1.oddIDs } > 500_000)
        let perMinute = (0..<Int(minutesOfWeek)).map { minute in
            weeks.reduce(0) { $0 + Int($1.perMinute[minute]) }
        }
        let typical = perMinute.sorted()[perMinute.count / 2]
        #expect(perMinute[1_440] > 40 * typical, "09:00 in Korea: \(perMinute[1_440]) against \(typical)")
    }

    @Test func volumesAreHeavyTailed() throws {
        var source = MinuteSource(try plan(10).models[1])
        var values: [Double] = []
        for minute in (monday / 60_000)..<(monday / 60_000 + 600) {
            var trades = source.trades(in: minute)
            while let trade = trades.next() {
                values.append(Double(trade.price) * Double(trade.volume) / 1e16)
            }
        }
        values.sort()
        let median = values[values.count / 2]
        let mean = values.reduce(0, +) / Double(values.count)
        #expect((30_000...500_000).contains(median), "half of the trades are below \(median) won")
        #expect(mean > 2.5 * median, "mean \(mean), median \(median)")
    }

    @Test func pricesAreContinuousAcrossMinutesAndBlocks() throws {
        for model in try plan(20).models {
            var source = MinuteSource(model)
            var last: Double?
            for minute in (monday / 60_000)..<(monday / 60_000 + 3_000) {
                let summary = source.summary(minute)
                guard !summary.isEmpty else { continue }
                if let last {
                    #expect(abs(Double(summary.open) / last - 1) < 0.12, "\(model.spec.symbol) at \(minute)")
                }
                last = Double(summary.close)
            }
        }
    }

    @Test func theSameSeedIsTheSameMarketAndAnotherIsNot() throws {
        func trades(_ seed: UInt64) throws -> [ModelTrade] {
            var source = MinuteSource(try plan(3, seed: seed).models[0])
            var trades: [ModelTrade] = []
            for minute in (monday / 60_000)..<(monday / 60_000 + 30) {
                var iterator = source.trades(in: minute)
                while let trade = iterator.next() { trades.append(trade) }
            }
            return trades
        }
        #expect(try trades(1) == trades(1))
        #expect(try trades(1) != trades(2))
    }

    @Test func aRateScalesTheTrades() throws {
        var counts: [Int64] = []
        for rate in [30.0, 3_000] {
            var total: Int64 = 0
            for model in try plan(50, rate: rate).models {
                var history = MarketHistory(model)
                total += history.summary(day: monday / 86_400_000 + 2).trades
            }
            counts.append(total)
        }
        let ratio = Double(counts[1]) / Double(counts[0])
        #expect((85...115).contains(ratio), "\(counts)")
    }

    @Test func aSteadyVenuePrintsTheSameInEveryHour() throws {
        let specs = try Catalogue.markets(50, tradesPerSecond: 100, seed: 7)
        var sources = VenuePlan(seed: 7, markets: specs, isSteady: true).models.map { MinuteSource($0) }
        // With the exchange's new day, when a lively one prints a hundred times as much for a minute.
        for hour in monday / 3_600_000..<monday / 3_600_000 + 48 {
            var trades: Int64 = 0
            for minute in hour * 60..<hour * 60 + 60 {
                for index in sources.indices { trades += sources[index].summary(minute).trades }
            }
            #expect(abs(Double(trades) / 360_000 - 1) < 0.02, "\(trades) trades in hour \(hour % 24)")
        }
    }

    @Test func moreMarketsThanThereAreCodesAreRefused() throws {
        #expect(throws: ExchangeError.self) { try plan(0) }
        #expect(throws: ExchangeError.self) { try plan(Catalogue.marketsMax + 1) }
        let all = try Catalogue.markets(Catalogue.marketsMax, tradesPerSecond: 30, seed: 1)
        #expect(Set(all.map(\.symbol)).count == Catalogue.marketsMax)
        #expect(Set(all.map(\.symbol.quote)) == ["KRW", "BTC", "USDT"])
        #expect(
            try Catalogue.markets(250, tradesPerSecond: 30, seed: 1).filter { $0.symbol.quote == "KRW" }.count
                == 210)
    }

    @Test func logarithmsAndPowersAreInverse() {
        for value in [1e-9, 0.3, 1, 1.5, 2, 109_000_000, 1e17] {
            #expect(abs(Powers.two(to: Powers.logarithm(value)) / value - 1) < 1e-8)
        }
        #expect(Powers.two(to: 10) == 1_024)
        #expect(Powers.two(to: -5_000) > 0)
    }
}
