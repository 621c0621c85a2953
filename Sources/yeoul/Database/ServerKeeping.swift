/// Decides what to do about a private server that ended while we use it: one that died is started again, within
/// bounds; one that somebody stopped stays so.
package struct ServerKeeping: Sendable {
    /// How often it is looked at.
    package static let lookMilliseconds: Int64 = 1_000
    /// So many starts within the window; more of them would only hide what is wrong.
    package static let restartsMax = 5
    package static let windowMilliseconds: Int64 = 600_000
    /// From one start to the next at least this, doubled with each within the window.
    package static let pauseMilliseconds: Int64 = 1_000

    package enum Sight: Sendable {
        case runs
        /// Its process is gone, and left its mark behind.
        case died
        /// It ended in order: `yeoul db stop --force`, or somebody's signal.
        case stopped
    }

    package enum Action: Sendable, Equatable {
        case nothing
        /// The which start within the window this is.
        case restart(Int)
        case tellRunsAgain
        case tellStopped
        case tellGivenUp
    }

    private enum Told: Sendable { case stopped, givenUp }

    private var restarts: [Int64] = []
    private var isDown = false
    private var told: Told?

    package init() {}

    /// `now` is any clock's milliseconds that do not run back.
    package mutating func next(_ sight: Sight, now: Int64) -> Action {
        restarts.removeAll { now - $0 >= Self.windowMilliseconds }
        switch sight {
        case .runs:
            defer { (isDown, told) = (false, nil) }
            return isDown ? .tellRunsAgain : .nothing
        case .stopped:
            isDown = true
            return tell(.stopped, .tellStopped)
        case .died:
            isDown = true
            guard restarts.count < Self.restartsMax else { return tell(.givenUp, .tellGivenUp) }
            if let last = restarts.last, now - last < Self.pauseMilliseconds << restarts.count {
                return .nothing
            }
            told = nil
            restarts.append(now)
            return .restart(restarts.count)
        }
    }

    private mutating func tell(_ what: Told, _ action: Action) -> Action {
        guard told != what else { return .nothing }
        told = what
        return action
    }
}
