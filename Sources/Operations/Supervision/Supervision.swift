/// Decides when the processes of the roles start, end and start again. Pure: events and a clock value go in,
/// actions come out.
///
/// They start in their order and stop in the opposite one, each when the one after it has ended. One that ends by itself is
/// started again after a pause that grows, and the others are left alone; one that says that it never can
/// work (a wrong configuration) ends everything.
package struct Supervision: Sendable {
    /// The first pause before a role starts again; each failure doubles it.
    package static let pauseMilliseconds: Int64 = 1_000
    package static let pauseMillisecondsMax: Int64 = 30_000
    /// A role that ran for so long counts as sound: its next pause is the first again.
    package static let soundMilliseconds: Int64 = 60_000
    /// How long a role may take to end before it is killed. All of them together stay under ten seconds with two.
    package static let stopMillisecondsMax: Int64 = 4_500
    /// A role that was killed is gone after this at the latest.
    static let killMillisecondsMax: Int64 = 1_000

    package enum Action: Sendable, Equatable {
        case start(String)
        case terminate(String)
        case kill(String)
        /// Nothing runs any more. `isGood`: since it was asked for.
        case finished(isGood: Bool)
    }

    private enum Condition: Equatable {
        case waits(until: Int64)
        case runs(since: Int64)
        case ends(killAt: Int64)
        case killed(at: Int64)
        case over
    }

    private struct Role {
        let name: String
        var condition: Condition
        var failures = 0
    }

    private var roles: [Role]
    private let hopelessStatuses: Set<Int32>
    private var isStopping = false
    private var isGood = true
    private var isFinished = false

    /// `hopeless` are the exit statuses after which starting again is no use.
    package init(_ names: [String], hopeless: Set<Int32>, now: Int64) {
        roles = names.map { Role(name: $0, condition: .waits(until: now)) }
        hopelessStatuses = hopeless
    }

    package func isRunning(_ name: String) -> Bool {
        guard let role = roles.first(where: { $0.name == name }) else { return false }
        if case .runs = role.condition { return true }
        return false
    }

    /// How often a role has ended by itself without having become sound since.
    package func failures(of name: String) -> Int {
        roles.first { $0.name == name }?.failures ?? 0
    }

    package mutating func stopAsked(now: Int64) -> [Action] {
        isStopping = true
        for index in roles.indices {
            if case .waits = roles[index].condition { roles[index].condition = .over }
        }
        return advance(now)
    }

    /// `status` is the exit status, or minus the signal that ended it.
    package mutating func ended(_ name: String, status: Int32, now: Int64) -> [Action] {
        guard let index = roles.firstIndex(where: { $0.name == name }) else { return [] }
        switch roles[index].condition {
        case .runs(let since) where !isStopping:
            if hopelessStatuses.contains(status) {
                roles[index].condition = .over
                (isStopping, isGood) = (true, false)
                return stopAsked(now: now)
            }
            if now - since >= Self.soundMilliseconds { roles[index].failures = 0 }
            roles[index].failures += 1
            roles[index].condition = .waits(until: now + pause(after: roles[index].failures))
        default:
            roles[index].condition = .over
        }
        return advance(now)
    }

    /// A role could not be started at all; it is tried again like one that ended.
    package mutating func failedToStart(_ name: String, now: Int64) -> [Action] {
        ended(name, status: 127, now: now)
    }

    package mutating func tick(now: Int64) -> [Action] { advance(now) }

    private func pause(after failures: Int) -> Int64 {
        min(Self.pauseMillisecondsMax, Self.pauseMilliseconds << min(Int64(failures - 1), 10))
    }

    private mutating func advance(_ now: Int64) -> [Action] {
        if isFinished { return [] }
        return isStopping ? advanceStop(now) : advanceRun(now)
    }

    private mutating func advanceRun(_ now: Int64) -> [Action] {
        var actions: [Action] = []
        for index in roles.indices {
            if case .waits(let until) = roles[index].condition, until <= now {
                roles[index].condition = .runs(since: now)
                actions.append(.start(roles[index].name))
            }
        }
        return actions
    }

    private mutating func advanceStop(_ now: Int64) -> [Action] {
        // The last one that is not over: those before it wait for it.
        guard let index = roles.lastIndex(where: { $0.condition != .over }) else {
            isFinished = true
            return [.finished(isGood: isGood)]
        }
        switch roles[index].condition {
        case .runs:
            roles[index].condition = .ends(killAt: now + Self.stopMillisecondsMax)
            return [.terminate(roles[index].name)]
        case .ends(let killAt) where killAt <= now:
            roles[index].condition = .killed(at: now)
            return [.kill(roles[index].name)]
        case .killed(let at) where at + Self.killMillisecondsMax <= now:
            // Nothing more can be done about it.
            (roles[index].condition, isGood) = (.over, false)
            return advanceStop(now)
        default:
            return []
        }
    }
}
