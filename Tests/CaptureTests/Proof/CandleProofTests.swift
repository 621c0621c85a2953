import Capture
import Market
import Storage
import TestKit
import Testing

@Suite(.oneAtATime) struct CandleProofTests {
    private static let start = Instant(microseconds: 1_773_187_200_000_000)

    /// Runs the proof over a time, a look every five seconds.
    private func run(
        _ symbol: Symbol, _ sides: CandleSides, minutes: Int, stepSeconds: Int64 = 5, lagSeconds: Int64 = 0,
        settings: CandleProof.Settings = CandleProof.Settings(),
        isLost: (Range<Instant>) -> Bool = { _ in false }
    ) -> (ranges: [ReconciledRange], disputes: [ReconciledRange]) {
        var proof = CandleProof(settings)
        proof.begin(symbol, at: Self.start)
        var ranges: [ReconciledRange] = []
        var disputes: [ReconciledRange] = []
        var seconds: Int64 = 0
        while seconds < Int64(minutes) * 60 + 200 {
            seconds += stepSeconds
            let now = ProofClock(milliseconds: seconds * 1_000, exchange: Self.start.adding(seconds: seconds))
            guard let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
            else { continue }
            let visible = Timeframe.minute1.start(of: now.exchange.adding(seconds: -lagSeconds))
            let answer = proof.answer(
                question, sides.page(question.interval, candlesUntil: visible), now,
                isLost: { interval, _ in isLost(interval) })
            ranges += answer.ranges
            disputes += answer.disputes
        }
        return (ranges, disputes)
    }

    private func checkContiguous(_ ranges: [ReconciledRange]) {
        for (left, right) in zip(ranges, ranges.dropFirst()) {
            #expect(left.interval.upperBound == right.interval.lowerBound)
        }
    }

