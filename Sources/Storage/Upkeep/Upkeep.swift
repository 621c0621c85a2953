import Database
import Diagnostics
import Market

/// The driver of upkeep: reads the facts, has the planner say what is due, and performs it. Safe to run
/// twice, at the same time, and after having been killed anywhere.
package struct Upkeep: Sendable {
    private let options: ConnectionOptions
    private let profile: RetentionProfile
    private let archive: ArchiveFolder?
    private let limits: UpkeepSession.Limits

    /// `options` lead to the server itself: a transaction pooler has no session for the lock.
    package init(
        _ options: ConnectionOptions, profile: RetentionProfile, archive: ArchiveFolder?,
        limits: UpkeepSession.Limits = .init()
    ) {
        self.options = options
        self.profile = profile
        self.archive = archive
        self.limits = limits
    }

    /// What is due now, without doing it. `now` is the server's clock unless a test says otherwise.
    package func plan(at now: Instant? = nil) async throws -> UpkeepPlan {
        let session = try await UpkeepSession.open(options, limits: limits)
        defer { session.close() }
        return try await plan(session, try await Self.time(now, session.connection))
    }

    /// Does what is due. A step that fails is reported, and the others are done all the same; only a lost
    /// session ends the run.
    package func run(
        at now: Instant? = nil, progress: @Sendable (UpkeepAction) -> Void = { _ in }
    ) async throws -> UpkeepReport {
        var report = UpkeepReport()
        let session = try await UpkeepSession.open(options, limits: limits)
        defer { session.close() }
        guard try await UpkeepLock.take(session.connection) else {
            report.isTaken = true
            return report
        }
        let now = try await Self.time(now, session.connection)
        let plan = try await plan(session, now)
        report.held = plan.held
        report.postponedCount = plan.postponedCount
        let performer = UpkeepPerformer(
            session: session, engine: try await StorageEngines.engine(on: session.connection),
            archiver: archive.map { Archiver($0, within: limits.statement) }, now: now)
        for action in plan.actions {
            try Task.checkCancellation()
            progress(action)
            do {
                report.prunedRows += try await performer.perform(action)
                report.done.append(action)
            } catch let error as any ExplainedError {
                guard session.connection.isOpen else { throw error }
                report.failures.append(.init(action: action, error: error))
            }
        }
        try await UpkeepLock.release(session.connection)
        return report
    }

    private func plan(_ session: UpkeepSession, _ now: Instant) async throws -> UpkeepPlan {
        let facts = try await CatalogReader(session.connection).read(now: now, archive: archive)
        return UpkeepPlanner(profile: profile, facts: facts, now: now).plan()
    }

    static func time(_ now: Instant?, _ connection: Connection) async throws -> Instant {
        if let now { return now }
        let row = try await connection.query("SELECT clock_timestamp()").single()
        return Instant(microseconds: try row.value(0, as: Timestamp.self).microseconds)
    }
}
