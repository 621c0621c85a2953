import Database
import Market

/// Performs single steps. Each checks again what matters, since the plan is as old as the run.
struct UpkeepPerformer {
    let session: UpkeepSession
    let engine: any StorageEngine
    let archiver: Archiver?
    let now: Instant

    private var connection: Connection { session.connection }

    /// Returns the rows that were pruned.
    func perform(_ action: UpkeepAction) async throws -> Int {
        switch action {
        case .makePartition(let table, let range):
            // A part of the range makes the whole; the function refuses times far from now.
            let until = min(
                range.upperBound, max(now.adding(seconds: 86_400), range.lowerBound.adding(seconds: 1)))
            _ = try await session.retrying("making a partition of \(table)") {
                try await connection.query(
                    "SELECT ops.ensure_partitions($1, $2, $3)",
                    [
                        .text(table), .timestamp(microseconds: range.lowerBound.microseconds),
                        .timestamp(microseconds: until.microseconds),
                    ], within: session.limits.statement)
            }
        case .finishDetach(let table, let chunk):
            let removal = ChunkRemoval(session: session, archiver: nil, now: now)
            _ = try await PartitionDrop(removal).finishDetach(chunk, table)
        case .indexChunk(_, let chunk, _):
            try await index(chunk)
        case .dropChunk(let table, let chunk, let isArchived):
            try await drop(chunk, of: table, isArchived: isArchived)
        case .pauseRetention(_, let job, _):
            try await connection.query("SELECT alter_job($1, scheduled => false)", [.int32(job)])
        case .resumeRetention(_, let job):
            try await connection.query("SELECT alter_job($1, scheduled => true)", [.int32(job)])
        case .runJob(let job):
            // CALL takes no parameters; outside a transaction it may commit piece by piece.
            try await session.retrying("running job \(job.id)") {
                try await session.execute("CALL run_job(\(job.id))")
            }
        case .prune(let rule):
            return try await Pruner(session: session, now: now).prune(rule)
        }
        return 0
    }

    // MARK: Indexes

    /// Built without a lock that a writer would wait for. What an interrupted build left goes first.
    private func index(_ chunk: ChunkFacts) async throws {
        let name = PartitionReader.symbolIndexName(of: chunk.name)
        let index = try quotedIdentifier(chunk.schema, name)
        let table = try quotedIdentifier(chunk.schema, chunk.name)
        try await session.retrying("indexing \(chunk.name)") {
            try await session.execute("DROP INDEX CONCURRENTLY IF EXISTS \(index)")
            try await session.execute(
                "CREATE INDEX CONCURRENTLY \(quotedIdentifier(name)) ON \(table) (symbol, time)")
        }
    }

    // MARK: The end of a chunk

    private func drop(_ chunk: ChunkFacts, of table: String, isArchived: Bool) async throws {
        let removal = ChunkRemoval(
            session: session, archiver: try isArchived ? requireArchiver(table) : nil, now: now)
        try await engine.drop(chunk, of: table, with: removal)
    }

    private func requireArchiver(_ table: String) throws(StorageError) -> Archiver {
        if let archiver { return archiver }
        throw StorageError(
            .archive, "\(table) is to be archived before it is dropped, and there is no folder for archives",
            remedy: "Set storage.archive, or archive: no in the retention profile")
    }
}
