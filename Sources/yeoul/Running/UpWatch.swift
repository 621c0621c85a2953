import Operations
import Synchronization

/// What `yeoul up` shows while its roles run: the live line on a terminal, and the service manager's view.
final class UpWatch: Sendable {
    private struct State {
        var isReady = false
        var hasSpoken: Set<String> = []
    }

    private let names: [String]
    private let folder: RoleStatusFolder
    private let manager: ServiceManager?
    private let beganUnixMilliseconds: Int64
    private let heartbeat = Heartbeat()
    private let state = Mutex(State())

    init(_ names: [String], folder: RoleStatusFolder, manager: ServiceManager?) {
        self.names = names
        self.folder = folder
        self.manager = manager
        beganUnixMilliseconds = RolePublisher.nowUnixMilliseconds()
    }

    /// Runs the roles until it is asked to stop; see `Supervisor.run`.
    func run(
        _ supervisor: Supervisor, _ output: Output, until isStopAsked: @escaping @Sendable () -> Bool
    ) async throws -> Bool {
        let display = try LiveDisplay(output) {
            self.look(nowUnixMilliseconds: RolePublisher.nowUnixMilliseconds())
        }
        let watchdog = manager?.watch { [heartbeat] in heartbeat.isAlive }
        let isEnding = Atomic(false)
        let isGood = await supervisor.run {
            self.heartbeat.beat()
            guard isStopAsked() else { return false }
            if !isEnding.exchange(true, ordering: .relaxed) {
                self.manager?.stopping()
                watchdog?.cancel()
            }
            return true
        }
        watchdog?.cancel()
        display.stop()
        return isGood
    }

    /// The line; tells the manager what is new.
    func look(nowUnixMilliseconds now: Int64) -> String {
        // What was left behind by an earlier run says nothing.
        let roles = folder.read().filter { $0.startedUnixMilliseconds >= beganUnixMilliseconds }
        let running = Set(
            roles.filter { $0.state == "running" && !$0.isStale(nowUnixMilliseconds: now) }.map(\.role))
        let (isReadyNow, spoken) = state.withLock { state in
            state.hasSpoken.formUnion(roles.map(\.role))
            let isReadyNow = !state.isReady && running.isSuperset(of: names)
            if isReadyNow { state.isReady = true }
            return (isReadyNow, state.hasSpoken)
        }
        var parts = LiveFigures(roles, nowUnixMilliseconds: now).map { [$0.text] } ?? []
        for name in names where !running.contains(name) {
            parts.append(spoken.contains(name) ? "\(name) does not run" : "\(name) starts")
        }
        let text = parts.joined(separator: " · ")
        if isReadyNow { manager?.ready(text) } else { manager?.status(text) }
        return text
    }
}
