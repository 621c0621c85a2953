import Capture
import Market
import Storage
import Testing

@Suite struct DisputeTests {
    private let symbol: Symbol

    init() throws { symbol = try Symbol("KRW-BTC") }
    private let interval =
        Instant(microseconds: 1_773_187_200_000_000)..<Instant(microseconds: 1_773_187_260_000_000)

    private func figures(_ volume: Int) -> TradeFigures {
        TradeFigures(volume: Decimal16(volume), value: Decimal16(volume * 1_000))
    }

    private func trade(_ id: Int64, volume: Int = 1) -> Trade {
        Trade(
            time: interval.lowerBound.adding(milliseconds: id), symbol: symbol, sequentialID: id,
            price: Decimal8(1_000), volume: Decimal8(volume), side: .buy, receivedAt: .epoch)
    }

    private func found(ours: Int, exchange: Int) -> ReconciledRange {
        ReconciledRange(
            symbol, .candle, interval, .different, ours: figures(ours), exchange: figures(exchange))
    }

    private func place(_ interval: Range<Instant>) -> StreamWindow.Place {
        StreamWindow.Place(interval: interval, missing: figures(1))
    }

    private struct Course {
        var refills = 0
        var settledAt: Int64 = 0
        var corrected: [Trade] = []
        var range: ReconciledRange?
        var gaps: [Gap] = []
        var isAlarm = false
    }

    /// Lets a dispute run its course: what the looks show, and what the refills find.
    private func course(
        _ range: ReconciledRange, looks: (Int) -> Dispute.Look?, comparison: TradeComparison?,
        uncompared: Set<Int> = [],
        outcome change: (inout RefillOutcome) -> Void = { $0.filled = $0.request.interval }
    ) -> Course {
        var book = DisputeBook()
        var course = Course()
        func settle(_ action: DisputeBook.Action?, _ now: Int64) {
            guard case .settled(let range, let gaps, _, let alarm) = action else { return }
            (course.range, course.gaps, course.isAlarm, course.settledAt) = (range, gaps, alarm != nil, now)
        }
        settle(book.open(.candle(range.interval), range, now: 0), 0)
        var lookCount = 0
        for second in 0..<1_000 where course.range == nil {
            let now = Int64(second) * 1_000
            while course.range == nil, let action = next(&book, now) {
                switch action {
                case .refill(let request):
                    course.refills += 1
                    guard !uncompared.contains(course.refills) else {
                        book.notRefilled(request.tag, now: now)
                        continue
                    }
                    #expect(request.interval.lowerBound < range.interval.lowerBound && request.keepsTrades)
                    var outcome = RefillOutcome(request)
                    change(&outcome)
                    settle(book.refilled(request.tag, outcome, comparison, now: now), now)
                case .look(let id, _, _):
                    settle(book.looked(id, looks(lookCount), now: now), now)
                    lookCount += 1
                case .correct(let id, let trades):
                    course.corrected = trades
                    book.corrected(id, now: now)
                case .settled: settle(action, now)
                }
            }
        }
        return course
    }

    /// One thing at a time, until nothing is due.
    private func next(_ book: inout DisputeBook, _ now: Int64) -> DisputeBook.Action? {
        book.actions(now: now).first
    }

    private var same: TradeComparison { TradeComparison(ours: [trade(1)], rest: [trade(1)]) }

    @Test func whatARefillBringsBackIsRepaired() {
        let course = course(
            found(ours: 4, exchange: 5), looks: { _ in .equal(ours: figures(5), exchange: figures(5)) },
            comparison: same)
        #expect(course.range?.status == .repaired && course.range?.attempts == 1)
        #expect(course.range?.ours == figures(5) && course.settledAt == 5_000 && !course.isAlarm)
    }

    @Test func whatNobodyHasIsAnUnfillableGapAfterThreeRepairs() {
        let exact = interval.lowerBound..<interval.lowerBound.adding(milliseconds: 1)
        let course = course(
            found(ours: 4, exchange: 5),
            looks: { _ in .different(ours: figures(4), exchange: figures(5), places: [place(exact)]) },
            comparison: same)
        #expect(course.refills == 3 && course.range?.status == .unprovable && course.range?.attempts == 3)
        #expect(course.gaps.map(\.interval) == [exact] && course.gaps.map(\.lost) == [figures(1)])
        #expect(course.gaps.map(\.status) == [.unfillable])
        #expect(course.settledAt == 365_000, "pauses of 5, 60 and 300 seconds")
        #expect(!course.isAlarm)
    }

    @Test func aRepairThatCouldNotBeComparedIsNone() {
        let course = course(
            found(ours: 4, exchange: 5),
            looks: { _ in .different(ours: figures(4), exchange: figures(5), places: [place(interval)]) },
            comparison: same, uncompared: [2, 4])
        #expect(course.refills == 5 && course.range?.attempts == 3)
        #expect(course.range?.status == .unprovable && !course.isAlarm && course.gaps.count == 1)
        #expect(course.settledAt == 385_000, "ten seconds more each time")
    }

