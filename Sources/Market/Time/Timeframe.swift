/// A candle's length. Intervals are half-open and lie as Upbit lays them: on the UTC clock, so that a
/// day starts at 09:00 in Korea, a week on Monday, a month on its first day.
package enum Timeframe: String, CaseIterable, Hashable, Comparable, Sendable, CustomStringConvertible {
    case second1 = "1s"
    case minute1 = "1m"
    case minute3 = "3m"
    case minute5 = "5m"
    case minute10 = "10m"
    case minute15 = "15m"
    case minute30 = "30m"
    case hour1 = "1h"
    case hour4 = "4h"
    case day1 = "1d"
    case week1 = "1w"
    case month1 = "1mo"

    package init(_ text: String) throws(MarketError) {
        guard let timeframe = Timeframe(rawValue: text) else {
            let names = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
            throw MarketError(.badTimeframe, "`\(text)` is not a timeframe", remedy: "Take one of \(names).")
        }
        self = timeframe
    }

    package var description: String { rawValue }

    /// The length in seconds; nil for months, whose length differs.
    package var seconds: Int64? {
        switch self {
        case .second1: 1
        case .minute1: 60
        case .minute3: 180
        case .minute5: 300
        case .minute10: 600
        case .minute15: 900
        case .minute30: 1_800
        case .hour1: 3_600
        case .hour4: 14_400
        case .day1: 86_400
        case .week1: 604_800
        case .month1: nil
        }
    }

    /// Seconds from the epoch to the first interval's start: 1970 began on a Thursday.
    private var originSeconds: Int64 { self == .week1 ? 4 * 86_400 : 0 }

    /// The start of the interval that holds `instant`.
    package func start(of instant: Instant) -> Instant {
        guard let seconds else {
            let date = CivilTime(instant).date
            return instant.adding(microseconds: -microsecondsIntoMonth(instant, date))
        }
        let length = seconds * 1_000_000
        let rest = (instant.microseconds - originSeconds * 1_000_000) % length
        return instant.adding(microseconds: -(rest < 0 ? rest + length : rest))
    }

    /// The start of the interval after the one that holds `instant`.
    package func next(after instant: Instant) -> Instant {
        let start = start(of: instant)
        if let seconds { return start.adding(seconds: seconds) }
        let date = CivilTime(start).date
        return start.adding(seconds: Int64(CalendarDate.days(inMonth: date.month, of: date.year)) * 86_400)
    }

    /// The start of the interval before the one that holds `instant`.
    package func previous(before instant: Instant) -> Instant {
        start(of: start(of: instant).adding(microseconds: -1))
    }

    /// The half-open interval that holds `instant`.
    package func interval(of instant: Instant) -> Range<Instant> {
        start(of: instant)..<next(after: instant)
    }

    package func isAligned(_ instant: Instant) -> Bool { start(of: instant) == instant }

    /// How many intervals start in `from ..< to`.
    package func count(from: Instant, to: Instant) -> Int {
        let first = isAligned(from) ? from : next(after: from)
        guard first < to else { return 0 }
        guard let seconds else {
            let (low, high) = (CivilTime(first).date, CivilTime(to.adding(microseconds: -1)).date)
            return (high.year - low.year) * 12 + high.month - low.month + 1
        }
        let length = seconds * 1_000_000
        return Int((to.microseconds(since: first) - 1) / length) + 1
    }

    package static func < (left: Timeframe, right: Timeframe) -> Bool {
        (left.seconds ?? .max) < (right.seconds ?? .max)
    }

    /// True when each of this timeframe's intervals is wholly made of `smaller` ones.
    package func isComposed(of smaller: Timeframe) -> Bool {
        guard smaller < self, let part = smaller.seconds else { return false }
        // Months are made of days and less, never of weeks.
        guard let seconds else { return smaller != .week1 }
        return seconds % part == 0
    }

    private func microsecondsIntoMonth(_ instant: Instant, _ date: CalendarDate) -> Int64 {
        let ofDay = instant.microseconds % 86_400_000_000
        let whole = ofDay < 0 ? ofDay + 86_400_000_000 : ofDay
        return Int64(date.day - 1) * 86_400_000_000 + whole
    }
}
