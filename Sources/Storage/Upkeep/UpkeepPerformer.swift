import Database
import Market

/// Performs single steps. Each checks again what matters, since the plan is as old as the run.
struct UpkeepPerformer {
    /// A chunk that changes each time it was archived is left for the next run after so many times.
    private static let archiveRoundsMax = 3

    let session: UpkeepSession
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
            try await finishDetach(table, chunk)
        case .indexChunk(_, let chunk, _):
            try await index(chunk)
        case .dropChunk(let table, let chunk, let isArchived):
            try await drop(chunk, of: table, isArchived: isArchived)
        case .pauseRetention(_, let job, _):
            try await connection.query("SELECT alter_job($1, scheduled => false)", [.int32(job)])
        case .resumeRetention(_, let job):
            try await connection.query("SELECT alter_job($1, scheduled => true)", [.int32(job)])
        case .prune(let rule):
            return try await Pruner(session: session, now: now).prune(rule)
        }
        return 0
    }

    // MARK: Indexes

    /// Built without a lock that a writer would wait for. What an interrupted build left goes first.
    private func index(_ chunk: ChunkFacts) async throws {
        let name = CatalogReader.symbolIndexName(of: chunk.name)
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
        let archiver = try isArchived ? requireArchiver(table) : nil
        if chunk.schema == "market" {
            try await dropPartition(chunk, table, archiver)
        } else {
            try await dropHypertableChunk(chunk, table, archiver)
        }
    }

    private func requireArchiver(_ table: String) throws(StorageError) -> Archiver {
        if let archiver { return archiver }
        throw StorageError(
            .archive, "\(table) is to be archived before it is dropped, and there is no folder for archives",
            remedy: "Set storage.archive, or archive: no in the retention profile")
    }

    /// Archived while everybody may still write, then locked and compared: what came in meanwhile makes
    /// another round.
    private func dropHypertableChunk(_ chunk: ChunkFacts, _ table: String, _ archiver: Archiver?) async throws
    {
        for _ in 0..<Self.archiveRoundsMax {
            let archived = try await archiver?.archive(chunk, of: table, on: connection, now: now)
            let isDropped = try await session.retrying("dropping \(chunk.name)") {
                try await connection.transaction(within: session.limits.statement) { connection in
                    let name = try quotedIdentifier(chunk.schema, chunk.name)
                    try await connection.execute("LOCK TABLE \(name) IN ACCESS EXCLUSIVE MODE")
                    if let archived, try await fingerprint(chunk) != archived { return false }
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
        throw changing(chunk)
    }

    /// Archived while attached, then detached, so that nobody can write any more, and compared.
    private func dropPartition(_ chunk: ChunkFacts, _ table: String, _ archiver: Archiver?) async throws {
        var standalone = chunk
        var archived: RowFingerprint?
        if chunk.attachment == .attached {
            archived = try await archiver?.archive(chunk, of: table, on: connection, now: now)
            try await detach(chunk, table)
            standalone = try await setAside(chunk)
        }
        if let archiver {
            let present = try await fingerprint(standalone)
            if archived != present {
                _ = try await archiver.archive(standalone, of: table, on: connection, now: now)
            }
        }
        let name = try quotedIdentifier(standalone.schema, standalone.name)
        try await session.retrying("dropping \(chunk.name)") {
            try await session.execute("DROP TABLE \(name)")
        }
    }

    private func detach(_ chunk: ChunkFacts, _ table: String) async throws {
        let name = try quotedIdentifier(chunk.schema, chunk.name)
        let parent = try quotedIdentifier("market", table)
        let mark = DetachMark(table: table, range: chunk.range)
        try await session.retrying("detaching \(chunk.name)") {
            try await session.execute("COMMENT ON TABLE \(name) IS \(SQLText.literal(mark.text))")
            do {
                try await session.execute("ALTER TABLE \(parent) DETACH PARTITION \(name) CONCURRENTLY")
            } catch let error as DatabaseError {
                // Its first half may be done: then the second is what is left.
                guard error.isTransient, try await isPending(chunk) else { throw error }
                try await session.execute("ALTER TABLE \(parent) DETACH PARTITION \(name) FINALIZE")
            }
        }
    }

    private func finishDetach(_ table: String, _ chunk: ChunkFacts) async throws {
        let name = try quotedIdentifier(chunk.schema, chunk.name)
        let parent = try quotedIdentifier("market", table)
        let mark = DetachMark(table: table, range: chunk.range)
        try await session.retrying("finishing the detaching of \(chunk.name)") {
            try await session.execute("COMMENT ON TABLE \(name) IS \(SQLText.literal(mark.text))")
            try await session.execute("ALTER TABLE \(parent) DETACH PARTITION \(name) FINALIZE")
        }
        _ = try await setAside(chunk)
    }

    private func isPending(_ chunk: ChunkFacts) async throws -> Bool {
        let row = try await connection.query(
            "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass($1) AND inhdetachpending",
            [.text(try quotedIdentifier(chunk.schema, chunk.name))]
        ).single()
        return try row.value(0, as: Int.self) > 0
    }

    /// Frees the partition's name: a late row may need a partition for the same time before this one is gone.
    private func setAside(_ chunk: ChunkFacts) async throws -> ChunkFacts {
        var standalone = chunk
        standalone.attachment = .detached
        let suffix = "_leaving_\(now.microseconds / 1_000_000)"
        standalone.name = "\(chunk.name.prefix(63 - suffix.count))\(suffix)"
        let name = try quotedIdentifier(chunk.schema, chunk.name)
        let aside = standalone.name
        try await session.retrying("renaming \(chunk.name)") {
            try await session.execute("ALTER TABLE \(name) RENAME TO \(quotedIdentifier(aside))")
        }
        return standalone
    }

    private func fingerprint(_ chunk: ChunkFacts) async throws -> RowFingerprint {
        let columns = try await Archiver.columns(of: chunk.schema, chunk.name, on: connection)
        return try await RowFingerprint.read(
            connection, schema: chunk.schema, table: chunk.name, columns: columns,
            within: session.limits.statement)
    }

    private func changing(_ chunk: ChunkFacts) -> StorageError {
        StorageError(
            .busy, "rows came into \(chunk.name) each time it had been archived", place: chunk.name,
            remedy: "Nothing was dropped. The next run tries again; find out what writes rows that old")
    }
}
