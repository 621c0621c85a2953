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

    @Test(arguments: [ProofStatus.different, .repaired])
    func whatWasWrongIsARowOfItsOwnAndSplitsTheRange(status: ProofStatus) {
        var ranges = ProofRanges()
        for number in 0..<3 { ranges.add(minute(Int64(number))) }
        ranges.add(minute(3, status))
        ranges.add(minute(4, status))
        #expect(ranges.take(all: false).map(\.status) == [status, status], "told at once, each by itself")
        for number in 5..<7 { ranges.add(minute(Int64(number))) }
        #expect(starts(ranges.take(all: true)) == [0, 5])
    }

    private func starts(_ rows: [ReconciledRange]) -> [Int64] {
        rows.map { $0.interval.lowerBound.microseconds(since: start) / 60_000_000 }.sorted()
    }

    @Test(arguments: [ProofStatus.boundary, .unprovable])
    func neighboursOfOneStatusAreOneRow(status: ProofStatus) throws {
        var ranges = ProofRanges()
        for number in 0..<3 { ranges.add(minute(Int64(number))) }
        for number in 3..<9 { ranges.add(minute(Int64(number), status)) }
        for number in 9..<11 { ranges.add(minute(Int64(number))) }
        ranges.add(minute(11, status))
        let rows = ranges.take(all: true)
        #expect(starts(rows) == [0, 3, 9, 11])
        let row = try #require(rows.first { $0.status == status })
        #expect(row.interval == start.adding(seconds: 180)..<start.adding(seconds: 540))
        #expect(row.ours.volume == Decimal16(6) && row.exchange.value == Decimal16(12))
        // One that was written goes on in its place; another day is another row.
        ranges.add(minute(12, status))
        #expect(starts(ranges.take(all: true)) == [11])
        var midnight = ProofRanges()
        midnight.add(minute(1_439, status))
        midnight.add(minute(0, status, days: 1))
        #expect(midnight.take(all: true).count == 2)
    }

    @Test func aSingleEqualMinuteBetweenBoundariesBelongsToThem() throws {
        var ranges = ProofRanges()
        for number in [0, 1, 3, 4] { ranges.add(minute(Int64(number), number < 3 ? .boundary : .proven)) }
        #expect(starts(ranges.take(all: true)) == [0, 3], "the hole is told as one")
        ranges = ProofRanges()
        ranges.add(minute(0, .boundary))
        ranges.add(minute(1))
        #expect(ranges.take(all: true).map(\.interval) == [start..<start.adding(seconds: 60)], "it waits")
        var closed = ranges
        closed.close(symbol, .candle)
        #expect(starts(closed.take(all: true)) == [1], "nothing follows")
        ranges.add(minute(2, .boundary))
        let joined = ranges.take(all: true)
        #expect(joined.map(\.interval) == [start..<start.adding(seconds: 180)])
        #expect(joined.map(\.status) == [.boundary] && joined[0].ours.volume == Decimal16(3))
        // Two of them are no single one, empty or not.
        for (number, status) in [(3, ProofStatus.provenEmpty), (4, .proven), (5, .proven)] {
            ranges.add(minute(Int64(number), status))
        }
        ranges.add(minute(6, .boundary))
        let rows = ranges.take(all: true).sorted { $0.interval.lowerBound < $1.interval.lowerBound }
        #expect(starts(rows) == [3, 6] && rows.map(\.status) == [.proven, .boundary])
        #expect(rows[0].interval.upperBound == start.adding(seconds: 360))
    }

    @Test(arguments: [ProofStatus.repaired, .unprovable, .different])
    func aMinuteThatWaitsIsToldWhenSomethingElseFollows(status: ProofStatus) throws {
        var ranges = ProofRanges()
        ranges.add(minute(0, .boundary))
        ranges.add(minute(1))
        ranges.add(minute(2, status))
        ranges.add(minute(3))
        ranges.add(minute(4))
        #expect(starts(ranges.take(all: true)) == [0, 1, 2, 3])
    }

    @Test func whatWasTriedInVainIsARowOfItsOwn() {
        var ranges = ProofRanges()
        ranges.add(minute(0, .unprovable))
        var tried = minute(1, .unprovable)
        tried.attempts = 3
        ranges.add(tried)
        #expect(ranges.take(all: true).map(\.attempts).sorted() == [0, 3])
    }

    @Test(arguments: [ProofStatus.proven, .boundary, .unprovable, .repaired])
    func whatIsToldLateDisturbsNoRow(status: ProofStatus) {
        var ranges = ProofRanges()
        for number in [0, 1, 3, 4] { ranges.add(minute(Int64(number))) }
        ranges.add(minute(2, status))
        ranges.add(minute(5))
        let rows = ranges.take(all: true)
        #expect(starts(rows) == [0, 2, 3])
        #expect(rows.contains { $0.interval == start.adding(seconds: 180)..<start.adding(seconds: 360) })
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
