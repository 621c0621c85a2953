/// The five characters by which PostgreSQL names an error.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package static let uniqueViolation = SQLState(rawValue: "23505")
    package static let checkViolation = SQLState(rawValue: "23514")
    package static let foreignKeyViolation = SQLState(rawValue: "23503")
    package static let notNullViolation = SQLState(rawValue: "23502")
    package static let readOnlyTransaction = SQLState(rawValue: "25006")
    package static let invalidStatementName = SQLState(rawValue: "26000")
    package static let invalidAuthorization = SQLState(rawValue: "28000")
    package static let invalidPassword = SQLState(rawValue: "28P01")
    package static let invalidCatalogName = SQLState(rawValue: "3D000")
    package static let serializationFailure = SQLState(rawValue: "40001")
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    package static let duplicatePreparedStatement = SQLState(rawValue: "42P05")
    package static let duplicateDatabase = SQLState(rawValue: "42P04")
    package static let undefinedTable = SQLState(rawValue: "42P01")
    package static let diskFull = SQLState(rawValue: "53100")
    package static let outOfMemory = SQLState(rawValue: "53200")
    package static let tooManyConnections = SQLState(rawValue: "53300")
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    package static let objectInUse = SQLState(rawValue: "55006")
    package static let queryCanceled = SQLState(rawValue: "57014")
    package static let adminShutdown = SQLState(rawValue: "57P01")
    package static let crashShutdown = SQLState(rawValue: "57P02")
    package static let cannotConnectNow = SQLState(rawValue: "57P03")

    /// Whether doing it again may help without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .serializationFailure, .deadlockDetected, .tooManyConnections, .lockNotAvailable,
            .objectInUse, .queryCanceled, .adminShutdown, .crashShutdown, .cannotConnectNow,
            .outOfMemory, .diskFull:
            return true
        default:
            return rawValue.hasPrefix("08")
        }
    }

    /// What to do, for errors where the server's own hint is usually empty.
    package var remedy: String? {
        switch self {
        case .invalidPassword:
            "Check the user and password of the connection, and percent-encode special characters in a URL"
        case .invalidAuthorization:
            "Check the user, and that pg_hba.conf lets it in from this machine"
        case .invalidCatalogName:
            "Create the database or correct its name"
        case .insufficientPrivilege:
            "Connect as a role with this right, or grant it"
        case .tooManyConnections:
            "Close other sessions, lower the pool's size, or raise max_connections"
        case .cannotConnectNow:
            "The server is starting or stopping: try again shortly"
        case .readOnlyTransaction:
            "Connect to the primary server: this one, or this transaction, only reads"
        case .deadlockDetected, .serializationFailure:
            "Run the transaction again"
        case .lockNotAvailable:
            "Another session holds the lock: try again, or look into pg_stat_activity"
        case .diskFull:
            "Make room on the server's disk"
        case .queryCanceled:
            "Someone cancelled the statement, or statement_timeout was reached"
        default:
            nil
        }
    }
}
