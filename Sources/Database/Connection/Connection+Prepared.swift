extension Connection {
    /// Runs a statement that the server parses and plans once a session: for what runs again and again.
    ///
    /// Through a transaction pooler prepared statements vanish. The first that did is run again as an
    /// ordinary one, and so are all that follow (`hasLostPreparedStatements`); inside a transaction the
    /// error must end it, and is of code `pooler`.
    @discardableResult
    package func prepared(
        _ sql: String, _ parameters: [DatabaseValue] = [], within limit: Duration? = nil
    ) async throws(DatabaseError) -> QueryResult {
        let statement = try Statement(sql, parameters)
        try refuseWhenCancelled()
        try claim()
        defer { release() }
        guard link.statements.isEnabled else { return try await runUnnamed(statement, within: limit) }
        do throws(DatabaseError) {
            let name = try await preparedName(statement, within: limit)
            return try await run(
                QueryOperation(statement, name: name, resultBytesMax: options.resultBytesMax), within: limit)
        } catch {
            guard PreparedLoss.isLoss(error) else { throw error }
            link.statements.disable()
            guard try link.transactionState() == .idle else { throw PreparedLoss.error(error) }
            return try await runUnnamed(statement, within: limit)
        }
    }

    /// Whether this session lost a statement that it had prepared.
    package func hasLostPreparedStatements() throws(DatabaseError) -> Bool {
        try claim()
        defer { release() }
        return !link.statements.isEnabled
    }

    private func runUnnamed(_ statement: Statement, within limit: Duration?) async throws(DatabaseError)
        -> QueryResult
    {
        try await run(QueryOperation(statement, resultBytesMax: options.resultBytesMax), within: limit)
    }

    private func preparedName(_ statement: Statement, within limit: Duration?) async throws(DatabaseError)
        -> String
    {
        let key = StatementCache.Key(sql: statement.sql, types: statement.parameters.map(\.type))
        switch link.statements.plan(for: key) {
        case .ready(let name):
            return name
        case .prepare(let name, let dropped):
            if let dropped {
                _ = try await run(ScriptOperation("DEALLOCATE \(quotedIdentifier(dropped))"), within: limit)
            }
            try await run(PrepareOperation(statement, name: name), within: limit)
            link.statements.didPrepare(key, name: name)
            return name
        }
    }
}

extension BlockingConnection {
    /// Runs a statement that the server plans once a session, like the other form.
    @discardableResult
    package func prepared(
        _ sql: String, _ parameters: [DatabaseValue] = [], within limit: Duration? = nil
    ) throws(DatabaseError) -> QueryResult {
        let statement = try Statement(sql, parameters)
        try connection.claim()
        defer { connection.release() }
        let link = connection.link
        let unnamed = QueryOperation(statement, resultBytesMax: connection.options.resultBytesMax)
        guard link.statements.isEnabled else { return try run(unnamed, within: limit) }
        do throws(DatabaseError) {
            let name = try preparedName(statement, within: limit)
            return try run(
                QueryOperation(statement, name: name, resultBytesMax: connection.options.resultBytesMax),
                within: limit)
        } catch {
            guard PreparedLoss.isLoss(error) else { throw error }
            link.statements.disable()
            guard try link.transactionState() == .idle else { throw PreparedLoss.error(error) }
            return try run(unnamed, within: limit)
        }
    }

    private func preparedName(_ statement: Statement, within limit: Duration?) throws(DatabaseError) -> String
    {
        let key = StatementCache.Key(sql: statement.sql, types: statement.parameters.map(\.type))
        switch connection.link.statements.plan(for: key) {
        case .ready(let name):
            return name
        case .prepare(let name, let dropped):
            if let dropped {
                _ = try run(ScriptOperation("DEALLOCATE \(quotedIdentifier(dropped))"), within: limit)
            }
            try run(PrepareOperation(statement, name: name), within: limit)
            connection.link.statements.didPrepare(key, name: name)
            return name
        }
    }
}

/// The sign of a transaction pooler: the session that has our statements is not the one that answers.
enum PreparedLoss {
    static func isLoss(_ error: DatabaseError) -> Bool {
        error.code == .serverError
            && (error.sqlState == .invalidStatementName || error.sqlState == .duplicatePreparedStatement)
    }

    static func error(_ error: DatabaseError) -> DatabaseError {
        DatabaseError(
            .pooler, "a prepared statement vanished, as through a transaction pooler: \(error.what)",
            place: error.place,
            remedy:
                "Run the transaction again (this connection prepares no more), and set database.direct_url "
                + "to the server itself", server: error.server)
    }
}
