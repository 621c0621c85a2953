import Database

/// What tells whether a chunk changed since it was read a moment ago. Raw rows are only ever added, so
/// their number says it; rows that are changed count their changes in `revision`. It is cheap, since
/// writers wait meanwhile; it says nothing about rows that were read at another time.
package struct RowFingerprint: Hashable, Sendable {
    var rows: Int
    var revisionSum: String?

    static func read(
        _ connection: Connection, schema: String, table: String, columns: [ArchiveManifest.Column],
        within limit: Duration
    ) async throws -> RowFingerprint {
        let hasRevision = columns.contains { $0.name == "revision" }
        let sum = hasRevision ? "coalesce(sum(revision), 0)::text" : "NULL::text"
        let row = try await connection.query(
            "SELECT count(*) AS rows, \(sum) AS revisions FROM \(quotedIdentifier(schema, table))",
            within: limit
        ).single()
        return RowFingerprint(rows: try row.value("rows"), revisionSum: try row.optional("revisions"))
    }
}
