import Capture
import Market
import Storage
import TestKit
import Testing

@Suite(.oneAtATime) struct StreamProofTests {
    private static let start = Instant(microseconds: 1_773_187_200_000_000)

    /// What came out of a run.
    private struct Found {
        var ranges: [ReconciledRange] = []
        var disputes: [(window: StreamWindow, at: Int64)] = []
        var keptMarksMost = 0
    }

    /// The answer to a question, from stored trades in the order of time and id.
    private func stored(_ trades: [Trade], _ window: StreamWindow) -> StreamWindow.Stored {
        func index(_ time: Instant) -> Int {
            var (low, high) = (0, trades.count)
            while low < high {
                let middle = (low + high) / 2
                if trades[middle].time < time { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let (first, last) = (window.first.time, window.last.time)
        let behindFirst = index(first.adding(milliseconds: 1))
        let atLast = index(last)
        var answer = StreamWindow.Stored(
            atFirst: Array(trades[index(first)..<behindFirst]),
            atLast: Array(trades[atLast..<index(last.adding(milliseconds: 1))]))
        for trade in trades[behindFirst..<atLast] { answer.between += TradeFigures(trade) }
        return answer
    }

    /// Tickers in the order of their arrival; a question is asked whenever one may be.
    private func run(
        _ tickers: [(Ticker, Int64)], stored trades: [Trade], proof: StreamProof = StreamProof()
    ) -> Found {
        var proof = proof
        var found = Found()
        func ask(_ now: Int64) {
            for question in proof.questions(
                now: now, committedMilliseconds: now, isHeld: { _, _ in false })
            {
                switch proof.answer(
                    question, stored(trades, question.window), now: now, isLost: { _ in false })
                {
                case .range(let range): found.ranges.append(range)
                case .disputed(let window, _): found.disputes.append((window, now))
                case nil: break
                }
            }
        }
        for (ticker, at) in tickers {
            ask(at - 1)
            proof.take(ticker, at: at)
            found.keptMarksMost = max(found.keptMarksMost, proof.keptMarks)
        }
        let end = tickers.last?.1 ?? 0
        for second in 1...30 { ask(end + Int64(second) * 1_000) }
        return found
    }

    /// A ticker behind each trade; some are late, some come twice, some never.
    private func tickers(_ market: SimulatedMarket, seed: UInt64, _ count: Int) -> [(Ticker, Int64)] {
        var random = SeededRandom(seed: seed)
        var tickers: [(Ticker, Int64)] = []
        for index in 0..<count {
            if Int.random(in: 0..<10, using: &random) == 0 { continue }
            let at = market.published[index].microseconds(since: Self.start) / 1_000
            let delay = Int.random(in: 0..<20, using: &random) == 0 ? Int64(900) : 20
            tickers.append((market.ticker(after: index), at + delay))
            if delay == 900 { tickers.append((market.ticker(after: index), at + 1_000)) }
        }
        return tickers.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
            .map(\.element)
    }

    @Test func aMonthWithoutFaultsHasNoDifference() throws {
        let market = try SimulatedMarket(seed: 11, from: Self.start, days: 30, meanSeconds: 25)
        let found = run(tickers(market, seed: 5, market.trades.count), stored: market.trades)
        #expect(found.disputes.isEmpty)
        #expect(found.ranges.count > 10_000 && found.ranges.allSatisfy { $0.status == .proven })
        // All of a day but its ends is proven, without holes.
        var rows = ProofRanges()
        for range in found.ranges { rows.add(range) }
        let stored = rows.take(all: true)
        #expect(stored.count == 30)
        for row in stored {
            #expect(row.interval.upperBound.microseconds(since: row.interval.lowerBound) > 84_000_000_000)
        }
    }

    @Test(arguments: PlantedFault.allCases)
    func aPlantedFaultIsDisputedWithinAMinuteAndNothingElseIs(fault: PlantedFault) throws {
        for seed in UInt64(1)...30 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 1)
            let count = min(market.trades.count, 1_500)
            var trades = market.trades
            var random = SeededRandom(seed: seed)
            let at = Int.random(in: 50..<count - 400, using: &random)
            let victim = fault.plant(in: &trades, at: at)
            let found = run(tickers(market, seed: seed, count), stored: trades)
            #expect(found.disputes.count == 1, "seed \(seed)")
            guard let (window, at) = found.disputes.first else { continue }
            let interval = window.first.time..<window.interval.upperBound
            #expect(interval.contains(victim.time), "seed \(seed)")
            let after = at - victim.time.microseconds(since: Self.start) / 1_000
            #expect(after < 60_000, "seed \(seed): found after \(after) ms")
        }
    }

    @Test func aLostTradeIsFoundToTheMillisecondWhenEachTradeHasItsTicker() throws {
        let market = try SimulatedMarket(seed: 21, from: Self.start, days: 1, meanSeconds: 1)
        for at in stride(from: 30, to: 400, by: 7) {
            var trades = market.trades
            let lost = trades.remove(at: at)
            let marks = (10...450).compactMap { StreamMark(market.ticker(after: $0)) }
            let window = try #require(StreamWindow(market.symbol, from: marks[0], Array(marks.dropFirst())))
            let own = trades.filter { $0.time >= window.first.time && $0.time <= window.last.time }
            let twins = market.trades.filter { $0.time == lost.time }.count
            let places = window.places(own)
            #expect(places.count == 1)
            let place = try #require(places.first)
            #expect(place.interval.contains(lost.time))
            let volume = place.missing.volume.doubleValue
            #expect(abs(volume - lost.volume.doubleValue) < 1e-7)
            if twins == 1 {
                #expect(place.interval == lost.time..<lost.time.adding(milliseconds: 1))
            }
        }
    }

    @Test func withFewerTickersThePlaceIsWiderAndStillHoldsTheTrade() throws {
        let market = try SimulatedMarket(seed: 22, from: Self.start, days: 1, meanSeconds: 1)
        var trades = market.trades
        let lost = trades.remove(at: 203)
        let marks = stride(from: 10, through: 450, by: 20).compactMap { StreamMark(market.ticker(after: $0)) }
        let window = try #require(StreamWindow(market.symbol, from: marks[0], Array(marks.dropFirst())))
        let own = trades.filter { $0.time >= window.first.time && $0.time <= window.last.time }
        let places = window.places(own)
        #expect(places.count == 1 && places[0].interval.contains(lost.time))
        #expect(
            window.places(
                market.trades.filter { $0.time >= window.first.time && $0.time <= window.last.time }
            ).isEmpty)
    }

