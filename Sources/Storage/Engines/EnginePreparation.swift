import Database

/// Gives an empty database its engine, and keeps the extension of another up to date.
struct EnginePreparation {
    let options: ConnectionOptions
    let choice: EngineChoice

    func prepare(
        _ connection: Connection, record: InstanceRecord?
    ) async throws -> (EngineDecision, EngineFacts) {
        var facts = try await EngineFacts.read(connection)
        if let record {
            let decision = try EngineProbe.confirm(
                record.engine, hasContinuousAggregates: record.hasContinuousAggregates, choice: choice, facts)
            return (decision, facts)
        }
        let decision = try EngineProbe.choose(choice, facts)
        guard decision.name == .timescale, facts.installed == nil else { return (decision, facts) }
        do throws(DatabaseError) {
            try await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        } catch {
            guard error.sqlState == .insufficientPrivilege, choice == .automatic else { throw error }
            let note =
                "TimescaleDB is not used: this role may not create the extension; have an administrator run "
                + "CREATE EXTENSION timescaledb in an empty database first"
            return (EngineDecision(.native, notes: [note]), facts)
        }
        // The license shows now.
        facts = try await EngineFacts.read(connection)
        return (try EngineProbe.choose(choice, facts), facts)
    }

    /// Brings the extension to the version of the server's library, before anything else is asked: a session
    /// that met the old version cannot go on with the new one.
    func updateExtension() async throws {
        let before = try await facts()
        guard let installed = before.facts.installed, let available = before.facts.available,
            installed < available, before.facts.isPreloaded, before.engine != .native
        else { return }
        try await update(from: installed, to: available)
    }

    private func facts() async throws -> (facts: EngineFacts, engine: EngineName?) {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        return (try await EngineFacts.read(connection), try await InstanceRecord.read(connection)?.engine)
    }

    /// It must be the first statement of a session.
    private func update(from: ExtensionVersion, to: ExtensionVersion) async throws {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        do throws(DatabaseError) {
            try await connection.execute("ALTER EXTENSION timescaledb UPDATE", within: .seconds(300))
        } catch {
            // Another process may have been quicker.
            if let now = try? await facts(), now.facts.installed == to { return }
            guard error.sqlState == .insufficientPrivilege else { throw error }
            throw StorageError(
                .engine, "the server's TimescaleDB is \(to), the database still has \(from)",
                place: connection.place,
                remedy: "As the extension's owner run: psql -X -c 'ALTER EXTENSION timescaledb UPDATE'")
        }
    }
}
