import Database

/// How far a journal is committed, for those who only look.
package enum StoredPosition {
    /// Nil when the database has nothing of this journal.
    package static func read(journal: String, on connection: Connection) async throws -> UInt64? {
        let rows = try await connection.query(
            "SELECT position FROM ops.journal_positions WHERE journal_id = $1 ORDER BY id DESC LIMIT 1",
            [.text(journal)])
        return try rows.first.map { UInt64(try $0.value(0, as: Int64.self)) }
    }
}
