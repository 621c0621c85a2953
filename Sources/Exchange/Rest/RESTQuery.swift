import Market
import Upbit

/// Reads a request's parameters; names may be written with an underscore or a hump.
struct RESTQuery {
    let values: [String: String]

    func text(_ name: String, _ other: String? = nil) -> String? {
        values[name] ?? other.flatMap { values[$0] }
    }

    func required(_ name: String) throws(RESTRefusal) -> String {
        guard let text = values[name], !text.isEmpty else { throw .missing }
        return text
    }

    /// 1 … `max`, and `standard` when it is absent. What is above is clamped or refused.
    func count(max: Int, standard: Int, clamps: Bool) throws(RESTRefusal) -> Int {
        guard let text = values["count"] else { return standard }
        guard let count = Int(text) else { throw .mistyped }
        guard count > 0, clamps || count <= max else { throw .invalid }
        return min(count, max)
    }

    func integer(_ name: String, _ other: String? = nil) throws(RESTRefusal) -> Int64? {
        guard let text = text(name, other) else { return nil }
        guard let number = Int64(text) else { throw .mistyped }
        return number
    }

    /// The exclusive end of candles, in milliseconds. Where zones are not taken, the time is Korean.
    func candleEnd(_ profile: Profile) throws(RESTRefusal) -> Int64? {
        guard let text = values["to"], !text.isEmpty else { return nil }
        let hasZone = text.hasSuffix("Z") || text.dropFirst(11).contains { "+-".contains($0) }
        guard profile.acceptsZoneInCandleEnd || !hasZone, let instant = try? Instant(text) else {
            throw .invalid
        }
        let offset = hasZone ? 0 : profile.acceptsZoneInCandleEnd ? 0 : profile.clockOffsetSeconds
        let milliseconds = instant.milliseconds - offset * 1_000
        guard milliseconds > 0 else { throw .invalid }
        return milliseconds
    }

    /// A time of day, `HHmmss` or `HH:mm:ss`, in milliseconds.
    func timeOfDay() throws(RESTRefusal) -> Int64? {
        guard let text = values["to"], !text.isEmpty else { return nil }
        let digits = text.filter { $0 != ":" }
        guard digits.count == 6, let number = Int64(digits), text.count == 6 || text.count == 8 else {
            throw .invalid
        }
        let (hours, minutes, seconds) = (number / 10_000, number / 100 % 100, number % 100)
        guard hours < 24, minutes < 60, seconds < 60 else { throw .invalid }
        return (hours * 3_600 + minutes * 60 + seconds) * 1_000
    }
}