    @Test func whatTheExchangeRefusesThreeTimesIsUnprovableAndNoLongerAskedFor() {
        var looks = 0
        let course = course(
            found(ours: 4, exchange: 5),
            looks: { number in
                looks = number + 1
                return .refused
            }, comparison: same)
        #expect(looks == DisputeBook.refusalsMax && course.range?.status == .unprovable && !course.isAlarm)
        #expect(course.gaps.map(\.interval) == [interval] && course.gaps.map(\.status) == [.unfillable])
        // We have too many: nothing is missing.
        let more = self.course(found(ours: 6, exchange: 5), looks: { _ in .refused }, comparison: same)
        #expect(more.range?.status == .unprovable && more.gaps.isEmpty)
    }

    @Test func whatAnEarlierRunFoundLostIsToldWithoutARepair() {
        var book = DisputeBook()
        let isTaken = book.resume(found(ours: 0, exchange: 0), now: 0)
        #expect(isTaken)
        guard case .look(let id, _, _) = next(&book, 0) else {
            Issue.record("it is looked at first")
            return
        }
        let look = Dispute.Look.different(ours: figures(4), exchange: figures(5), places: [place(interval)])
        let action = book.looked(id, look, now: 0, isKnown: { $0.figures == figures(1) })
        guard case .settled(let range, let gaps, _, let alarm) = action else {
            Issue.record("\(String(describing: action))")
            return
        }
        #expect(range.status == .unprovable && gaps.isEmpty && alarm == nil && range.attempts == 0)
    }

    @Test func aRowThatTheExchangeDoesNotKnowStaysDifferentAndAlarms() {
        let course = course(
            found(ours: 6, exchange: 5),
            looks: { _ in .different(ours: figures(6), exchange: figures(5), places: []) },
            comparison: TradeComparison(ours: [trade(1), trade(2)], rest: [trade(1)]))
        #expect(course.range?.status == .different && course.isAlarm && course.gaps.isEmpty)
        #expect(course.refills == 3 && course.corrected.isEmpty)
    }

    @Test func aWrongVolumeIsCorrectedWhenThatMakesTheFiguresEqual() {
        let comparison = TradeComparison(ours: [trade(1, volume: 3)], rest: [trade(1, volume: 5)])
        #expect(comparison.correction == figures(2))
        let course = course(
            found(ours: 3, exchange: 5),
            looks: { look in
                look == 0
                    ? .different(ours: figures(3), exchange: figures(5), places: [place(interval)])
                    : .equal(ours: figures(5), exchange: figures(5))
            }, comparison: comparison)
        #expect(course.corrected == [trade(1, volume: 5)])
        #expect(course.range?.status == .repaired && course.refills == 1)
    }

    @Test func whenTheExchangeContradictsItselfNothingIsCorrected() {
        let course = course(
            found(ours: 3, exchange: 4),
            looks: { _ in .different(ours: figures(3), exchange: figures(4), places: [place(interval)]) },
            comparison: TradeComparison(ours: [trade(1, volume: 3)], rest: [trade(1, volume: 5)]))
        #expect(course.corrected.isEmpty && course.range?.status == .different && course.isAlarm)
    }

    @Test func aWrongVolumeBesideALostTradeIsCorrectedInTheEndAndTheLossIsTold() {
        let lost = StreamWindow.Place(interval: interval, missing: figures(4))
        let course = course(
            found(ours: 3, exchange: 9),
            looks: { .different(ours: figures($0 < 3 ? 3 : 5), exchange: figures(9), places: [lost]) },
            comparison: TradeComparison(ours: [trade(1, volume: 3)], rest: [trade(1, volume: 5)]))
        #expect(course.corrected == [trade(1, volume: 5)] && course.refills == 3)
        #expect(course.range?.status == .unprovable && !course.isAlarm)
        #expect(course.gaps.map(\.lost) == [figures(4)])
    }

    @Test func aLossBesideAWrongRowOfTheNeighbourhoodIsALoss() {
        var near = trade(1, volume: 3)
        near.time = interval.upperBound.adding(milliseconds: 100)
        var right = near
        right.volume = Decimal8(50)
        let course = course(
            found(ours: 4, exchange: 5),
            looks: { _ in .different(ours: figures(4), exchange: figures(5), places: [place(interval)]) },
            comparison: TradeComparison(ours: [near], rest: [right]))
        #expect(course.corrected == [right] && course.range?.status == .unprovable && !course.isAlarm)
    }

