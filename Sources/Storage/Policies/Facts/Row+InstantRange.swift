import Database
import Market

extension Row {
    /// The columns `range_start` and `range_end`; nil when they make no range.
    func instantRange() throws -> Range<Instant>? {
        guard let start = try optional("range_start", as: Timestamp.self),
            let end = try optional("range_end", as: Timestamp.self), start.microseconds < end.microseconds
        else { return nil }
        return Instant(microseconds: start.microseconds)..<Instant(microseconds: end.microseconds)
    }
}
