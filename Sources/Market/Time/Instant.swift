/// A point in time: microseconds since 1970-01-01 00:00 UTC.
@frozen
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var microseconds: Int64

    @inlinable
    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// Nil when the milliseconds do not fit as microseconds.
    @inlinable
    @inline(__always)
    package init?(milliseconds: Int64) {
        let (value, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return nil }
        microseconds = value
    }

    /// Nil when the seconds do not fit as microseconds.
    @inlinable
    package init?(seconds: Int64) {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return nil }
        microseconds = value
    }

    /// 1970-01-01 00:00 UTC.
    @inlinable
    package static var epoch: Instant { Instant(microseconds: 0) }

    /// Whole milliseconds, rounded down.
    @inlinable
    package var milliseconds: Int64 {
        let quotient = microseconds / 1_000
        return microseconds % 1_000 < 0 ? quotient - 1 : quotient
    }

    /// Whole seconds, rounded down.
    @inlinable
    package var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    @inlinable
    package static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    /// `microseconds` later (or earlier, when negative); stops at the ends of time.
    @inlinable
    package func adding(microseconds: Int64) -> Instant {
        let (value, overflow) = self.microseconds.addingReportingOverflow(microseconds)
        guard overflow else { return Instant(microseconds: value) }
        return Instant(microseconds: microseconds < 0 ? .min : .max)
    }

    @inlinable
    package func adding(milliseconds: Int64) -> Instant {
        let (value, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return adding(microseconds: overflow ? (milliseconds < 0 ? .min : .max) : value)
    }

    @inlinable
    package func adding(seconds: Int64) -> Instant {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return adding(microseconds: overflow ? (seconds < 0 ? .min : .max) : value)
    }

    /// Microseconds from `other` to this; stops at the largest.
    @inlinable
    package func microseconds(since other: Instant) -> Int64 {
        let (value, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
        guard overflow else { return value }
        return microseconds < other.microseconds ? .min : .max
    }

    /// ISO 8601 in UTC: `2026-03-11T14:40:59.095Z`, with as many decimals as are needed (0, 3 or 6).
    package var description: String {
        CivilTime(self).text + "Z"
    }

    /// ISO 8601 as a Korean clock shows it: `2026-03-11T23:40:59.095+09:00`.
    package var koreanText: String {
        CivilTime(adding(seconds: Instant.koreanOffsetSeconds)).text + "+09:00"
    }

    /// Korea is nine hours ahead of UTC and has no summer time.
    package static let koreanOffsetSeconds: Int64 = 9 * 3_600
}