    @Test func whatRESTSaysOnlyOnceIsNotWritten() {
        var book = DisputeBook()
        let range = found(ours: 3, exchange: 9)
        _ = book.open(.candle(interval), range, now: 0)
        var refills = 0
        for second in 0..<1_000 {
            let now = Int64(second) * 1_000
            guard let action = next(&book, now) else { continue }
            switch action {
            case .refill(let request):
                refills += 1
                var outcome = RefillOutcome(request)
                outcome.filled = request.interval
                let comparison = TradeComparison(
                    ours: [trade(1, volume: 3)], rest: [trade(1, volume: 3 + refills)])
                _ = book.refilled(request.tag, outcome, comparison, now: now)
            case .look(let id, _, _):
                let look = Dispute.Look.different(
                    ours: figures(3), exchange: figures(9), places: [place(interval)])
                guard case .settled(let told, _, _, let alarm)? = book.looked(id, look, now: now) else {
                    continue
                }
                #expect(told.status == .different && alarm != nil && refills == 3)
                return
            case .correct, .settled: Issue.record("nothing is to be corrected")
            }
        }
        Issue.record("it does not end")
    }

    @Test func aCorrectionThatCannotBeWrittenComesAgainAndIsGivenUpInTheEnd() {
        for failures in [2, DisputeBook.correctionTriesMax] {
            var book = DisputeBook()
            let comparison = TradeComparison(ours: [trade(1, volume: 3)], rest: [trade(1, volume: 5)])
            _ = book.open(.candle(interval), found(ours: 3, exchange: 5), now: 0)
            var tries = 0
            var isCorrected = false
            var told: ReconciledRange?
            for second in 0..<3_000 where told == nil {
                let now = Int64(second) * 1_000
                guard let action = next(&book, now) else { continue }
                switch action {
                case .refill(let request):
                    var outcome = RefillOutcome(request)
                    outcome.filled = request.interval
                    _ = book.refilled(request.tag, outcome, tries == 0 ? comparison : nil, now: now)
                case .look(let id, _, _):
                    let ours = figures(isCorrected ? 5 : 3)
                    let look: Dispute.Look =
                        isCorrected
                        ? .equal(ours: ours, exchange: figures(5))
                        : .different(ours: ours, exchange: figures(5), places: [place(interval)])
                    if case .settled(let range, _, _, _)? = book.looked(id, look, now: now) { told = range }
                case .correct(let id, let trades):
                    tries += 1
                    isCorrected = tries > failures
                    if isCorrected {
                        book.corrected(id, now: now)
                    } else {
                        book.notCorrected(id, trades, now: now)
                    }
                case .settled: break
                }
            }
            #expect(tries == min(failures + 1, DisputeBook.correctionTriesMax))
            #expect(told?.status == (failures == 2 ? .repaired : .different))
        }
    }

    @Test func whatTheExchangeDoesNotKeepAnyMoreIsUnprovable() {
        let course = course(found(ours: 4, exchange: 5), looks: { _ in nil }, comparison: nil) { outcome in
            outcome.unfillable = outcome.request.interval
            outcome.failure = "older than the 7 days that the exchange keeps"
        }
        #expect(course.range?.status == .unprovable && course.gaps.map(\.status) == [.unfillable])
    }

    @Test func aLookThatFailsComesAgain() {
        let course = course(
            found(ours: 4, exchange: 5),
            looks: { $0 < 3 ? nil : .equal(ours: figures(5), exchange: figures(5)) }, comparison: same)
        #expect(course.range?.status == .repaired && course.settledAt == 35_000)
    }

    @Test func whatAnEarlierRunLeftIsLookedAtBeforeAnythingIsFetched() {
        let unknown = found(ours: 0, exchange: 0)
        for (both, status) in [(figures(5), ProofStatus.proven), (.zero, .provenEmpty)] {
            var book = DisputeBook()
            #expect(book.resume(unknown, now: 0) == true)
            guard case .look(let id, .candle(interval), symbol)? = book.actions(now: 0).first else {
                Issue.record("it is not looked at")
                return
            }
            guard
                case .settled(let range, _, _, _)? = book.looked(
                    id, .equal(ours: both, exchange: both), now: 0)
            else {
                Issue.record("it is not settled")
                return
            }
            #expect(range.status == status && range.attempts == 0 && range.ours == both)
        }
        var book = DisputeBook()
        #expect(book.resume(unknown, now: 0) == true)
        guard case .look(let id, _, _)? = book.actions(now: 0).first else { return }
        let look = Dispute.Look.different(ours: figures(1), exchange: figures(2), places: [place(interval)])
        #expect(book.looked(id, look, now: 0) == nil)
        guard case .refill? = book.actions(now: 400_000).first else {
            Issue.record("what still differs is fetched")
            return
        }
        for _ in 1..<DisputeBook.openMax { #expect(book.resume(unknown, now: 0) == true) }
        let hasRoom = book.resume(unknown, now: 0)
        #expect(!hasRoom)
    }

    @Test func beyondTheBoundADifferenceIsToldAtOnce() {
        var book = DisputeBook()
        for _ in 0..<DisputeBook.openMax {
            #expect(book.open(.candle(interval), found(ours: 1, exchange: 2), now: 0) == nil)
        }
        guard
            case .settled(let range, _, _, let alarm) = book.open(
                .candle(interval), found(ours: 1, exchange: 2), now: 0)
        else {
            Issue.record("not told")
            return
        }
        #expect(range.status == .different && alarm != nil && book.count == DisputeBook.openMax)
    }
}
