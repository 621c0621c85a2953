import Market
import Testing

@Suite struct TimeTests {
    @Test func anInstantPrintsAndReadsInBothZones() throws {
        let instant = try #require(Instant(milliseconds: 1_773_240_059_095))
        #expect(instant.description == "2026-03-11T14:40:59.095Z")
        #expect(instant.koreanText == "2026-03-11T23:40:59.095+09:00")
        #expect(try Instant("2026-03-11T14:40:59.095Z") == instant)
        #expect(try Instant("2026-03-11T23:40:59.095+09:00") == instant)
        #expect(try Instant("2026-03-11 14:40:59.095") == instant)
        #expect(try Instant("2026-03-11T09:10:59.095000-05:30") == instant)
        #expect(Instant(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
        #expect(try Instant("1969-12-31T23:59:59.999999Z").microseconds == -1)
    }

    @Test(arguments: [
        "", "2026-03-11", "2026-02-29T00:00:00", "2026-13-01T00:00:00", "2026-03-11T24:00:00",
        "2026-03-11T14:60:00",
        "2026-03-11T14:40:59.", "2026-03-11T14:40:59.1234567", "2026-03-11T14:40:59+0900",
        "2026-03-11T14:40:59ZZ",
        "2026-03-11T14:40:59+9:00", "x026-03-11T14:40:59", "2026-03-11t14:40:59",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(throws: MarketError.self) { try Instant(text) }
    }

    @Test func millisecondsThatDoNotFitAreNil() {
        #expect(Instant(milliseconds: .max) == nil)
        #expect(Instant(milliseconds: Int64.max / 1_000) != nil)
        #expect(Instant(microseconds: .max).adding(seconds: 1) == Instant(microseconds: .max))
        #expect(Instant(microseconds: .min).adding(milliseconds: -1) == Instant(microseconds: .min))
        #expect(Instant(microseconds: -1).milliseconds == -1)
        #expect(Instant(microseconds: -1_000).milliseconds == -1)
    }

    @Test func everyDayOfFourCenturiesComesBack() throws {
        var previous: CalendarDate?
        for day in -146_097...146_097 {
            let date = CalendarDate(daysSinceEpoch: day)
            #expect(date.daysSinceEpoch == day)
            if let previous { #expect(previous < date) }
            previous = date
        }
        #expect(CalendarDate(daysSinceEpoch: 0).description == "1970-01-01")
        #expect(try CalendarDate("2024-02-29").daysSinceEpoch == 19_782)
        #expect(CalendarDate(year: 2025, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 2025, month: 4, day: 31) == nil)
        #expect(try CalendarDate("2026-03-11").compactText == "20260311")
    }

    @Test(arguments: [
        ("1s", "2026-03-11T14:40:59.095Z", "2026-03-11T14:40:59Z"),
        ("3m", "2026-03-11T14:40:59Z", "2026-03-11T14:39:00Z"),
        ("4h", "2026-03-11T14:40:59Z", "2026-03-11T12:00:00Z"),
        ("1d", "2026-03-11T23:40:59+09:00", "2026-03-11T09:00:00+09:00"),
        ("1d", "2026-03-11T08:59:59.999999+09:00", "2026-03-10T09:00:00+09:00"),
        ("1w", "2026-03-11T14:40:59Z", "2026-03-09T00:00:00Z"),
        ("1w", "2026-03-08T23:59:59Z", "2026-03-02T00:00:00Z"),
        ("1mo", "2026-03-11T14:40:59Z", "2026-03-01T00:00:00Z"),
        ("1w", "1969-12-31T00:00:00Z", "1969-12-29T00:00:00Z"),
        ("1mo", "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z"),
        ("1m", "1969-12-31T23:59:59Z", "1969-12-31T23:59:00Z"),
    ])
    func anIntervalStartsWhereUpbitsDoes(name: String, time: String, start: String) throws {
        #expect(try Timeframe(name).start(of: Instant(time)) == Instant(start))
    }

    @Test(arguments: Timeframe.allCases)
    func intervalsTileTime(timeframe: Timeframe) throws {
        var start = timeframe.start(of: try Instant("2023-12-31T23:59:59Z"))
        let first = start
        for count in 1...60 {
            let next = timeframe.next(after: start)
            #expect(timeframe.isAligned(next) && start < next)
            #expect(timeframe.start(of: next.adding(microseconds: -1)) == start)
            #expect(timeframe.previous(before: next) == start)
            #expect(timeframe.interval(of: next.adding(microseconds: -1)) == start..<next)
            #expect(timeframe.count(from: first, to: next) == count)
            #expect(timeframe.count(from: first, to: next.adding(microseconds: 1)) == count + 1)
            #expect(timeframe.count(from: first.adding(microseconds: 1), to: next) == count - 1)
            start = next
        }
    }

    @Test func largerTimeframesAreMadeOfSmallerOnes() {
        #expect(Timeframe.allCases.sorted() == Timeframe.allCases)
        #expect(Timeframe.month1.isComposed(of: .day1) && !Timeframe.month1.isComposed(of: .week1))
        #expect(Timeframe.minute5.isComposed(of: .minute1) && !Timeframe.minute5.isComposed(of: .minute3))
        #expect(Timeframe.week1.isComposed(of: .day1) && !Timeframe.day1.isComposed(of: .day1))
        #expect(throws: MarketError.self) { try Timeframe("2m") }
    }
}
