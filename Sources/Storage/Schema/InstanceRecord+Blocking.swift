import Database

extension InstanceRecord {
    /// The same door as `SchemaGate.require`, for a thread of our own.
    package static func require(
        _ expected: Instance, schema known: Int, on connection: BlockingConnection
    ) throws {
        let present = try connection.query("SELECT to_regclass('ops.instance') IS NOT NULL").single()
        let rows =
            try present.value(0, as: Bool.self)
            ? try connection.query(
                "SELECT exchange, simulated, data_folder_id, schema_version FROM ops.instance") : nil
        guard let row = rows?.first else {
            throw StorageError(
                .olderSchema, "the database has no schema of Yeoul", place: connection.connection.place,
                remedy: "Run `yeoul db migrate`")
        }
        let record = InstanceRecord(
            instance: Instance(
                exchange: try row.value("exchange"), isSimulated: try row.value("simulated"),
                dataFolderID: try row.value("data_folder_id")),
            engine: .native, schemaVersion: try row.value("schema_version"))
        try record.check(is: expected)
        try record.check(schema: known)
    }
}