    @Test(arguments: [(false, Int64(0)), (true, 0), (false, 8), (true, 8)])
    func aMonthWithoutFaultsHasNoDifference(byPublication: Bool, lagSeconds: Int64) throws {
        let days = 30
        let market = try SimulatedMarket(
            seed: 7, from: Self.start, days: days, meanSeconds: byPublication ? 6 : 40)
        let sides = CandleSides(market.trades, candles: market.candles(byPublication: byPublication))
        let found = run(
            market.symbol, sides, minutes: days * 1_440, stepSeconds: 30, lagSeconds: lagSeconds)
        #expect(found.disputes.isEmpty)
        #expect(found.ranges.allSatisfy { [.proven, .provenEmpty, .boundary].contains($0.status) })
        checkContiguous(found.ranges)
        let end = try #require(found.ranges.last?.interval.upperBound)
        #expect(end >= Self.start.adding(seconds: Int64(days) * 86_400 - 60), "everything was judged")
        #expect(found.ranges.contains { $0.status == .boundary } == byPublication)
        #expect(found.ranges.contains { $0.status == .provenEmpty })
        var rows = ProofRanges()
        for range in found.ranges { rows.add(range) }
        let stored = rows.take(all: true)
        if !byPublication { #expect(stored.count <= days + 1, "one row a day") }
        #expect(Set(stored.map(\.interval.lowerBound)).count == stored.count)
    }

    @Test func aMarketSoBusyThatEachMinuteHasABoundaryTradeIsProvenToo() throws {
        let market = try SimulatedMarket(seed: 3, from: Self.start, days: 1, meanSeconds: 0.02)
        let trades = market.trades.prefix { $0.time < Self.start.adding(seconds: 7_200) }
        var candles: [Instant: TradeFigures] = [:]
        for (trade, published) in zip(trades, market.published) {
            candles[Timeframe.minute1.start(of: published), default: .zero] += TradeFigures(trade)
        }
        let sides = CandleSides(Array(trades), candles: candles.mapValues(SimulatedMarket.printed))
        let found = run(market.symbol, sides, minutes: 118)
        #expect(found.disputes.isEmpty)
        let boundary = found.ranges.filter { $0.status == .boundary }
        let minutes = boundary.map {
            $0.interval.upperBound.microseconds(since: $0.interval.lowerBound) / 60_000_000
        }
        #expect(minutes.reduce(0, +) > 60 && (minutes.max() ?? 0) > 5, "runs longer than two minutes")
        checkContiguous(found.ranges)
    }

    @Test(arguments: PlantedFault.allCases)
    func aPlantedFaultIsDisputedWithinTwoMinutesAndNothingElseIs(fault: PlantedFault) throws {
        for seed in UInt64(1)...20 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 3)
            var trades = Array(market.trades.prefix { $0.time < Self.start.adding(seconds: 1_800) })
            var random = SeededRandom(seed: seed)
            let at = Int.random(in: 20..<trades.count - 200, using: &random)
            let victim = fault.plant(in: &trades, at: at)
            let byPublication = seed % 2 == 0
            let sides = CandleSides(trades, candles: market.candles(byPublication: byPublication))
            let found = run(market.symbol, sides, minutes: 25)
            #expect(!found.disputes.isEmpty, "seed \(seed)")
            let minute = Timeframe.minute1.start(of: victim.time)
            #expect(
                found.disputes.contains {
                    $0.interval.overlaps(minute.adding(seconds: -60)..<minute.adding(seconds: 120))
                },
                "seed \(seed)")
            #expect(found.disputes.count <= 2, "seed \(seed)")
            for dispute in found.disputes {
                let away = abs(dispute.interval.lowerBound.microseconds(since: minute)) / 60_000_000
                #expect(away <= 10, "seed \(seed): \(dispute.interval)")
            }
        }
    }

    @Test func aDifferenceIsLookedAtTwiceBeforeItIsDisputed() throws {
        let symbol = try Symbol("KRW-BTC")
        var proof = CandleProof()
        proof.begin(symbol, at: Self.start)
        func clock(_ seconds: Int64) -> ProofClock {
            ProofClock(milliseconds: seconds * 1_000, exchange: Self.start.adding(seconds: seconds))
        }
        func ask(_ seconds: Int64) -> CandleProof.Question? {
            proof.question(
                clock(seconds), committed: Self.start.adding(seconds: seconds), openFrom: { _, _ in nil })
        }
        #expect(ask(69) == nil, "not settled")
        let first = try #require(ask(70))
        #expect(first.minutes == 1)
        let wrong = CandleMinute(
            time: Self.start, exchange: TradeFigures(volume: Decimal16(1), value: Decimal16(9)))
        let unsure = proof.answer(
            first, CandlePage(minutes: [wrong]), clock(70), isLost: { _, _ in false })
        #expect(unsure.ranges.isEmpty && unsure.disputes.isEmpty)
        #expect(ask(89) == nil)
        let second = try #require(ask(90))
        let answer = proof.answer(
            second, CandlePage(minutes: [wrong]), clock(90), isLost: { _, _ in false })
        #expect(answer.disputes.map(\.interval) == [Self.start..<Self.start.adding(seconds: 60)])
        #expect(proof.progress[symbol] == Self.start.adding(seconds: 60))
    }

    @Test(arguments: UInt64(1)...40)
    func tradesAtTheStartOfTheFirstMinuteAreNoDifference(seed: UInt64) throws {
        let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 0.05)
        let first = Self.start.adding(seconds: 600)
        let trades = Array(
            market.trades[market.index(first.adding(seconds: -60))..<market.index(first.adding(seconds: 130))]
        )
        var candles: [Instant: TradeFigures] = [:]
        for (trade, published) in zip(market.trades, market.published)
        where trade.time < first.adding(seconds: 130) {
            // On even seeds the first trades behind a start are counted before it instead.
            let counted = seed % 2 == 0 ? trade.time.adding(milliseconds: -50) : published
            candles[Timeframe.minute1.start(of: counted), default: .zero] += TradeFigures(trade)
        }
        var sides = CandleSides(trades, candles: candles.mapValues(SimulatedMarket.printed))
        let interval = first..<first.adding(seconds: 120)
        func verdicts(_ sides: CandleSides, isBeginning: Bool = true) -> [CandleVerdict] {
            CandleVerdict.judge(sides.page(interval), of: market.symbol, isBeginning: isBeginning)
        }
        func isDifferent(_ verdicts: [CandleVerdict]) -> Bool {
            verdicts.contains { if case .different = $0 { true } else { false } }
        }
        #expect(!isDifferent(verdicts(sides)))
        // A trade that is not there is no boundary, wherever the proof begins.
        let kept = trades.filter { $0.time >= first.adding(seconds: 20) }
        let victim = try #require(kept.dropFirst(Int(seed)).first)
        sides = CandleSides(trades.filter { $0 != victim }, candles: sides.candles)
        #expect(isDifferent(verdicts(sides)))
    }

    @Test func nothingIsAskedBeforeItIsCommittedOrWithinAnOpenGap() throws {
        let symbol = try Symbol("KRW-BTC")
        var proof = CandleProof()
        proof.begin(symbol, at: Self.start.adding(seconds: 1))
        #expect(proof.progress[symbol] == Self.start.adding(seconds: 60))
        let late = ProofClock(milliseconds: 0, exchange: Self.start.adding(seconds: 86_400))
        #expect(
            proof.question(late, committed: Self.start.adding(seconds: 129), openFrom: { _, _ in nil }) == nil
        )
        #expect(
            proof.question(
                late, committed: late.exchange, openFrom: { _, _ in Self.start.adding(seconds: 90) }) == nil)
        let asked = proof.question(
            late, committed: late.exchange, openFrom: { _, _ in Self.start.adding(seconds: 250) })
        let question = try #require(asked)
        #expect(question.interval == Self.start.adding(seconds: 60)..<Self.start.adding(seconds: 240))
        proof.noAnswer(question, late)
        let later = ProofClock(milliseconds: 30_000, exchange: late.exchange)
        #expect(proof.question(later, committed: late.exchange, openFrom: { _, _ in nil })?.minutes == 200)
    }

    @Test func aMinuteOfAnUnfillableGapIsUnprovable() throws {
        let market = try SimulatedMarket(seed: 9, from: Self.start, days: 1, meanSeconds: 3)
        var trades = Array(market.trades.prefix { $0.time < Self.start.adding(seconds: 900) })
        let lost = trades.remove(at: 40)
        let sides = CandleSides(trades, candles: market.candles(byPublication: false))
        let found = run(market.symbol, sides, minutes: 13, isLost: { $0.contains(lost.time) })
        #expect(found.disputes.isEmpty)
        #expect(found.ranges.filter { $0.status == .unprovable }.count == 1)
    }

    @Test func aMarketThatIsGoneIsJudgedToItsEndAndCostsNothingMore() throws {
        let market = try SimulatedMarket(seed: 9, from: Self.start, days: 1, meanSeconds: 0.5)
        let end = Self.start.adding(seconds: 630)
        // The exchange counts the last trades before the end in the next minute, for which nobody asks.
        let trades = Array(market.trades.prefix { $0.time < Self.start.adding(seconds: 600) })
        let sides = CandleSides(trades, candles: market.candles(byPublication: true))
        var proof = CandleProof()
        proof.begin(market.symbol, at: Self.start)
        let ends = [proof.end(try Symbol("KRW-NONE"), at: end), proof.end(market.symbol, at: end)]
        #expect(ends == [nil, Self.start.adding(seconds: 600)])
        var ranges: [ReconciledRange] = []
        var calls = 0
        for second in stride(from: Int64(300), to: 3_600, by: 5) {
            let now = ProofClock(milliseconds: second * 1_000, exchange: Self.start.adding(seconds: second))
            guard let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
            else { continue }
            calls += 1
            let answer = proof.answer(question, sides.page(question.interval), now, isLost: { _, _ in false })
            #expect(answer.disputes.isEmpty)
            ranges += answer.ranges
        }
        #expect(proof.progress.isEmpty && calls <= 10)
        #expect(ranges.last?.interval.upperBound == Self.start.adding(seconds: 600))
        #expect(ranges.allSatisfy { $0.status == .proven || $0.status == .boundary })
        checkContiguous(ranges)
    }

    @Test func theLastMinutesOfAMarketThatTheExchangeRefusesAreUnprovable() throws {
        let symbol = try Symbol("KRW-BTC")
        var proof = CandleProof()
        proof.begin(symbol, at: Self.start)
        func ask(_ seconds: Int64) -> (CandleProof.Question, ProofClock)? {
            let now = ProofClock(milliseconds: seconds * 1_000, exchange: Self.start.adding(seconds: seconds))
            return proof.question(now, committed: now.exchange, openFrom: { _, _ in nil }).map { ($0, now) }
        }
        let ours = TradeFigures(volume: Decimal16(3), value: Decimal16(9))
        // It may be delisted, and we have not heard of it.
        let (early, then) = try #require(ask(130))
        let nothing = proof.refused(early, ours: ours, then)
        #expect(nothing == nil && proof.progress[symbol] == Self.start)
        #expect(ask(131) == nil, "the question comes again later")
        proof.end(symbol, at: Self.start.adding(seconds: 150))
        let (question, now) = try #require(ask(200))
        let told = proof.refused(question, ours: ours, now)
        let range = try #require(told)
        #expect(range.status == .unprovable && range.ours == ours && range.exchange.isZero)
        #expect(range.interval == Self.start..<Self.start.adding(seconds: 120))
        #expect(proof.progress.isEmpty && ask(9_000) == nil)
    }

    @Test func aMarketThatComesBackBeforeItsEndGoesOn() throws {
        let symbol = try Symbol("KRW-BTC")
        var proof = CandleProof()
        proof.begin(symbol, at: Self.start)
        proof.end(symbol, at: Self.start.adding(seconds: 600))
        proof.begin(symbol, at: Self.start.adding(seconds: 500))
        let now = ProofClock(milliseconds: 0, exchange: Self.start.adding(seconds: 7_200))
        let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
        #expect(question?.interval == Self.start..<Self.start.adding(seconds: 7_140))
    }

    @Test func callsStayWithinTheirShare() throws {
        var proof = CandleProof()
        for number in 0..<250 { proof.begin(try Symbol("KRW-A\(number)"), at: Self.start) }
        var calls = 0
        var asked: [Symbol: Int] = [:]
        for tenth in 0..<36_000 {
            let now = ProofClock(
                milliseconds: Int64(tenth) * 100,
                exchange: Self.start.adding(milliseconds: Int64(tenth) * 100))
            guard let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
            else { continue }
            calls += 1
            asked[question.symbol, default: 0] += 1
            _ = proof.answer(
                question,
                CandleSides([], candles: [:]).page(question.interval), now, isLost: { _, _ in false })
        }
        #expect(calls <= 3_600 && calls > 3_000, "an hour of ten calls a second allows 36,000")
        let counts = asked.values.sorted()
        #expect(counts.count == 250 && counts[0] + 2 >= counts[249], "each market has its turn")
    }
}
