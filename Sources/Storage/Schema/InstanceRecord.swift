import Database

/// The row of `ops.instance`.
package struct InstanceRecord: Sendable, Equatable {
    package var instance: Instance
    package var engine: EngineName
    package var hasContinuousAggregates: Bool
    package var schemaVersion: Int

    package init(
        instance: Instance, engine: EngineName, hasContinuousAggregates: Bool = false, schemaVersion: Int
    ) {
        self.instance = instance
        self.engine = engine
        self.hasContinuousAggregates = hasContinuousAggregates
        self.schemaVersion = schemaVersion
    }

    /// Nil when the database has no schema of ours.
    package static func read(_ connection: Connection) async throws -> InstanceRecord? {
        let present = try await connection.query("SELECT to_regclass('ops.instance') IS NOT NULL").single()
        guard try present.value(0, as: Bool.self) else { return nil }
        let rows = try await connection.query(
            "SELECT exchange, simulated, data_folder_id, engine, continuous_aggregates, schema_version FROM ops.instance"
        )
        guard let row = rows.first else { return nil }
        let word: String = try row.value("engine")
        guard let engine = EngineName(rawValue: word) else {
            throw StorageError(
                .newerSchema, "this program does not know the engine `\(word)`", place: "ops.instance",
                remedy: "Use the program that migrated the database")
        }
        return InstanceRecord(
            instance: Instance(
                exchange: try row.value("exchange"), isSimulated: try row.value("simulated"),
                dataFolderID: try row.value("data_folder_id")),
            engine: engine, hasContinuousAggregates: try row.value("continuous_aggregates"),
            schemaVersion: try row.value("schema_version"))
    }

    /// Refuses a database that is for something else. No connection.
    package func check(is expected: Instance) throws(StorageError) {
        func refuse(_ what: String, _ remedy: String) -> StorageError {
            StorageError(.instance, what, place: "ops.instance", remedy: remedy)
        }
        guard instance.exchange == expected.exchange else {
            throw refuse(
                "the database holds data of \(instance.exchange), the configuration says \(expected.exchange)",
                "Set the exchange to \(instance.exchange), or give \(expected.exchange) a database of its own"
            )
        }
        guard instance.isSimulated == expected.isSimulated else {
            throw refuse(
                instance.isSimulated
                    ? "the database holds simulated data, the configuration names the real exchange"
                    : "the database holds real data, the configuration names the built-in exchange",
                "Use another database: simulated and real data never share one")
        }
        guard instance.dataFolderID == expected.dataFolderID else {
            throw refuse(
                "the database belongs to the data folder \(instance.dataFolderID), not to \(expected.dataFolderID)",
                "Use that data folder, or another database; after moving to a new folder on purpose run "
                    + "UPDATE ops.instance SET data_folder_id = '\(expected.dataFolderID)' as the owner")
        }
    }

    /// Refuses a schema that this program was not made for. No connection.
    package func check(schema known: Int) throws(StorageError) {
        if schemaVersion > known {
            throw StorageError(
                .newerSchema, "the schema has version \(schemaVersion), this program knows \(known)",
                place: "ops.instance", remedy: "Use the newer program that migrated it")
        }
        if schemaVersion < known {
            throw StorageError(
                .olderSchema, "the schema has version \(schemaVersion), this program needs \(known)",
                place: "ops.instance", remedy: "Run `yeoul db migrate`")
        }
    }
}
