import Database

/// The engine of a database, from its record and its server.
package enum StorageEngines {
    package static func engine(on connection: Connection) async throws -> any StorageEngine {
        guard let record = try await InstanceRecord.read(connection) else {
            throw StorageError(
                .olderSchema, "the database has no schema of Yeoul", place: connection.place,
                remedy: "Run `yeoul db migrate`")
        }
        return engine(record.engine, try await EngineFacts.read(connection))
    }

    static func engine(_ name: EngineName, _ server: EngineFacts) -> any StorageEngine {
        switch name {
        case .native: NativeEngine()
        case .timescale:
            TimescaleEngine(
                isLicensed: server.license == "timescale",
                usesColumnstoreNames: (server.installed ?? ExtensionVersion(0)) >= ExtensionVersion(2, 18))
        }
    }
}
