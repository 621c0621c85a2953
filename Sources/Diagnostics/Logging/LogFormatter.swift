/// Turns an entry into one line, line break included.
package enum LogFormatter {
    package static func text(_ entry: LogEntry, colour: Bool) -> String {
        let level = entry.level.rawValue
        let padding = String(repeating: " ", count: max(0, 8 - level.count))
        let start = colour ? colourCode(entry.level) : ""
        let end = start.isEmpty ? "" : "\u{1B}[0m"
        var line = "\(time(entry.microsecondsSince1970)) \(start)\(level)\(end)\(padding) "
        line += ControlCharacters.escaped(entry.component) + ": "
        line += ControlCharacters.escaped(entry.message)
        for (key, value) in entry.context {
            line += " " + ControlCharacters.escaped(key) + "=" + quotedIfNeeded(value)
        }
        return line + "\n"
    }

    package static func json(_ entry: LogEntry) -> String {
        var line = "{\"time\":\"\(time(entry.microsecondsSince1970))\",\"level\":\"\(entry.level.rawValue)\""
        line += ",\"component\":" + JSONText.quoted(entry.component)
        line += ",\"message\":" + JSONText.quoted(entry.message)
        if !entry.context.isEmpty {
            let pairs = entry.context.map { JSONText.quoted($0.key) + ":" + JSONText.quoted($0.value) }
            line += ",\"context\":{" + pairs.joined(separator: ",") + "}"
        }
        return line + "}\n"
    }

    /// Values with blanks, quotes or `=` are quoted, so that a value cannot pretend to be another pair.
    private static func quotedIfNeeded(_ value: String) -> String {
        let escaped = ControlCharacters.escaped(value)
        let isPlain = !escaped.isEmpty && !escaped.contains { " \"=".contains($0) }
        return isPlain
            ? escaped
            : "\""
                + escaped.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\\\"") + "\""
    }

    private static func colourCode(_ level: LogLevel) -> String {
        switch level {
        case .debug: "\u{1B}[2m"
        case .info: ""
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }

    /// `2026-11-21T04:30:00.123Z`: UTC, whatever the machine's time zone.
    package static func time(_ microsecondsSince1970: Int64) -> String {
        let second = floorDivide(microsecondsSince1970, 1_000_000)
        let millisecond = (microsecondsSince1970 - second * 1_000_000) / 1_000
        let day = floorDivide(second, 86_400)
        let ofDay = second - day * 86_400
        let date = civilDate(day)
        let clock = "\(two(ofDay / 3_600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60))"
        let fraction = String(String(millisecond + 1_000).dropFirst())
        return "\(date.year)-\(two(date.month))-\(two(date.day))T\(clock).\(fraction)Z"
    }

    /// The Gregorian date of a day count; eras of 400 years begin in March, so that the leap day is last.
    private static func civilDate(_ daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let leapless = dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096
        let yearOfEra = leapless / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func two(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
