/// Which of many are written down: the first of each reason in each minute. All are counted.
package struct QuarantineSampling: Sendable {
    /// Written of one reason in one minute.
    package static let perMinuteMax = 20

    private var minute: [QuarantineReason: (number: Int64, written: Int)] = [:]

    package init() {}

    /// Whether the next of this reason is written. `seconds` is any clock that goes on.
    package mutating func takes(_ reason: QuarantineReason, seconds: Int64) -> Bool {
        let number = seconds / 60
        var state = minute[reason] ?? (number, 0)
        if state.number != number { state = (number, 0) }
        state.written += 1
        minute[reason] = state
        return state.written <= Self.perMinuteMax
    }
}