    @Test func aWindowWaitsForTheCommitAndForOpenGaps() throws {
        let market = try SimulatedMarket(seed: 2, from: Self.start, days: 1, meanSeconds: 1)
        var proof = StreamProof()
        for index in 0..<40 {
            proof.take(market.ticker(after: index), at: Int64(index) * 1_000)
        }
        #expect(
            proof.questions(now: 60_000, committedMilliseconds: 10_000, isHeld: { _, _ in false }).isEmpty)
        #expect(proof.questions(now: 60_000, committedMilliseconds: 60_000, isHeld: { _, _ in true }).isEmpty)
        let asked = proof.questions(now: 60_000, committedMilliseconds: 60_000, isHeld: { _, _ in false })
        #expect(asked.count == 1)
        #expect(
            proof.questions(now: 60_000, committedMilliseconds: 60_000, isHeld: { _, _ in false }).isEmpty)
        proof.noAnswer(asked[0], now: 60_000)
        #expect(
            proof.questions(now: 65_000, committedMilliseconds: 65_000, isHeld: { _, _ in false }).count == 1)
    }

    /// Also when more tickers came than are kept.
    @Test(arguments: [4_096, 64])
    func aLongWindowThatDiffersIsTakenApart(marksMax: Int) throws {
        var settings = StreamProof.Settings()
        settings.marksMax = marksMax
        for seed in UInt64(1)...20 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 0.2)
            let count = 900
            var trades = market.trades
            let lost = [700, 410, 395].map { trades.remove(at: $0) }
            var proof = StreamProof(settings)
            for index in 0..<count {
                proof.take(
                    market.ticker(after: index),
                    at: market.published[index].microseconds(since: Self.start) / 1_000)
            }
            // A gap was open until now.
            var now: Int64 = 1_000_000
            var told: [Range<Instant>] = []
            var disputed: [StreamWindow] = []
            for _ in 0..<200 {
                now += 6_000
                for question in proof.questions(
                    now: now, committedMilliseconds: now, isHeld: { _, _ in false })
                {
                    switch proof.answer(
                        question, stored(trades, question.window), now: now, isLost: { _ in false })
                    {
                    case .range(let range): told.append(range.interval)
                    case .disputed(let window, _):
                        told.append(window.interval)
                        disputed.append(window)
                    case nil: break
                    }
                }
                // The next ticker ends a window of all that there is by then.
                if now == 1_030_000 { proof.take(market.ticker(after: count), at: now) }
            }
            let whole = market.trades[0].time..<market.trades[count].time
            #expect(whole.upperBound.microseconds(since: whole.lowerBound) > 90_000_000)
            #expect(told.first?.lowerBound == whole.lowerBound.adding(milliseconds: 1))
            #expect(told.last?.upperBound == whole.upperBound.adding(milliseconds: 1), "seed \(seed)")
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }, "seed \(seed)")
            #expect((1...3).contains(disputed.count), "seed \(seed)")
            for window in disputed {
                let span = window.last.time.microseconds(since: window.first.time)
                #expect(span <= 30_000_000, "seed \(seed): \(span)")
            }
            for trade in lost {
                #expect(
                    disputed.contains { ($0.first.time...$0.last.time).contains(trade.time) }, "seed \(seed)")
            }
        }
    }

    @Test func withinAnUnfillableGapAWindowIsUnprovable() throws {
        let market = try SimulatedMarket(seed: 2, from: Self.start, days: 1, meanSeconds: 1)
        var trades = market.trades
        trades.remove(at: 8)
        var proof = StreamProof()
        for index in 0..<40 { proof.take(market.ticker(after: index), at: Int64(index) * 1_000) }
        let asked = proof.questions(now: 60_000, committedMilliseconds: 60_000, isHeld: { _, _ in false })
        let verdict = proof.answer(
            asked[0], stored(trades, asked[0].window), now: 60_000, isLost: { _ in true })
        guard case .range(let range) = verdict else {
            Issue.record("no verdict")
            return
        }
        #expect(range.status == .unprovable && range.exchange.volume > range.ours.volume)
    }

    @Test func aMissingTradeThatATickerNamesAccusesNoneOfItsMillisecond() throws {
        var cases = 0
        for seed in UInt64(1)...20 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 2)
            let trades = market.trades
            // The named one and others of its millisecond.
            let tied = (20..<400).filter { trades[$0].time == trades[$0 + 1].time }
            for at in tied.prefix(10) {
                let marks = [10, at, 450].compactMap { StreamMark(market.ticker(after: $0)) }
                let before = try #require(StreamWindow(market.symbol, from: marks[0], [marks[1]]))
                let behind = try #require(StreamWindow(market.symbol, from: marks[1], [marks[2]]))
                // Another one like it would be taken for it.
                let like = trades.filter { marks[1].time == $0.time && $0.price == trades[at].price }
                guard like.count == 1 else { continue }
                var kept = trades
                kept.remove(at: at)
                guard case .different(let ours) = before.compare(stored(kept, before)) else {
                    Issue.record("seed \(seed): it is not missed")
                    continue
                }
                let missing = before.exchange - ours - TradeFigures(trades[at])
                #expect(abs(missing.volume.doubleValue) < 1e-6, "seed \(seed): that one and no other")
                guard case .equal = behind.compare(stored(kept, behind)) else {
                    Issue.record("seed \(seed): the window behind it lacks nothing")
                    continue
                }
                cases += 1
            }
        }
        #expect(cases > 50)
    }

    @Test func theLastTickersOfAMarketThatIsGoneAreComparedThenItIsForgotten() throws {
        let market = try SimulatedMarket(seed: 2, from: Self.start, days: 1, meanSeconds: 1)
        let trades = market.trades
        for count in [1, 2, 9, 40] {
            var proof = StreamProof()
            for index in 0..<count { proof.take(market.ticker(after: index), at: Int64(index) * 700) }
            proof.end(market.symbol, now: 30_000)
            var ranges: [ReconciledRange] = []
            for now in stride(from: Int64(30_000), to: 120_000, by: 1_000) {
                for question in proof.questions(
                    now: now, committedMilliseconds: now, isHeld: { _, _ in false })
                {
                    let answer = stored(trades, question.window)
                    if case .range(let range) = proof.answer(
                        question, answer, now: now, isLost: { _ in false })
                    {
                        ranges.append(range)
                    }
                }
            }
            #expect(proof.marketsCount == 0 && proof.keptMarks == 0, "\(count)")
            #expect(ranges.allSatisfy { $0.status == .proven })
            guard trades[count - 1].time > trades[0].time else { continue }
            #expect(ranges.last?.interval.upperBound == trades[count - 1].time.adding(milliseconds: 1))
        }
    }

    @Test func memoryIsBoundedHoweverManyTickersCome() throws {
        var settings = StreamProof.Settings()
        settings.marksMax = 64
        settings.marksTotalMax = 256
        var proof = StreamProof(settings)
        let symbols = try (0..<20).map { try Symbol("KRW-A\($0)") }
        for index in 0..<20_000 {
            var ticker = Ticker(
                symbol: symbols[index % 20], time: Self.start.adding(milliseconds: Int64(index)))
            ticker.tradeTime = ticker.time
            ticker.tradePrice = Decimal8(1)
            ticker.tradeVolume = Decimal8(1)
            ticker.accVolume = Decimal16(index + 1)
            ticker.accValue = Decimal16(index + 1)
            proof.take(ticker, at: Int64(index))
            #expect(proof.keptMarks <= 256 + 20)
        }
    }

    @Test func thinnedWindowsAreStillProven() throws {
        var settings = StreamProof.Settings()
        settings.marksMax = 6
        let market = try SimulatedMarket(seed: 31, from: Self.start, days: 1, meanSeconds: 0.4)
        let found = run(
            tickers(market, seed: 5, 5_000), stored: market.trades, proof: StreamProof(settings))
        #expect(found.disputes.isEmpty && found.ranges.count > 20)
        #expect(found.keptMarksMost <= 6)
        var rows = ProofRanges()
        for range in found.ranges { rows.add(range) }
        #expect(rows.take(all: true).count == 1)
    }

    @Test func sumsThatGoBackStartAnewAndAccuseNobody() throws {
        let market = try SimulatedMarket(seed: 41, from: Self.start, days: 1, meanSeconds: 1)
        let tickers = (0..<600).map { index -> (Ticker, Int64) in
            var ticker = market.ticker(after: index)
            // The exchange corrects its sums.
            if index >= 200 {
                ticker.accVolume = ticker.accVolume.subtracting(Decimal16(100)) ?? .zero
                ticker.accValue = ticker.accValue.subtracting(Decimal16(1_000)) ?? .zero
            }
            return (ticker, market.published[index].microseconds(since: Self.start) / 1_000)
        }
        let found = run(tickers, stored: market.trades)
        #expect(found.disputes.count <= 1)
        #expect(found.ranges.contains { $0.interval.lowerBound > market.trades[300].time })
    }
}
