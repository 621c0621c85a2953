/// A length of time as policies write it: `90s`, `15m`, `12h`, `8d`, `2w`, `10y` (a year is 365 days).
package struct TimeSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    /// Nil unless the text is a whole number above zero and a unit, and at most a thousand years.
    package init?(_ text: String) {
        guard let unit = text.last, let perUnit = Self.secondsOfUnit(unit),
            let count = Int64(text.dropLast()),
            text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }), count > 0
        else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: perUnit)
        guard !overflow, seconds <= Self.secondsMax else { return nil }
        self.seconds = seconds
    }

    package static func days(_ days: Int64) -> TimeSpan { TimeSpan(seconds: days * secondsPerDay) }
    package static func hours(_ hours: Int64) -> TimeSpan { TimeSpan(seconds: hours * 3_600) }

    package var microseconds: Int64 { seconds * 1_000_000 }

    /// As a policy writes it, in the largest unit that divides it.
    package var description: String {
        for unit in ["y", "d", "h", "m"] {
            guard let perUnit = Self.secondsOfUnit(Character(unit)) else { continue }
            if seconds != 0, seconds % perUnit == 0 { return "\(seconds / perUnit)\(unit)" }
        }
        return "\(seconds)s"
    }

    /// As PostgreSQL reads an interval; days stay days, so that a job shows `30 days`.
    package var interval: String {
        seconds % Self.secondsPerDay == 0 ? "\(seconds / Self.secondsPerDay) days" : "\(seconds) seconds"
    }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.seconds < right.seconds }

    private static let secondsPerDay: Int64 = 86_400
    private static let secondsMax: Int64 = 1_000 * 365 * secondsPerDay

    private static func secondsOfUnit(_ unit: Character) -> Int64? {
        switch unit {
        case "s": 1
        case "m": 60
        case "h": 3_600
        case "d": secondsPerDay
        case "w": 7 * secondsPerDay
        case "y": 365 * secondsPerDay
        default: nil
        }
    }
}
