import Diagnostics

/// What went wrong between us and a PostgreSQL server, and what to do about it.
package struct DatabaseError: ExplainedError, Equatable {
    package enum Code: String, Sendable {
        /// The options make no connection: a malformed URL, an unknown keyword.
        case options
        /// No session came about: refused, unreachable, wrong password, no such database, TLS.
        case connectionFailed
        /// The session ended under us. What was being done may or may not have happened.
        case connectionLost
        /// The answer to COMMIT was lost: look up whether it happened before doing it again.
        case commitUnknown
        /// The deadline passed; the statement was cancelled or the connection closed.
        case timeout
        /// The task was cancelled; so was the statement.
        case cancelled
        /// The server refused the statement; `sqlState` and `server` say why.
        case serverError
        /// A transaction's end was ROLLBACK although COMMIT was asked for.
        case transactionAborted
        /// The server sent what the protocol does not allow.
        case protocolViolation
        /// A value read is not of the type asked for.
        case decoding
        /// A value cannot be written in PostgreSQL's format.
        case encoding
        /// One of our own bounds was reached.
        case limit
        /// The caller broke a rule: two tasks on one connection, a closed connection.
        case misuse
        /// A transaction pooler stands where a session is needed.
        case pooler
    }

    package var code: Code
    package var what: String
    package var place: String?
    package var remedy: String?
    /// What the server said, when it said something.
    package var server: ServerMessage?

    package init(
        _ code: Code, _ what: String, place: String? = nil, remedy: String? = nil,
        server: ServerMessage? = nil
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.server = server
    }

    /// The five characters that name the server's error, also when the connection ended with it.
    package var sqlState: SQLState? { server?.sqlState }

    /// Whether the same thing, done again on a good connection, may succeed.
    ///
    /// `commitUnknown` is not among them: the work may have been done already.
    package var isTransient: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .timeout:
            return server?.sqlState.isTransient ?? true
        case .serverError:
            return server?.sqlState.isTransient ?? false
        default:
            return false
        }
    }
}
