import Market

/// One step of upkeep. Each can be done again, and each may be found done.
package enum UpkeepAction: Hashable, Sendable {
    /// `native`: makes a partition standalone and attaches it.
    case makePartition(table: String, range: Range<Instant>)
    /// `native`: finishes a DETACH CONCURRENTLY that was interrupted.
    case finishDetach(table: String, chunk: ChunkFacts)
    /// `native`: the index on (symbol, time) of a cold partition; `isBroken` when half an index is there.
    case indexChunk(table: String, chunk: ChunkFacts, isBroken: Bool)
    /// Writes the chunk to an archive file when its policy says so, and drops it.
    case dropChunk(table: String, chunk: ChunkFacts, isArchived: Bool)
    /// TimescaleDB's own job must not run: it would drop what is needed.
    case pauseRetention(table: String, job: Int32, reason: String)
    case resumeRetention(table: String, job: Int32)
    /// TimescaleDB's scheduler failed at it; in a session of ours it may succeed.
    case runJob(FailedJob)
    case prune(PruneRule)
}

extension UpkeepAction: CustomStringConvertible {
    package var description: String {
        switch self {
        case .makePartition(let table, let range):
            "make the partition of \(table) for \(range.lowerBound) to \(range.upperBound)"
        case .finishDetach(_, let chunk): "finish detaching \(chunk.name)"
        case .indexChunk(_, let chunk, let isBroken):
            isBroken ? "make the index of \(chunk.name) again" : "index \(chunk.name) by (symbol, time)"
        case .dropChunk(let table, let chunk, let isArchived):
            "\(isArchived ? "archive and drop" : "drop") \(chunk.name) of \(table), "
                + "\(chunk.range.lowerBound) to \(chunk.range.upperBound)"
        case .pauseRetention(let table, _, let reason): "pause the dropping of \(table): \(reason)"
        case .resumeRetention(let table, _): "resume the dropping of \(table)"
        case .runJob(let job):
            "run job \(job.id) (\(job.procedure) of \(job.table)), at which TimescaleDB's scheduler failed"
        case .prune(let rule): "prune \(rule.table) after \(rule.after)"
        }
    }
}
