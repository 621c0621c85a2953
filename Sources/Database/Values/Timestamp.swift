/// A `timestamptz`: microseconds since 1970 in UTC. `Int64.max` and `Int64.min` are PostgreSQL's
/// `infinity` and `-infinity`.
package struct Timestamp: Hashable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// PostgreSQL counts from 2000.
    static let epochMicroseconds: Int64 = 946_684_800_000_000

    /// The value on the wire. Instants too early for PostgreSQL's count become -infinity.
    static func wireValue(ofMicroseconds microseconds: Int64) -> Int64 {
        if microseconds == .max { return .max }
        let (value, overflow) = microseconds.subtractingReportingOverflow(epochMicroseconds)
        return overflow ? .min : value
    }

    init(wireValue: Int64) {
        if wireValue == .min {
            microseconds = .min
        } else {
            let (value, overflow) = wireValue.addingReportingOverflow(Self.epochMicroseconds)
            microseconds = overflow ? .max : value
        }
    }
}
