import Database

/// The door that every role goes through before it touches a database.
package enum SchemaGate {
    /// The record of a database that is ours, of this exchange, and as new as the program; an error with
    /// what to do otherwise.
    package static func require(
        _ expected: Instance, on connection: Connection, known: Int? = nil
    ) async throws -> InstanceRecord {
        let record = try await require(on: connection, known: known)
        try record.check(is: expected)
        return record
    }

    /// The same of any exchange and data folder, for those who only look.
    package static func require(on connection: Connection, known: Int? = nil) async throws -> InstanceRecord {
        guard let record = try await InstanceRecord.read(connection) else {
            throw StorageError(
                .olderSchema, "the database has no schema of Yeoul", place: connection.place,
                remedy: "Run `yeoul db migrate`")
        }
        try record.check(schema: try known ?? MigrationSet.embedded().newestNumber)
        return record
    }
}
