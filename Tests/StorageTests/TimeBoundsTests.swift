import Market
import Storage
import Testing

@Suite struct TimeBoundsTests {
    private let now = Instant(microseconds: 1_790_000_000_000_000)
    private let hour: Int64 = 3_600_000_000
    private let second: Int64 = 1_000_000

    private func settings(past: Int64?) -> TimeTableSettings {
        TimeTableSettings(table: .transactions, partMicroseconds: 24 * hour, acceptPastMicroseconds: past)
    }

    @Test func bothEndsAreExact() {
        let bounds = TimeBounds(settings(past: hour), now: now)
        #expect(bounds.fault(of: now.adding(microseconds: -hour)) == nil)
        #expect(bounds.fault(of: now.adding(microseconds: -hour - 1)) == .tooOld)
        #expect(bounds.fault(of: now.adding(microseconds: 300 * second - 1)) == nil)
        #expect(bounds.fault(of: now.adding(microseconds: 300 * second)) == .tooFarAhead)
    }

    @Test func withoutAHorizonEverythingSince2010IsTaken() {
        let bounds = TimeBounds(settings(past: nil), now: now)
        #expect(bounds.fault(of: TimeBounds.earliest) == nil)
        #expect(bounds.fault(of: TimeBounds.earliest.adding(microseconds: -1)) == .tooOld)
        #expect(bounds.fault(of: Instant(microseconds: .min)) == .tooOld)
        #expect(bounds.fault(of: Instant(microseconds: .max)) == .tooFarAhead)
        // A clock that never was set takes nothing rather than everything.
        #expect(TimeBounds(settings(past: nil), now: .epoch).fault(of: now) == .tooFarAhead)
    }

    @Test func onlyUnknownPartsAreAskedForAndNeighboursTogether() {
        var keeper = PartKeeper()
        let day = 24 * hour
        let start = settings(past: nil).partStart(of: now)
        let times = [3, 0, 0, 1, 7].map { start.adding(microseconds: $0 * day + 5) }
        let ranges = keeper.missing(times, in: settings(past: nil))
        #expect(
            ranges == [
                start..<start.adding(microseconds: 2 * day),
                start.adding(microseconds: 3 * day)..<start.adding(microseconds: 4 * day),
                start.adding(microseconds: 7 * day)..<start.adding(microseconds: 8 * day),
            ])
    }

    @Test func aLongRunOfPartsIsSplitToTheBoundOfOneCall() {
        var keeper = PartKeeper()
        let times = (0..<250).map { now.adding(microseconds: -Int64($0) * 24 * hour) }
        let ranges = keeper.missing(times, in: settings(past: nil))
        #expect(ranges.count == 3)
        #expect(ranges.allSatisfy { $0.upperBound.microseconds(since: $0.lowerBound) <= 100 * 24 * hour })
    }

    @Test func partsAreCountedFromAMonday() {
        let week = TimeTableSettings(
            table: .candlesIntraday, partMicroseconds: 7 * 24 * hour, acceptPastMicroseconds: nil)
        #expect(week.partStart(of: now) == Timeframe.week1.start(of: now))
        #expect(week.partStart(of: .epoch) == Timeframe.week1.start(of: .epoch))
    }
}
