import Database
import Market

/// The end of a partition, in steps that the next run goes on from wherever this one ended.
struct PartitionDrop {
    private let removal: ChunkRemoval
    private var session: UpkeepSession { removal.session }
    private var connection: Connection { removal.connection }

    init(_ removal: ChunkRemoval) {
        self.removal = removal
    }

    /// Archived while attached, then detached, so that nobody can write any more, and compared.
    func drop(_ chunk: ChunkFacts, _ table: String) async throws {
        var standalone = chunk
        var archived: RowFingerprint?
        if chunk.attachment == .attached {
            archived = try await removal.archive(chunk, of: table)
            try await detach(chunk, table)
            standalone = try await setAside(chunk)
        }
        if removal.archiver != nil, try await removal.fingerprint(standalone) != archived {
            _ = try await removal.archive(standalone, of: table)
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

    /// Ends a detaching that was interrupted.
    func finishDetach(_ chunk: ChunkFacts, _ table: String) async throws -> ChunkFacts {
        let name = try quotedIdentifier(chunk.schema, chunk.name)
        let parent = try quotedIdentifier("market", table)
        let mark = DetachMark(table: table, range: chunk.range)
        try await session.retrying("finishing the detaching of \(chunk.name)") {
            try await session.execute("COMMENT ON TABLE \(name) IS \(SQLText.literal(mark.text))")
            try await session.execute("ALTER TABLE \(parent) DETACH PARTITION \(name) FINALIZE")
        }
        return try await setAside(chunk)
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
        let suffix = "_leaving_\(removal.now.microseconds / 1_000_000)"
        standalone.name = "\(chunk.name.prefix(63 - suffix.count))\(suffix)"
        let name = try quotedIdentifier(chunk.schema, chunk.name)
        let aside = standalone.name
        try await session.retrying("renaming \(chunk.name)") {
            try await session.execute("ALTER TABLE \(name) RENAME TO \(quotedIdentifier(aside))")
        }
        return standalone
    }
}
