/// When the list of markets is asked for again. Pure.
package struct RefreshPace: Sendable {
    package static let usualMilliseconds: Int64 = 60_000
    package static let firstFailureMilliseconds: Int64 = 2_000
    private static let doublingsMax = 5

    private var failures = 0

    package init() {}

    /// A little sooner or later each time, so that many programs do not ask together.
    package mutating func succeeded(using jitter: inout JitterSource) -> Int64 {
        failures = 0
        return Int64.random(in: (Self.usualMilliseconds * 9 / 10)...Self.usualMilliseconds, using: &jitter)
    }

    package mutating func failed(using jitter: inout JitterSource) -> Int64 {
        let limit = min(
            Self.usualMilliseconds, Self.firstFailureMilliseconds << Int64(min(failures, Self.doublingsMax)))
        failures += 1
        return Int64.random(in: (limit / 2)...limit, using: &jitter)
    }
}
