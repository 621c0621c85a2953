import Diagnostics
import Synchronization

/// Writes into the log what becomes of the connections: one alarm when the exchange is away, not one for
/// each connection and attempt.
package final class SessionReporter: SessionObserver {
    private let logger: Logger
    private let isAway = Mutex(false)
    private let probe: @Sendable () -> Void

    /// `probe` is called when REST should be asked whether the exchange is there.
    package init(_ logger: Logger, probe: @escaping @Sendable () -> Void) {
        self.logger = logger
        self.probe = probe
    }

    package func noticed(_ notice: SessionNotice, of session: Int) {
        let isQuiet = isAway.withLock { $0 }
        switch notice {
        case .live(let attempt, let milliseconds):
            logger.info(
                "connection \(session) is live",
                ["attempt": "\(attempt)", "afterMilliseconds": "\(milliseconds)"])
        case .ended(let attempt, let end):
            logger.log(
                isQuiet || end == .wanted ? .debug : .warning, "connection \(session) ended: \(end.rawValue)",
                ["attempt": "\(attempt)"])
        default:
            guard let error = notice.explained else { return }
            logger.log(
                isQuiet ? .debug : .error, error.what,
                [
                    "connection": "\(session)", "code": error.code.rawValue, "where": error.place ?? "",
                    "remedy": error.remedy ?? "",
                ])
        }
    }

    package func outage(_ change: OutageWatch.Change) {
        let isOn = if case .ended = change { false } else { true }
        isAway.withLock { $0 = isOn }
        if let error = change.explained {
            logger.critical(error.what, ["code": error.code.rawValue, "remedy": error.remedy ?? ""])
        } else if case .ended(let milliseconds) = change {
            logger.warning("the exchange is back", ["afterMilliseconds": "\(milliseconds)"])
        }
    }

    package func shouldProbeREST() { probe() }
}
