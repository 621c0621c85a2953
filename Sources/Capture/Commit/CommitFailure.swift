import Database
import Storage

/// What kind of trouble a failed commit is in: what helps against it.
package enum CommitFailure: String, Sendable, CaseIterable {
    /// The session ended: the server stopped, restarted or cannot be reached.
    case connection
    /// The answer to COMMIT was lost: read the position back.
    case outcomeUnknown
    /// Others were in the way (deadlock, serialization, a lock, a statement's time): do it again.
    case passing
    /// The server has no room: disk, memory, connections.
    case exhausted
    /// The server only reads: a standby, or a transaction made read-only.
    case readOnly
    /// The schema is gone, older or newer.
    case schema
    /// The database is for something else.
    case instance
    /// The password or a right is missing.
    case denied
    /// Another process holds the shard's lease.
    case lease
    /// A row was refused for a reason of its own.
    case row
    /// Anything else.
    case other

    package init(_ error: any Error) {
        switch error {
        case let error as DatabaseError: self = Self.of(error)
        case let error as StorageError: self = Self.of(error)
        case let error as CaptureError: self = error.code == .leaseLost ? .lease : .other
        default: self = .other
        }
    }

    private static func of(_ error: StorageError) -> CommitFailure {
        switch error.code {
        case .olderSchema, .newerSchema, .halfApplied: .schema
        case .instance: .instance
        case .rejectedTime: .row
        default: .other
        }
    }

    private static func of(_ error: DatabaseError) -> CommitFailure {
        if error.code == .commitUnknown { return .outcomeUnknown }
        if let state = error.sqlState, let known = of(state) { return known }
        switch error.code {
        case .connectionFailed, .connectionLost, .protocolViolation, .misuse: return .connection
        case .timeout, .cancelled: return .passing
        case .encoding: return .row
        case .options, .pooler: return .denied
        default: return .other
        }
    }

    private static func of(_ state: SQLState) -> CommitFailure? {
        switch state {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable, .queryCanceled, .objectInUse:
            return .passing
        case .adminShutdown, .crashShutdown, .cannotConnectNow: return .connection
        case .readOnlyTransaction: return .readOnly
        case .invalidCatalogName: return .schema
        case .insufficientPrivilege: return .denied
        default: break
        }
        switch state.rawValue.prefix(2) {
        case "08": return .connection
        // Also 25P03: a transaction that was suspended for too long was ended by the server.
        case "25": return .connection
        case "22", "23": return .row
        case "28": return .denied
        case "53": return .exhausted
        case "3F", "42": return .schema
        case "57": return .connection
        default: return nil
        }
    }

    /// What a person should know of it and do, when it lasts.
    package var remedy: String {
        switch self {
        case .connection: "Start the server, or see what is between; the journal keeps what comes meanwhile"
        case .outcomeUnknown: "Nothing: the position is read back"
        case .passing: "See what else works on these tables, in pg_stat_activity"
        case .exhausted: "Make room on the server: disk, memory or connections"
        case .readOnly: "Point database.url at the primary server"
        case .schema: "Run `yeoul db status`, then `yeoul db migrate`"
        case .instance: "Point database.url at the database of this data folder and exchange"
        case .denied: "Check the role's password and rights; `yeoul db migrate` grants them"
        case .lease: "Nothing while the other process works; this one takes over when it ends"
        case .row: "Look into the quarantine file"
        case .other: "Look into the server's log"
        }
    }
}
