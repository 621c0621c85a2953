import Network
import Synchronization

/// Who listens to a replay. As many as the server takes connections.
final class ReplayAudience: Sendable {
    private struct State {
        var listeners: [any WebSocketConnection] = []
        var hadListeners = false
    }

    private let state = Mutex(State())

    var listeners: [any WebSocketConnection] { state.withLock { $0.listeners } }
    /// Somebody has asked for something, now or before.
    var hadListeners: Bool { state.withLock { $0.hadListeners } }

    func join(_ connection: any WebSocketConnection) {
        state.withLock { state in
            guard !state.listeners.contains(where: { $0 === connection }) else { return }
            state.listeners.append(connection)
            state.hadListeners = true
        }
    }

    func leave(_ connection: any WebSocketConnection) {
        state.withLock { $0.listeners.removeAll { $0 === connection } }
    }
}
