import Synchronization

/// Keeps connections for tasks that come and go: the driver of `PoolState`.
package final class Pool: Sendable {
    private struct Core {
        var state: PoolState
        var connections: [Int: Connection] = [:]
        var waiting: [Int: CheckedContinuation<Lease, any Error>] = [:]
        var lastWaiter = 0
        var alarm: Task<Void, Never>?
        var alarmTime: ContinuousClock.Instant?
    }

    private struct Lease: Sendable {
        var id: Int
        var connection: Connection
    }

    package let options: ConnectionOptions
    private let settings: PoolSettings
    private let core: Mutex<Core>

    /// Opens nothing yet: connections come about when they are needed.
    package init(_ options: ConnectionOptions, _ settings: PoolSettings = PoolSettings()) {
        self.options = options
        self.settings = settings
        core = Mutex(Core(state: PoolState(settings, place: options.place, now: .now)))
    }

    deinit {
        core.withLock { $0.alarm?.cancel() }
    }

    /// Lends a connection to `body`. An open transaction that it leaves is rolled back; settings of the
    /// session stay, so set only what lasts for a transaction (SET LOCAL).
    @discardableResult
    package func withConnection<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let lease = try await acquire()
        do {
            let output = try await body(lease.connection)
            await giveBack(lease)
            return output
        } catch {
            await giveBack(lease)
            throw error
        }
    }

    /// Refuses who waits, closes what is idle, and closes the rest as it comes back.
    package func close() {
        handle { state, _ in state.close() }
    }

    /// Connections open or coming about, and how many of them are idle.
    package var counts: (connections: Int, idle: Int) {
        core.withLock { ($0.state.connectionCount, $0.state.idleCount) }
    }

    private func acquire() async throws -> Lease {
        let waiter = core.withLock { core in
            core.lastWaiter += 1
            return core.lastWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.withLock { $0.waiting[waiter] = continuation }
                handle { state, now in state.acquire(waiter, now: now) }
                // A cancellation before this line found no one to refuse.
                if Task.isCancelled { handle { state, _ in state.cancel(waiter) } }
            }
        } onCancel: {
            handle { state, _ in state.cancel(waiter) }
        }
    }

    private func giveBack(_ lease: Lease) async {
        let isUsable = await lease.connection.isReusable()
        handle { state, now in state.release(lease.id, isUsable: isUsable, now: now) }
    }

    // MARK: Actions

    /// Lets the state decide, then does what it says.
    private func handle(_ event: (inout PoolState, ContinuousClock.Instant) -> [PoolState.Action]) {
        let effects = core.withLock { core in
            let actions = event(&core.state, .now)
            let effects = actions.map { effect(of: $0, &core) }
            setAlarm(&core)
            return effects
        }
        for effect in effects { effect() }
    }

    /// What an action does once the lock is released.
    private func effect(of action: PoolState.Action, _ core: inout Core) -> () -> Void {
        switch action {
        case .give(let id, let waiter):
            let continuation = core.waiting.removeValue(forKey: waiter)
            guard let connection = core.connections[id] else { return {} }
            return { continuation?.resume(returning: Lease(id: id, connection: connection)) }
        case .refuse(let waiter, let error):
            let continuation = core.waiting.removeValue(forKey: waiter)
            return { continuation?.resume(throwing: error) }
        case .close(let id):
            let connection = core.connections.removeValue(forKey: id)
            return { connection?.abandon() }
        case .connect(let id):
            return { Task { await self.connect(id) } }
        case .ping(let id):
            guard let connection = core.connections[id] else { return {} }
            return { Task { await self.ping(id, connection) } }
        }
    }

    private func connect(_ id: Int) async {
        do throws(DatabaseError) {
            let connection = try await Connection.connect(options)
            core.withLock { $0.connections[id] = connection }
            handle { state, now in state.isReady(id, now: now) }
        } catch {
            let jitter = Double.random(in: 0..<1)
            handle { state, now in state.connectFailed(id, error, jitter: jitter, now: now) }
        }
    }

    private func ping(_ id: Int, _ connection: Connection) async {
        do throws(DatabaseError) {
            try await connection.query("SELECT 1", within: settings.pingLimit)
            handle { state, now in state.isReady(id, now: now) }
        } catch {
            handle { state, now in state.pingFailed(id, now: now) }
        }
    }

    /// One sleeping task wakes the state when it wants to be woken.
    private func setAlarm(_ core: inout Core) {
        let time = core.state.nextWake
        guard time != core.alarmTime else { return }
        core.alarm?.cancel()
        core.alarmTime = time
        core.alarm = time.map { time in
            Task { [weak self] in
                do {
                    try await Task.sleep(until: time, clock: .continuous)
                } catch {
                    return
                }
                self?.wake(time)
            }
        }
    }

    private func wake(_ time: ContinuousClock.Instant) {
        core.withLock { core in
            if core.alarmTime == time { core.alarmTime = nil }
        }
        handle { state, now in state.tick(now: now) }
    }
}

extension Connection {
    /// Whether the session may go to someone else: a transaction left open is rolled back first.
    func isReusable() async -> Bool {
        do throws(DatabaseError) {
            switch try transactionState() {
            case .idle: return true
            case .unknown: return false
            case .open, .failed:
                _ = try await perform(ScriptOperation("ROLLBACK"), within: nil, isCancellable: false)
                return true
            }
        } catch {
            return false
        }
    }
}
