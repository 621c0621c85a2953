import Configuration
import Market

/// A time on the command line: ISO 8601, a day, or how long ago.
enum TimeArgument {
    static func instant(
        _ text: String, of verb: String, now: Instant
    ) throws(UsageError) -> Instant {
        var copy = text
        let parsed = copy.withUTF8 { bytes -> Instant? in
            let raw = UnsafeRawBufferPointer(bytes)
            return InstantText.instant(raw) ?? InstantText.date(raw)?.startOfDay
        }
        if let parsed { return parsed }
        if let milliseconds = SettingUnits.milliseconds(text) {
            return now.adding(milliseconds: -Int64(milliseconds))
        }
        throw UsageError(
            "`\(text)` is no time: write 2026-03-11T09:00:00Z, 2026-03-11, or how long ago, such as 12h",
            path: [verb])
    }
}
