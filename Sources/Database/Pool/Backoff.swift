/// How long to wait before the next attempt: doubling up to a bound, anywhere below it (full jitter), so
/// that many clients do not come back at once.
package struct Backoff: Sendable, Equatable {
    package static let firstMilliseconds = 100
    package static let delayMillisecondsMax = 10_000

    package private(set) var failures = 0

    package init() {}

    /// Notes a failure. `jitter` is a random number in 0..<1.
    package mutating func failed(jitter: Double) -> Duration {
        let doubling = min(failures, 20)
        failures += 1
        let bound = min(Self.firstMilliseconds << doubling, Self.delayMillisecondsMax)
        return .microseconds(Int64(Double(bound) * 1000 * min(max(jitter, 0), 1)))
    }

    package mutating func succeeded() {
        failures = 0
    }
}
