/// How long to pause before the next attempt: anything up to a limit that doubles with each failure. Full
/// jitter keeps many connections, and many users, from coming back together.
package struct SessionBackoff: Sendable {
    package static let firstMilliseconds: Int64 = 500
    package static let mostMilliseconds: Int64 = 30_000
    /// While nothing at all can be reached.
    package static let mostInOutageMilliseconds: Int64 = 60_000
    private static let doublingsMax = 10

    private(set) var failures = 0

    package init() {}

    package mutating func pauseMilliseconds(
        inOutage: Bool = false, using jitter: inout JitterSource
    ) -> Int64 {
        let most = inOutage ? Self.mostInOutageMilliseconds : Self.mostMilliseconds
        let limit = min(most, Self.firstMilliseconds << Int64(min(failures, Self.doublingsMax)))
        failures = min(failures + 1, Self.doublingsMax)
        return Int64.random(in: 0...limit, using: &jitter)
    }

    package mutating func succeeded() { failures = 0 }
}
