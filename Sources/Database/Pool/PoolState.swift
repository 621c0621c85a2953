/// What a pool decides: who gets which connection, which are made, asked, closed. No clock, no connection:
/// events and the time go in, actions come out.
package struct PoolState: Sendable {
    package typealias Time = ContinuousClock.Instant

    package enum Action: Sendable, Equatable {
        case connect(Int)
        case ping(Int)
        case close(Int)
        case give(connection: Int, waiter: Int)
        case refuse(waiter: Int, DatabaseError)
    }

    private enum Condition: Equatable {
        case connecting
        case pinging
        case idle(since: Time)
        case leased
    }

    private struct Member {
        var condition: Condition
        var createdAt: Time
    }

    private struct Waiter {
        var id: Int
        var deadline: Time
    }

    private let settings: PoolSettings
    private let place: String
    private var members: [Int: Member] = [:]
    /// The most recently used at the end: it is given first, so that a quiet pool lets the others age.
    private var idle: [Int] = []
    private var waiters: [Waiter] = []
    private var lastConnection = 0
    private var backoff = Backoff()
    private var notBefore: Time?
    private var lastError: DatabaseError?
    private var nextHealthCheck: Time
    private(set) var isClosed = false

    package init(_ settings: PoolSettings, place: String, now: Time) {
        self.settings = settings
        self.place = place
        nextHealthCheck = now + settings.healthCheckEvery
    }

    package var connectionCount: Int { members.count }
    package var idleCount: Int { idle.count }
    package var waiterCount: Int { waiters.count }

    // MARK: Events

    package mutating func acquire(_ waiter: Int, now: Time) -> [Action] {
        if isClosed { return [.refuse(waiter: waiter, closedError)] }
        guard waiters.count < settings.waitersMax else {
            return [
                .refuse(
                    waiter: waiter,
                    DatabaseError(
                        .limit, "\(waiters.count) tasks wait for a database connection already", place: place,
                        remedy: "Raise the pool's size, or find what holds its connections"))
            ]
        }
        waiters.append(Waiter(id: waiter, deadline: now + settings.waitLimit))
        return dispatch(now)
    }

    /// A task that no longer waits; nothing happens when it has been served.
    package mutating func cancel(_ waiter: Int) -> [Action] {
        guard let index = waiters.firstIndex(where: { $0.id == waiter }) else { return [] }
        waiters.remove(at: index)
        return [
            .refuse(
                waiter: waiter, DatabaseError(.cancelled, "the task that waited was cancelled", place: place))
        ]
    }

    /// A connection came about, or answered that it lives.
    package mutating func isReady(_ connection: Int, now: Time) -> [Action] {
        guard let member = members[connection] else { return [.close(connection)] }
        if member.condition == .connecting {
            members[connection]?.createdAt = now
            backoff.succeeded()
            notBefore = nil
            lastError = nil
        }
        return offer(connection, now) + dispatch(now)
    }

    /// `jitter` is a random number in 0..<1.
    package mutating func connectFailed(
        _ connection: Int, _ error: DatabaseError, jitter: Double, now: Time
    ) -> [Action] {
        members[connection] = nil
        lastError = error
        notBefore = now + backoff.failed(jitter: jitter)
        guard !error.isTransient else { return dispatch(now) }
        // Waiting does not help against a wrong password.
        defer { waiters = [] }
        return waiters.map { .refuse(waiter: $0.id, error) }
    }

    package mutating func pingFailed(_ connection: Int, now: Time) -> [Action] {
        members[connection] = nil
        return [.close(connection)] + dispatch(now)
    }

    package mutating func release(_ connection: Int, isUsable: Bool, now: Time) -> [Action] {
        guard members[connection]?.condition == .leased else { return [] }
        guard isUsable, !isClosed, !isExpired(connection, now) else {
            members[connection] = nil
            return [.close(connection)] + dispatch(now)
        }
        return offer(connection, now)
    }

    /// Called at `nextWake`.
    package mutating func tick(now: Time) -> [Action] {
        let late = waiters.filter { $0.deadline <= now }
        waiters.removeAll { $0.deadline <= now }
        var actions: [Action] = late.map { .refuse(waiter: $0.id, lateError) }
        if nextHealthCheck <= now {
            nextHealthCheck = now + settings.healthCheckEvery
            actions += checkIdle(now)
        }
        return actions + dispatch(now)
    }

    /// Refuses who waits and closes what is idle; leased connections are closed when they come back.
    package mutating func close() -> [Action] {
        isClosed = true
        let actions = waiters.map { Action.refuse(waiter: $0.id, closedError) } + idle.map { .close($0) }
        for connection in idle { members[connection] = nil }
        (waiters, idle) = ([], [])
        return actions
    }

    /// When the state wants to be called again if nothing happens.
    package var nextWake: Time? {
        var times = waiters.map(\.deadline)
        if !waiters.isEmpty, let notBefore { times.append(notBefore) }
        if !idle.isEmpty { times.append(nextHealthCheck) }
        return times.min()
    }

    // MARK: Decisions

    /// Serves waiters with idle connections and has new ones made for the rest.
    private mutating func dispatch(_ now: Time) -> [Action] {
        var actions: [Action] = []
        while waiters.count > coming {
            if let connection = idle.popLast() {
                actions += use(connection, now)
            } else if canConnect(now) {
                lastConnection += 1
                members[lastConnection] = Member(condition: .connecting, createdAt: now)
                notBefore = nil
                actions.append(.connect(lastConnection))
            } else {
                break
            }
        }
        return actions
    }

    private func canConnect(_ now: Time) -> Bool {
        if members.count >= settings.connectionsMax { return false }
        if let notBefore, now < notBefore { return false }
        // After failures one attempt at a time is enough to see whether the server is back.
        return backoff.failures == 0 || !members.values.contains { $0.condition == .connecting }
    }

    /// Connections that will be offered soon.
    private var coming: Int {
        members.values.count { $0.condition == .connecting || $0.condition == .pinging }
    }

    private mutating func use(_ connection: Int, _ now: Time) -> [Action] {
        guard !isExpired(connection, now), case .idle(let since) = members[connection]?.condition else {
            members[connection] = nil
            return [.close(connection)]
        }
        if since + settings.pingAfter <= now {
            members[connection]?.condition = .pinging
            return [.ping(connection)]
        }
        return offer(connection, now)
    }

    /// Gives a good connection to the first who waits, keeps it, or closes it when enough are kept.
    private mutating func offer(_ connection: Int, _ now: Time) -> [Action] {
        if isClosed || (waiters.isEmpty && idle.count >= settings.size) {
            members[connection] = nil
            return [.close(connection)]
        }
        guard !waiters.isEmpty else {
            members[connection]?.condition = .idle(since: now)
            idle.append(connection)
            return []
        }
        members[connection]?.condition = .leased
        return [.give(connection: connection, waiter: waiters.removeFirst().id)]
    }

    private mutating func checkIdle(_ now: Time) -> [Action] {
        var actions: [Action] = []
        for connection in idle {
            if isExpired(connection, now) {
                members[connection] = nil
                actions.append(.close(connection))
            } else if case .idle(let since) = members[connection]?.condition,
                since + settings.pingAfter <= now
            {
                members[connection]?.condition = .pinging
                actions.append(.ping(connection))
            }
        }
        idle.removeAll { connection in
            if case .idle = members[connection]?.condition { return false }
            return true
        }
        return actions
    }

    private func isExpired(_ connection: Int, _ now: Time) -> Bool {
        guard let member = members[connection] else { return true }
        return member.createdAt + settings.recycleAfter <= now
    }

    private var closedError: DatabaseError {
        DatabaseError(.misuse, "the connection pool is closed", place: place, remedy: "The program is ending")
    }

    private var lateError: DatabaseError {
        let why = lastError.map { "; the last attempt: \($0.what)" } ?? ", all \(members.count) are in use"
        return DatabaseError(
            lastError?.code ?? .timeout, "no database connection within \(settings.waitLimit)\(why)",
            place: place,
            remedy: lastError?.remedy ?? "Raise the pool's size, or find what holds its connections",
            server: lastError?.server)
    }
}
