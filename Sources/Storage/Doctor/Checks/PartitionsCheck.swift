import Database
import Market

/// Partitions that are missing or left over, and chunks that should be gone.
struct PartitionsCheck: DoctorCheck {
    /// Upkeep runs at least once a day, so what has been due for longer is not being done.
    static let patience = TimeSpan.days(2)

    let name = "partitions"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let now = try await Upkeep.time(nil, patient.connection)
        let facts = try await CatalogReader(patient.connection).read(now: now, archive: patient.archive)
        var findings = Self.defaults(facts).map { table in
            error(
                "\(table) has a default partition: no other can be detached without blocking writers",
                remedy: "Move its rows (INSERT … SELECT after ops.ensure_partitions) and drop it.")
        }
        let writable = now..<now.adding(seconds: TimeSpan.days(1).seconds)
        if facts.engine == .native {
            for (table, known) in facts.timeTables.sorted(by: { $0.key < $1.key }) {
                let taken = known.chunks.filter { $0.attachment == .attached }.map(\.range)
                let free = PartitionGrid(length: known.chunk)
                    .free(from: writable.lowerBound, until: writable.upperBound, taken: taken)
                if let first = free.first {
                    findings.append(
                        warning(
                            "\(table) has no partition for \(first.lowerBound); the writer makes it when it must",
                            remedy: "Run yeoul db upkeep, and see that the service does."))
                }
            }
        }
        findings += overdue(patient, facts, now)
        if findings.isEmpty {
            let count = facts.timeTables.values.map(\.chunks.count).reduce(0, +)
            findings.append(ok("\(count) chunks in \(facts.timeTables.count) tables"))
        }
        return findings
    }

    static func defaults(_ facts: CatalogFacts) -> [String] {
        facts.timeTables.filter(\.value.hasDefaultPartition).keys.sorted()
    }

    private func overdue(_ patient: Patient, _ facts: CatalogFacts, _ now: Instant) -> [Finding] {
        let before = now.adding(seconds: -Self.patience.seconds)
        let plan = UpkeepPlanner(profile: patient.profile, facts: facts, now: before).plan()
        var findings: [Finding] = []
        let drops = plan.actions.filter { if case .dropChunk = $0 { true } else { false } }
        if !drops.isEmpty {
            findings.append(
                warning(
                    "\(drops.count) chunks should have been dropped \(Self.patience) ago",
                    remedy: "Run yeoul db upkeep: it says what fails."))
        }
        let broken = plan.actions.filter {
            switch $0 {
            case .finishDetach, .indexChunk(_, _, true): true
            default: false
            }
        }
        findings += broken.map {
            note("left by an interrupted upkeep: \($0)", remedy: "Run yeoul db upkeep.")
        }
        findings += plan.held.map {
            warning(
                "\($0.chunk.name) of \($0.table) is kept although it is old: \($0.reason)",
                remedy: "See yeoul status for what is not settled; it is dropped once it is.")
        }
        return findings
    }
}
