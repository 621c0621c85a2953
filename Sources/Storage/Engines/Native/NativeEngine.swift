import Database

/// Range partitions of PostgreSQL, which we make, index and drop ourselves.
struct NativeEngine: StorageEngine {
    let abilities = EngineAbilities.native

    func addFacts(to facts: inout CatalogFacts, from connection: Connection) async throws {
        try await PartitionReader(connection).add(to: &facts)
    }

    /// There is no columnstore and there are no jobs, so the length of new partitions is all.
    func statements(for change: PolicyChange) throws -> [PolicyStatement] {
        guard case .setChunk(let table, _, let length) = change else { return [] }
        return [noteChunk(of: table, length)]
    }

    func drop(_ chunk: ChunkFacts, of table: String, with removal: ChunkRemoval) async throws {
        try await PartitionDrop(removal).drop(chunk, table)
    }
}
