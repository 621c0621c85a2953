import Database

/// A session as upkeep needs it: it waits for no lock long enough for a writer behind it to notice, and
/// tries again a bounded number of times instead.
package struct UpkeepSession: Sendable {
    package struct Limits: Sendable {
        /// How long a statement waits for a lock. Whoever comes after it waits as long, so it stays well
        /// under the two seconds that a writer may wait.
        package var lockMilliseconds = 1_000
        /// How long a statement may take: an index of a large partition, a chunk's COPY between two pieces.
        package var statement: Duration = .seconds(900)
        package var attemptsMax = 4
        package var firstPause: Duration = .milliseconds(300)

        package init() {}
    }

    let connection: Connection
    let limits: Limits

    /// Connects, and sets the session up.
    static func open(_ options: ConnectionOptions, limits: Limits) async throws -> UpkeepSession {
        let connection = try await Connection.connect(options)
        do {
            let facts = try await EngineFacts.read(connection)
            var path = ["market", "ops", "public"]
            if let schema = facts.extensionSchema, !path.contains(schema) { path.append(schema) }
            let names = try path.map { try quotedIdentifier($0) }.joined(separator: ", ")
            try await connection.execute(
                """
                SET lock_timeout = \(limits.lockMilliseconds);
                SET search_path = \(names);
                SET "TimeZone" = 'UTC';
                SET client_min_messages = 'warning';
                SET idle_in_transaction_session_timeout = '300s'
                """)
            return UpkeepSession(connection: connection, limits: limits)
        } catch {
            try? connection.close()
            throw error
        }
    }

    func close() { try? connection.close() }

    /// Does `body`, and again while others hold a lock that it needs.
    func retrying<R>(_ what: String, _ body: () async throws -> R) async throws -> R {
        var retry = BoundedRetry(
            attemptsMax: limits.attemptsMax, first: limits.firstPause, longest: .seconds(3))
        while true {
            do {
                return try await body()
            } catch let error as DatabaseError {
                guard error.isTransient, connection.isOpen else { throw error }
                guard let pause = retry.next() else {
                    throw StorageError(
                        .busy, "\(what): tried \(retry.attempts) times: \(error.what)", place: error.place,
                        remedy: "Nothing is lost: the next run tries again. End long transactions "
                            + "(pg_stat_activity) when it never succeeds")
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// A statement outside transactions; many of ours are refused inside one.
    func execute(_ sql: String) async throws {
        try await connection.execute(sql, within: limits.statement)
    }
}
