/// How far a server's clock is ahead of ours, from `Date` headers that show whole seconds. Each answer
/// bounds the offset from both sides; several at different parts of a second narrow it. Pure.
package struct ClockOffset: Sendable, Equatable {
    package private(set) var earliestMicroseconds: Int64 = .min
    package private(set) var latestMicroseconds: Int64 = .max

    package init() {}

    /// `serverSeconds` was read by the server at some time between our sending and receiving.
    package mutating func add(
        serverSeconds: Int64, sentAtMicroseconds: Int64, receivedAtMicroseconds: Int64
    ) {
        let shown = serverSeconds * 1_000_000
        earliestMicroseconds = max(earliestMicroseconds, shown - receivedAtMicroseconds)
        latestMicroseconds = min(latestMicroseconds, shown + 999_999 - sentAtMicroseconds)
    }

    /// The middle of what is possible and how far the truth may be from it; nil without answers, or when
    /// they contradict each other (a clock was set meanwhile, or a cache answered).
    package var estimate: (offsetMicroseconds: Int64, withinMicroseconds: Int64)? {
        guard earliestMicroseconds != .min, latestMicroseconds >= earliestMicroseconds else { return nil }
        let width = latestMicroseconds - earliestMicroseconds
        return (earliestMicroseconds + width / 2, width - width / 2)
    }
}
