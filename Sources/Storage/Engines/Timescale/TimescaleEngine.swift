import Database
import Market

/// Hypertables. Under the community license TimescaleDB compresses, drops and keeps statistics by its own
/// jobs; its Apache build has none of these.
struct TimescaleEngine: StorageEngine {
    let isLicensed: Bool
    /// The columnstore's names of 2.18 and newer, or the older ones.
    let usesColumnstoreNames: Bool

    var abilities: EngineAbilities { .timescale(isLicensed: isLicensed) }

    func addFacts(to facts: inout CatalogFacts, from connection: Connection) async throws {
        try await HypertableReader(connection).add(to: &facts)
    }

    func statements(for change: PolicyChange) throws -> [PolicyStatement] {
        try HypertableStatements(usesColumnstoreNames: usesColumnstoreNames).statements(
            for: change, noteChunk)
    }

    /// Archived while everybody may still write, then locked and compared: what came in meanwhile makes
    /// another round.
    func drop(_ chunk: ChunkFacts, of table: String, with removal: ChunkRemoval) async throws {
        let session = removal.session
        for _ in 0..<ChunkRemoval.archiveRoundsMax {
            let archived = try await removal.archive(chunk, of: table)
            let isDropped = try await session.retrying("dropping \(chunk.name)") {
                try await session.connection.transaction(within: session.limits.statement) { connection in
                    let name = try quotedIdentifier(chunk.schema, chunk.name)
                    try await connection.execute("LOCK TABLE \(name) IN ACCESS EXCLUSIVE MODE")
                    if let archived, try await removal.fingerprint(chunk) != archived { return false }
                    try await connection.query(
                        "SELECT drop_chunks($1::text::regclass, older_than => $2, newer_than => $3)",
                        [
                            .text(try quotedIdentifier("market", table)),
                            .timestamp(microseconds: chunk.range.upperBound.microseconds),
                            .timestamp(microseconds: chunk.range.lowerBound.microseconds),
                        ], within: session.limits.statement)
                    return true
                }
            }
            if isDropped { return }
        }
        throw StorageError(
            .busy, "rows came into \(chunk.name) each time it had been archived", place: chunk.name,
            remedy: "Nothing was dropped. The next run tries again; find out what writes rows that old")
    }
}
