import Database

/// What the two engines do differently; `NativeEngine` and `TimescaleEngine` are the only ones.
///
/// Everything else in Storage is the same on both. Migrations and writers do not even ask which one it is:
/// they call `ops.create_time_table` (a time table), `ops.ensure_partitions` (room for rows) and
/// `ops.partition_ranges` (what there is), which know the engine of their database.
package protocol StorageEngine: Sendable {
    /// What the planners of policies and upkeep decide by.
    var abilities: EngineAbilities { get }

    /// Adds what the catalog knows of chunks, jobs and statistics.
    func addFacts(to facts: inout CatalogFacts, from connection: Connection) async throws

    /// The statements that make a change of policy.
    func statements(for change: PolicyChange) throws -> [PolicyStatement]

    /// Drops a chunk. What is to be archived is dropped only as it was archived.
    func drop(_ chunk: ChunkFacts, of table: String, with removal: ChunkRemoval) async throws
}

extension StorageEngine {
    /// New chunks of a time table cover another length: for writers and the upkeep.
    func noteChunk(of table: String, _ length: TimeSpan) -> PolicyStatement {
        PolicyStatement(
            "UPDATE ops.time_tables SET part_length = $2::interval, updated_at = now() WHERE table_name = $1",
            [.text(table), .inferred(length.interval)])
    }
}
