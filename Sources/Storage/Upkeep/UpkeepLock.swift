import Database

/// One upkeep at a time works on a database, whichever processes want to.
enum UpkeepLock {
    /// "upkeep" in ASCII.
    static let key: Int64 = 0x75_706B_6565_70

    /// False when another has it. It ends with the session, however that ends.
    static func take(_ connection: Connection) async throws -> Bool {
        let row = try await connection.query("SELECT pg_try_advisory_lock($1)", [.int64(key)]).single()
        return try row.value(0)
    }

    static func release(_ connection: Connection) async throws {
        try await connection.query("SELECT pg_advisory_unlock($1)", [.int64(key)])
    }
}
