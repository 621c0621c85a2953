/// A date and time of day in UTC, in parts.
package struct CivilTime: Hashable, Sendable {
    package var date: CalendarDate
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var microsecond: Int

    package init(date: CalendarDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }

    package init(_ instant: Instant) {
        let seconds = instant.seconds
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let ofDay = Int(seconds - days * 86_400)
        date = CalendarDate(daysSinceEpoch: Int(days))
        hour = ofDay / 3_600
        minute = ofDay / 60 % 60
        second = ofDay % 60
        let micros = instant.microseconds % 1_000_000
        microsecond = Int(micros < 0 ? micros + 1_000_000 : micros)
    }

    /// The instant that a clock in UTC shows this at.
    package var instant: Instant {
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        return (Instant(seconds: seconds) ?? .epoch).adding(microseconds: Int64(microsecond))
    }

    /// `2026-03-11T14:40:59`, with 3 or 6 decimals where they are not zero, without a zone.
    package var text: String {
        var text = date.description
        text.reserveCapacity(32)
        text += "T\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))"
        if microsecond != 0 {
            let digits = String(microsecond + 1_000_000).dropFirst()
            text += "." + (microsecond % 1_000 == 0 ? digits.prefix(3) : digits)
        }
        return text
    }

    static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
