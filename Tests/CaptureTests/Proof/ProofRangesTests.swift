import Capture
import Market
import Storage
import Testing

@Suite struct ProofRangesTests {
    private let start = Instant(microseconds: 1_773_187_200_000_000)
    private let symbol: Symbol

    init() throws { symbol = try Symbol("KRW-BTC") }

    private func minute(_ number: Int64, _ status: ProofStatus = .proven, days: Int64 = 0) -> ReconciledRange
    {
        let from = start.adding(seconds: number * 60 + days * 86_400)
        let figures =
            status == .provenEmpty
            ? TradeFigures.zero : TradeFigures(volume: Decimal16(1), value: Decimal16(2))
        return ReconciledRange(
            symbol, .candle, from..<from.adding(seconds: 60), status, ours: figures, exchange: figures)
    }

    @Test func provenMinutesExtendOneRow() {
        var ranges = ProofRanges()
        for number in 0..<100 { ranges.add(minute(Int64(number), number % 3 == 0 ? .proven : .provenEmpty)) }
        let rows = ranges.take(all: true)
        #expect(rows.count == 1 && rows[0].status == .proven)
        #expect(rows[0].interval == start..<start.adding(seconds: 6_000))
        #expect(rows[0].ours.volume == Decimal16(34))
        #expect(ranges.take(all: true).isEmpty, "nothing changed")
    }

    @Test func anEmptyRangeStaysEmptyUntilItsFirstTrade() {
        var ranges = ProofRanges()
        ranges.add(minute(0, .provenEmpty))
        #expect(ranges.take(all: true).map(\.status) == [.provenEmpty])
        ranges.add(minute(1))
        let rows = ranges.take(all: true)
        #expect(rows.map(\.status) == [.proven] && rows[0].interval.lowerBound == start)
    }

    @Test func whatIsNotProvenIsARowOfItsOwnAndSplitsTheRange() {
        var ranges = ProofRanges()
        for number in 0..<3 { ranges.add(minute(Int64(number))) }
        ranges.add(minute(3, .boundary))
        #expect(ranges.take(all: false).map(\.status) == [.boundary], "told at once")
        for number in 4..<6 { ranges.add(minute(Int64(number))) }
        let rows = ranges.take(all: true).sorted { $0.interval.lowerBound < $1.interval.lowerBound }
        #expect(rows.map(\.interval.lowerBound) == [start, start.adding(seconds: 240)])
    }

    @Test func aDayHasItsOwnRow() {
        var ranges = ProofRanges()
        ranges.add(minute(1_439))
        ranges.add(minute(0, days: 1))
        #expect(ranges.take(all: true).count == 2)
    }

    @Test func aRangeOfAnEarlierRunGoesOn() {
        var ranges = ProofRanges()
        ranges.resume(minute(0))
        ranges.add(minute(1))
        #expect(ranges.take(all: true).map(\.interval) == [start..<start.adding(seconds: 120)])
    }

    @Test func rowsThatCouldNotBeWrittenComeAgain() {
        var ranges = ProofRanges()
        ranges.add(minute(0))
        ranges.add(minute(1, .different))
        let rows = ranges.take(all: true)
        ranges.restore(rows)
        #expect(Set(ranges.take(all: true)) == Set(rows))
    }
}
