/// How much a log entry matters.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// For somebody who looks for a fault.
    case debug
    /// What happens when all is well.
    case info
    /// Something is not as it should be; the work goes on.
    case warning
    /// Something that was asked for did not happen.
    case error
    /// Data or money is in danger until somebody acts.
    case critical

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        case .critical: 4
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}
