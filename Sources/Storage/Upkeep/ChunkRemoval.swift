import Database
import Market

/// What an engine needs to drop a chunk: the session of the upkeep, and the archive when it is to be archived.
package struct ChunkRemoval: Sendable {
    /// A chunk that changes each time it was archived is left for the next run after so many times.
    static let archiveRoundsMax = 3

    let session: UpkeepSession
    /// Nil: the chunk is dropped without an archive.
    let archiver: Archiver?
    let now: Instant

    var connection: Connection { session.connection }

    /// Writes the chunk to the archive; nil when it needs none.
    func archive(_ chunk: ChunkFacts, of table: String) async throws -> RowFingerprint? {
        try await archiver?.archive(chunk, of: table, on: connection, now: now)
    }

    func fingerprint(_ chunk: ChunkFacts) async throws -> RowFingerprint {
        let columns = try await Archiver.columns(of: chunk.schema, chunk.name, on: connection)
        return try await RowFingerprint.read(
            connection, schema: chunk.schema, table: chunk.name, columns: columns,
            within: session.limits.statement)
    }
}
