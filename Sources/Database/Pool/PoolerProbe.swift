/// Finds out whether a connection leads to the server itself, or to a pooler that gives each transaction
/// another session, where LISTEN, advisory locks, prepared statements and SET do not work.
package enum PoolerProbe {
    package enum Path: Sendable, Equatable {
        case direct
        /// A pooler that keeps one session a connection, as far as can be shown.
        case sessionPooler
        case transactionPooler
    }

    /// On a quiet pooler the first attempt shows it; on a busy one others may take the session in between.
    static let attemptsMax = 5
    /// A full session pooler gives the second connection no session: it need not be waited for long.
    static let secondLimit: Duration = .seconds(1)

    /// A pooler announces a process number of its own making, the server tells the true one: where they
    /// differ stands a pooler. Two living connections with one process then show transaction pooling.
    package static func path(of connection: Connection) async throws(DatabaseError) -> Path {
        let announced = try connection.backendProcess()
        if try await process(of: connection) == announced { return .direct }
        guard let other = try? await Connection.connect(connection.options) else { return .sessionPooler }
        defer { other.abandon() }
        for _ in 0..<attemptsMax {
            let served = try await process(of: connection)
            guard let held = try await processInTransaction(of: other) else { return .sessionPooler }
            if held == served { return .transactionPooler }
            try await other.execute("ROLLBACK")
        }
        return .sessionPooler
    }

    /// The error to stop with when `connection` leads to a transaction pooler and `feature` needs a session.
    package static func refuseTransactionPooler(
        _ connection: Connection, for feature: String
    ) async throws(DatabaseError) {
        guard try await path(of: connection) == .transactionPooler else { return }
        throw DatabaseError(
            .pooler, "\(feature) needs a session of its own, and a transaction pooler answers here",
            place: connection.place,
            remedy: "Set database.direct_url to the PostgreSQL server itself, past the pooler")
    }

    private static func process(of connection: Connection) async throws(DatabaseError) -> Int32 {
        try await connection.query("SELECT pg_backend_pid()").single().value(0)
    }

    /// Begins a transaction, which keeps its session from others; nil when no session could be had.
    private static func processInTransaction(of connection: Connection) async throws(DatabaseError) -> Int32?
    {
        do throws(DatabaseError) {
            _ = try await connection.perform(ScriptOperation("BEGIN"), within: secondLimit)
            return try await process(of: connection)
        } catch {
            if error.code == .cancelled { throw error }
            return nil
        }
    }
}
