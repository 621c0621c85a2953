/// Reads ISO 8601 texts straight from bytes.
package enum InstantText {
    /// `2026-03-11` as a day.
    package static func date(_ bytes: UnsafeRawBufferPointer) -> CalendarDate? {
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
            let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2)
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// `2026-03-11T14:40:59` with `T` or a blank, up to six decimals, and `Z`, an offset such as
    /// `+09:00`, or nothing, which means UTC.
    package static func instant(_ bytes: UnsafeRawBufferPointer) -> Instant? {
        guard bytes.count >= 19, bytes[10] == 0x54 || bytes[10] == 0x20,
            bytes[13] == 0x3A, bytes[16] == 0x3A,
            let date = date(UnsafeRawBufferPointer(rebasing: bytes[0..<10])),
            let hour = number(bytes, 11, 2), hour < 24,
            let minute = number(bytes, 14, 2), minute < 60,
            let second = number(bytes, 17, 2), second < 60
        else { return nil }
        var time = CivilTime(date: date, hour: hour, minute: minute, second: second)
        var at = 19
        if at < bytes.count, bytes[at] == 0x2E {
            var scale = 100_000
            at += 1
            let start = at
            while at < bytes.count, let digit = number(bytes, at, 1) {
                guard scale > 0 else { return nil }
                time.microsecond += digit * scale
                scale /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        guard let offset = offsetSeconds(bytes, at) else { return nil }
        return time.instant.adding(seconds: -offset)
    }

    private static func offsetSeconds(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        if at == bytes.count { return 0 }
        if bytes[at] == 0x5A { return at + 1 == bytes.count ? 0 : nil }
        guard bytes[at] == 0x2B || bytes[at] == 0x2D, at + 6 == bytes.count, bytes[at + 3] == 0x3A,
            let hours = number(bytes, at + 1, 2), hours <= 18,
            let minutes = number(bytes, at + 4, 2), minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3_600 + minutes * 60)
        return bytes[at] == 0x2D ? -seconds : seconds
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ count: Int) -> Int? {
        var value = 0
        for index in at..<(at + count) {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}

extension Instant {
    /// Reads ISO 8601; without a zone the text means UTC.
    package init(_ text: String) throws(MarketError) {
        var copy = text
        guard let instant = copy.withUTF8({ InstantText.instant(UnsafeRawBufferPointer($0)) }) else {
            throw MarketError(
                .badInstant, "`\(text)` is not a time",
                remedy: "Write ISO 8601, such as 2026-03-11T14:40:59Z or 2026-03-11T23:40:59+09:00.")
        }
        self = instant
    }
}

extension CalendarDate {
    /// Reads `2026-03-11`.
    package init(_ text: String) throws(MarketError) {
        var copy = text
        guard let date = copy.withUTF8({ InstantText.date(UnsafeRawBufferPointer($0)) }) else {
            throw MarketError(.badInstant, "`\(text)` is not a date", remedy: "Write it like 2026-03-11.")
        }
        self = date
    }
}
