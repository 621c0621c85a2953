import Market
import Storage

/// A database as upkeep sees it, in memory: it checks each step that is done to it.
struct UpkeepModel {
    private(set) var facts: CatalogFacts
    private(set) var archived: [String: [Range<Instant>]] = [:]
    private(set) var faults: [String] = []
    private let profile: RetentionProfile
    private var chunksMade = 0

    init(profile: RetentionProfile, engine: EngineAbilities) {
        self.profile = profile
        facts = CatalogFacts(engine: engine)
        for policy in profile.timeTables {
            facts.timeTables[policy.table] = TimeTableFacts(chunk: policy.chunk)
        }
    }

    var needs: [Need] {
        get { facts.needs }
        set { facts.needs = newValue }
    }

    mutating func setChunk(_ span: TimeSpan, of table: String) {
        facts.timeTables[table]?.chunk = span
    }

    /// A row comes in: hypertables make their chunk, on `native` the writer makes the partition.
    mutating func insert(_ table: String, at time: Instant) {
        guard let known = facts.timeTables[table] else { return }
        // A partition whose detaching is not finished keeps its place: the row is refused.
        if known.chunks.contains(where: { $0.attachment != .detached && $0.range.contains(time) }) { return }
        let cell = PartitionGrid(length: known.chunk).range(holding: time)
        let taken = known.chunks.filter { $0.attachment != .detached }.map(\.range)
        for range in PartitionGrid(length: known.chunk)
            .free(from: cell.lowerBound, until: cell.upperBound, taken: taken)
        {
            add(table, range)
        }
    }

    private mutating func add(_ table: String, _ range: Range<Instant>) {
        let overlap = facts.timeTables[table]?.chunks.first {
            $0.attachment != .detached && $0.range.overlaps(range)
        }
        if let overlap { faults.append("\(table): \(range) overlaps \(overlap.range)") }
        chunksMade += 1
        facts.timeTables[table]?.chunks.append(
            ChunkFacts(schema: "market", name: "\(table)_p\(chunksMade)", range: range))
        facts.timeTables[table]?.chunks.sort { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Does one step, or the part of it that a crash leaves behind.
    mutating func perform(_ action: UpkeepAction, at now: Instant, isInterrupted: Bool = false) {
        switch action {
        case .makePartition(let table, let range):
            if !isInterrupted { add(table, range) }
        case .finishDetach(let table, let chunk):
            if !isInterrupted { change(table, chunk.name) { $0.attachment = .detached } }
        case .indexChunk(let table, let chunk, _):
            change(table, chunk.name) { $0.symbolIndex = isInterrupted ? .invalid : .valid }
        case .dropChunk(let table, let chunk, let isArchived):
            drop(table, chunk, isArchived, now, isInterrupted)
        case .pauseRetention(let table, _, _): facts.timeTables[table]?.retention?.isScheduled = false
        case .resumeRetention(let table, _): facts.timeTables[table]?.retention?.isScheduled = true
        case .runJob, .prune: break
        }
    }

    private mutating func drop(
        _ table: String, _ chunk: ChunkFacts, _ isArchived: Bool, _ now: Instant, _ isInterrupted: Bool
    ) {
        let policy = profile.timeTable(table)
        let age = now.microseconds(since: chunk.range.upperBound)
        if age < policy?.dropAfter?.microseconds ?? .max { faults.append("\(chunk.name) was dropped early") }
        if let need = facts.need(of: table, in: chunk.range) {
            faults.append("\(chunk.name) was dropped, needed by \(need.reason)")
        }
        if isArchived { archived[table, default: []].append(chunk.range) }
        if policy?.isArchived == true, archived[table]?.contains(chunk.range) != true {
            faults.append("\(chunk.name) was dropped without an archive")
        }
        if isInterrupted {
            // On `timescale` a drop is one transaction.
            guard facts.engine == .native else { return }
            let next: ChunkFacts.Attachment = chunk.attachment == .attached ? .detachPending : .detached
            change(table, chunk.name) { $0.attachment = next }
        } else {
            facts.timeTables[table]?.chunks.removeAll { $0.name == chunk.name }
        }
    }

    private mutating func change(_ table: String, _ chunk: String, _ body: (inout ChunkFacts) -> Void) {
        guard let index = facts.timeTables[table]?.chunks.firstIndex(where: { $0.name == chunk }) else {
            return
        }
        if var known = facts.timeTables[table]?.chunks[index] {
            body(&known)
            facts.timeTables[table]?.chunks[index] = known
        }
    }
}
