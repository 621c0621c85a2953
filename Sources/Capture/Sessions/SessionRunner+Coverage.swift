import Market
import Synchronization
import Upbit

extension SessionRunner {
    /// How each connection stands for the trades that it listens to.
    package func coverage() -> [CoverageTracker.Connection] {
        state.withLock { state in
            state.fleet.sessions.enumerated().map { index, machine in
                CoverageTracker.Connection(
                    index: index, attempt: machine.attempt,
                    isLive: machine.state == .live || machine.state == .stale,
                    symbols: Set(machine.items.lazy.filter { $0.channel == .trade }.map(\.symbol)),
                    lastDataMilliseconds: machine.watch.lastDataAt)
            }
        }
    }
}
