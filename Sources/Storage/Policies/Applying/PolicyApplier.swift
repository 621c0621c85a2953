import Database
import Market

/// Plans and applies a profile.
package struct PolicyApplier: Sendable {
    private let options: ConnectionOptions
    private let profile: RetentionProfile
    private let limits: UpkeepSession.Limits

    /// `options` lead to the server itself: a transaction pooler has no session for the lock.
    package init(
        _ options: ConnectionOptions, profile: RetentionProfile, limits: UpkeepSession.Limits = .init()
    ) {
        self.options = options
        self.profile = profile
        self.limits = limits
    }

    /// The difference between the profile and the database.
    package func plan(at now: Instant? = nil) async throws -> PolicyPlan {
        let session = try await UpkeepSession.open(options, limits: limits)
        defer { session.close() }
        return try await plan(session, now)
    }

    /// Makes the database as the profile wants it, or refuses as a whole and changes nothing.
    package func apply(at now: Instant? = nil) async throws -> PolicyPlan {
        let session = try await UpkeepSession.open(options, limits: limits)
        defer { session.close() }
        guard try await UpkeepLock.take(session.connection) else {
            throw StorageError(
                .busy, "another process does the upkeep or applies policies", place: session.connection.place,
                remedy: "Try again when it is done")
        }
        let plan = try await plan(session, now)
        if let refusal = plan.refusal { throw refusal }
        let engine = try await StorageEngines.engine(on: session.connection)
        for change in plan.changes {
            try await session.retrying("\(change.table): \(change)") {
                try await session.connection.transaction(within: limits.statement) { connection in
                    for statement in try engine.statements(for: change) {
                        try await connection.query(
                            statement.sql, statement.parameters, within: limits.statement)
                    }
                }
            }
        }
        try await UpkeepLock.release(session.connection)
        return plan
    }

    private func plan(_ session: UpkeepSession, _ now: Instant?) async throws -> PolicyPlan {
        let now = try await Upkeep.time(now, session.connection)
        let facts = try await CatalogReader(session.connection).read(now: now)
        return PolicyPlanner(profile: profile, facts: facts, now: now).plan()
    }
}
