/// When a recorded message is due: as long after the first one as it was then, divided by the speed. Pure.
///
/// Times are those of receipt on the wall clock, since a journal spans restarts, between which the monotonic
/// clock begins anew.
package struct ReplayPace: Sendable {
    /// A longer silence is shortened to this: nobody waits for a night in which capture stood still.
    package static let silenceMicrosecondsMax: Int64 = 60_000_000

    private let speed: Double
    private let startNanoseconds: Int64
    private var recorded: Int64?
    /// Recorded time that has passed since the first message, without what was shortened.
    private var passedMicroseconds: Int64 = 0

    package init(speed: Double, startNanoseconds: Int64) {
        self.speed = speed
        self.startNanoseconds = startNanoseconds
    }

    /// The moment on the monotonic clock. A clock that was put back then counts as no time at all.
    package mutating func due(_ unixMicroseconds: Int64) -> Int64 {
        let (step, overflow) = unixMicroseconds.subtractingReportingOverflow(recorded ?? unixMicroseconds)
        recorded = unixMicroseconds
        let bounded = overflow ? 0 : min(max(0, step), Self.silenceMicrosecondsMax)
        passedMicroseconds += bounded
        return startNanoseconds + Int64(Double(passedMicroseconds) * 1_000 / speed)
    }
}
