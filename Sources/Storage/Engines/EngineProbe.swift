/// Chooses the engine of an empty database, and checks that of another, from facts. No connection.
package enum EngineProbe {
    /// Below it, `ON CONFLICT DO NOTHING` on a compressed chunk could stop at the first conflict and lose
    /// rows, so that "exactly once" would not hold.
    package static let timescaleFloor = ExtensionVersion(2, 17, 3)
    package static let serverFloor = 150_000

    /// The engine for an empty database. The license is known only once the extension is there: ask again
    /// then, with `isInstalled`.
    package static func choose(_ choice: EngineChoice, _ facts: EngineFacts) throws(StorageError)
        -> EngineDecision
    {
        try checkServer(facts)
        if choice == .native { return EngineDecision(.native) }
        guard let obstacle = obstacle(facts) else { return timescale(facts) }
        // Whoever installed an extension that is too old means to use it.
        if choice == .timescale || (facts.installed ?? timescaleFloor) < timescaleFloor { throw obstacle }
        let note = facts.available == nil ? [] : ["TimescaleDB is not used: \(obstacle.what)"]
        return EngineDecision(.native, notes: note)
    }

    /// Checks that the engine which a database was made with still works.
    package static func confirm(
        _ name: EngineName, hasContinuousAggregates: Bool, choice: EngineChoice, _ facts: EngineFacts
    ) throws(StorageError) -> EngineDecision {
        try checkServer(facts)
        guard choice == .automatic || choice.rawValue == name.rawValue else {
            throw StorageError(
                .engine, "the database was made with the engine \(name.rawValue), not \(choice.rawValue)",
                place: "ops.instance",
                remedy: "Set the engine to automatic or \(name.rawValue), or use an empty database")
        }
        guard name == .timescale else { return EngineDecision(.native) }
        if let obstacle = obstacle(facts) { throw obstacle }
        if hasContinuousAggregates && facts.license == "apache" {
            throw StorageError(
                .engine,
                "the database has continuous aggregates, and TimescaleDB now runs under its Apache license",
                place: "timescaledb.license", remedy: "Set timescaledb.license = timescale on the server")
        }
        var decision = timescale(facts)
        decision.hasContinuousAggregates = hasContinuousAggregates
        return decision
    }

    private static func timescale(_ facts: EngineFacts) -> EngineDecision {
        guard facts.license == "apache" else {
            return EngineDecision(.timescale, hasContinuousAggregates: true)
        }
        return EngineDecision(
            .timescale,
            notes: [
                "TimescaleDB runs under its Apache license: hypertables without columnstore; statistics are "
                    + "plain views"
            ])
    }

    /// Why TimescaleDB cannot be used, if so.
    private static func obstacle(_ facts: EngineFacts) -> StorageError? {
        guard let version = facts.installed ?? facts.available else {
            return StorageError(
                .engine, "the server has no TimescaleDB",
                remedy: "Install the extension on the server, or choose the engine native")
        }
        if facts.installed != nil, facts.available == nil {
            return StorageError(
                .engine, "the database uses TimescaleDB \(version), which this server does not have",
                place: "pg_available_extensions",
                remedy:
                    "Install TimescaleDB \(version) for this PostgreSQL and restart it, or go back to the "
                    + "server that has it; nothing was changed")
        }
        if version < timescaleFloor {
            return StorageError(
                .engine, "TimescaleDB \(version) is older than \(timescaleFloor), the oldest supported",
                remedy: "Update the extension on the server: older ones may lose rows on compressed chunks")
        }
        if !facts.isPreloaded {
            return StorageError(
                .engine, "the server has TimescaleDB but did not load it at start",
                place: "shared_preload_libraries",
                remedy: "Set shared_preload_libraries = 'timescaledb' and restart the server")
        }
        return nil
    }

    private static func checkServer(_ facts: EngineFacts) throws(StorageError) {
        guard facts.serverVersion >= serverFloor else {
            throw StorageError(
                .engine, "PostgreSQL \(facts.serverVersion / 10_000) is older than 15, the oldest supported",
                remedy: "Use PostgreSQL 15 to 18")
        }
    }
}
