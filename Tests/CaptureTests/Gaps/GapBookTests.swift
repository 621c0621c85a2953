import Capture
import Market
import Storage
import Testing

@Suite struct GapBookTests {
    private let symbol: Symbol
    private let start = Instant(microseconds: 1_773_187_200_000_000)

    init() throws { symbol = try Symbol("KRW-BTC") }

    private func interval(_ from: Int64, _ to: Int64) -> Range<Instant> {
        start.adding(milliseconds: from)..<start.adding(milliseconds: to)
    }

    private func lost(_ from: Int64, _ volume: Int?) -> Gap {
        var gap = Gap(symbol, interval(from, from + 1), reason: Gap.Reason.lost, status: .unfillable)
        gap.lost = volume.map { TradeFigures(volume: Decimal16($0), value: Decimal16($0 * 10)) }
        return gap
    }

    /// What the proof by candles says of a minute of which so much is missing.
    private func isExplained(_ book: GapBook, missing: Int) -> Bool {
        let exchange = TradeFigures(volume: Decimal16(missing), value: Decimal16(missing * 10))
        var proof = CandleProof()
        proof.begin(symbol, at: start)
        let now = ProofClock(milliseconds: 70_000, exchange: start.adding(seconds: 70))
        guard let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil }) else {
            return false
        }
        let answer = proof.answer(
            question, CandlePage(minutes: [CandleMinute(time: start, exchange: exchange)]), now,
            isLost: { book.explains(symbol, $0, $1) })
        return answer.ranges.map(\.status) == [.unprovable]
    }

    @Test func aLostTradeExplainsItselfAndNothingMore() {
        let book = GapBook()
        book.take([lost(20_000, 3)])
        #expect(isExplained(book, missing: 3))
        #expect(!isExplained(book, missing: 5), "another one is missing, and may be fetched")
        book.take([lost(30_000, 2)])
        #expect(isExplained(book, missing: 5) && !isExplained(book, missing: 2))
    }

    @Test func onlyTradesFillALoss() {
        let book = GapBook()
        book.take([lost(20_000, 3)])
        var filled = Gap(symbol, interval(20_000, 50_000), reason: "manual", status: .filled)
        book.take([filled])
        #expect(isExplained(book, missing: 3))
        filled.tradesFilled = 1
        book.take([filled])
        #expect(!isExplained(book, missing: 3))
    }

    @Test func nearTheEndItMayBeCountedOnTheOtherSide() {
        let book = GapBook()
        book.take([lost(20_000, 3), lost(59_990, 4), lost(60_020, 8), lost(70_000, 16)])
        for missing in [3, 7, 11, 15] { #expect(isExplained(book, missing: missing)) }
        for missing in [4, 8, 12, 19, 31] { #expect(!isExplained(book, missing: missing)) }
    }

    @Test func whatAnEarlierRunFoundIsLookedAtAgain() {
        let book = GapBook()
        book.take([lost(20_000, nil)])
        #expect(!isExplained(book, missing: 3))
    }

    @Test func aTimeThatCannotBeFetchedExplainsAnything() {
        let book = GapBook()
        book.take([Gap(symbol, interval(-90_000, 10_000), reason: "restart: too old", status: .unfillable)])
        #expect(isExplained(book, missing: 3))
        book.take([Gap(symbol, interval(-90_000, 10_000), reason: "restart", status: .filled)])
        #expect(!isExplained(book, missing: 3))
    }

    @Test func whatATableDoesNotKnowIsToldAgainForAWhile() {
        var told = ToldGaps()
        #expect(told.interval(now: 0) == nil)
        var filled = lost(3_000, 1)
        filled.status = .filled
        told.add([lost(1_000, 1), lost(2_000, 1), filled], now: 0)
        #expect(told.interval(now: 1_000) == interval(1_000, 2_001))
        #expect(told.missing(from: [lost(1_000, nil)]) == [lost(2_000, 1)])
        var open = lost(2_000, nil)
        open.status = .open
        told.add([lost(2_000, 1)], now: 5_000)
        #expect(told.missing(from: [lost(1_000, nil), open]) == [lost(2_000, 1)], "once, though told twice")
        #expect(told.interval(now: ToldGaps.keptMilliseconds + 2_000) == interval(2_000, 2_001))
        #expect(told.interval(now: ToldGaps.keptMilliseconds + 6_000) == nil)
        told.add((0..<ToldGaps.gapsMax + 5).map { lost(Int64($0) * 10, 1) }, now: 0)
        #expect(told.missing(from: []).count == ToldGaps.gapsMax)
        let kept = told.interval(now: 0)
        #expect(kept?.lowerBound == start.adding(milliseconds: 50), "the oldest go first")
    }
}
