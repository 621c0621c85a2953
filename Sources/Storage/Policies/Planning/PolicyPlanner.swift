import Market

/// Compares a profile with the database. Pure: the same facts and time give the same plan.
package struct PolicyPlanner {
    private let profile: RetentionProfile
    private let facts: CatalogFacts
    private let now: Instant

    package init(profile: RetentionProfile, facts: CatalogFacts, now: Instant) {
        self.profile = profile
        self.facts = facts
        self.now = now
    }

    package func plan() -> PolicyPlan {
        var plan = PolicyPlan()
        for policy in profile.timeTables {
            guard let table = facts.timeTables[policy.table] else {
                plan.refusals.append(missing(policy.table))
                continue
            }
            plan.refusals += columnRefusals(policy, table) + needRefusals(policy)
            plan.changes += lengthChanges(policy, table)
            if facts.engine.hasJobs {
                plan.changes += columnstoreChanges(policy, table) + retentionChanges(policy, table)
            }
        }
        for rule in profile.pruneRules { plan.refusals += pruneRefusals(rule) }
        plan.remarks = remarks()
        return plan
    }

    // MARK: Differences

    private func lengthChanges(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [PolicyChange] {
        var changes: [PolicyChange] = []
        let isHypertableRight = table.hypertableChunk ?? policy.chunk == policy.chunk
        if table.chunk != policy.chunk || !isHypertableRight {
            let from = isHypertableRight ? table.chunk : table.hypertableChunk ?? table.chunk
            changes.append(.setChunk(table: policy.table, from: from, to: policy.chunk))
        }
        return changes
    }

    private func columnstoreChanges(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [PolicyChange] {
        guard let after = policy.compressAfter else {
            return table.compression.map { [.removeCompression(table: policy.table, was: $0.after)] } ?? []
        }
        var changes: [PolicyChange] = []
        let isSame =
            table.isColumnstoreEnabled && table.segmentBy == policy.segmentBy
            && table.orderBy == policy.orderBy
        if !isSame {
            changes.append(
                .setColumnstore(
                    table: policy.table, segmentBy: policy.segmentBy, orderBy: policy.orderBy))
        }
        if let job = table.compression {
            if job.after != after {
                changes.append(.changeCompression(table: policy.table, from: job.after, to: after))
            }
        } else {
            changes.append(.addCompression(table: policy.table, after: after))
        }
        return changes
    }

    private func retentionChanges(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [PolicyChange] {
        // What is archived we drop ourselves: TimescaleDB's job would not wait for the archive.
        let wanted = policy.isArchived ? nil : policy.dropAfter
        switch (table.retention, wanted) {
        case (nil, nil): return []
        case (nil, let wanted?): return [.addRetention(table: policy.table, after: wanted)]
        case (let job?, nil): return [.removeRetention(table: policy.table, was: job.after)]
        case (let job?, let wanted?):
            if job.after == wanted { return [] }
            return [.changeRetention(table: policy.table, from: job.after, to: wanted)]
        }
    }

    // MARK: Refusals

    private func missing(_ table: String) -> StorageError {
        StorageError(
            .policy, "the database has no time table \(table)", place: "profile \(profile.name)",
            remedy: "Run yeoul db migrate first.")
    }

    private func columnRefusals(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [StorageError] {
        var refusals: [StorageError] = []
        let named = policy.segmentBy + policy.orderBy.map(\.name)
        for column in named where !table.columns.contains(column) {
            refusals.append(
                StorageError(
                    .policy, "\(policy.table) has no column \(column)", place: "profile \(profile.name)",
                    remedy: Spelling.remedy(for: column, among: table.columns)))
        }
        guard policy.compressAfter != nil, refusals.isEmpty else { return refusals }
        for column in table.keyColumns where !named.contains(column) {
            refusals.append(
                StorageError(
                    .policy,
                    "the key column \(column) of \(policy.table) is in neither segment_by nor order_by",
                    place: "profile \(profile.name)",
                    remedy: "Add it to order_by: without it, each insert decompresses whole segments."))
        }
        return refusals
    }

    private func pruneRefusals(_ rule: PruneRule) -> [StorageError] {
        guard let columns = facts.plainTables[rule.table] else { return [missing(rule.table)] }
        return rule.columns.filter { !columns.contains($0) }.map { column in
            StorageError(
                .policy, "\(rule.table) has no column \(column)", place: "profile \(profile.name)",
                remedy: Spelling.remedy(for: column, among: columns))
        }
    }

    /// What the profile would drop at once, or soon, although something needs it.
    private func needRefusals(_ policy: TimeTablePolicy) -> [StorageError] {
        guard let drop = policy.dropAfter else { return [] }
        let place = "profile \(profile.name), \(policy.table)"
        var refusals: [StorageError] = []
        for aggregate in facts.aggregates where aggregate.source == policy.table {
            guard let window = aggregate.refreshWindow else {
                refusals.append(
                    StorageError(
                        .policy,
                        "\(aggregate.name) refreshes everything, so a refresh would erase what it "
                            + "made of dropped chunks", place: place,
                        remedy: "Give its refresh policy a start_offset, or drop nothing."))
                continue
            }
            let least = TimeSpan(seconds: window.seconds + PolicyLimits.refreshMargin.seconds)
            if drop < least {
                refusals.append(
                    StorageError(
                        .policy, "drop_after \(drop) is within what \(aggregate.name) refreshes (\(window))",
                        place: place,
                        remedy: "Keep at least \(least): a refresh would erase what it made before."))
            }
        }
        let horizon = now.adding(microseconds: -drop.microseconds)
        for need in facts.needs where need.table == policy.table && need.range.lowerBound < horizon {
            refusals.append(
                StorageError(
                    .policy,
                    "drop_after \(drop) would drop what is needed from \(need.range.lowerBound) on: "
                        + need.reason, place: place,
                    remedy: "Let that be settled first (yeoul db upkeep shows it), or keep longer."))
        }
        return refusals
    }

    private func remarks() -> [String] {
        guard !facts.engine.hasJobs else { return [] }
        let compressed = profile.timeTables.contains { $0.compressAfter != nil }
        let dropped = profile.timeTables.contains { $0.dropAfter != nil }
        let why =
            facts.engine == .native
            ? "plain PostgreSQL has no columnstore"
            : "this build of TimescaleDB (Apache license) has no columnstore and no jobs"
        var remarks: [String] = []
        if compressed { remarks.append("\(why): compress_after is not applied.") }
        if dropped { remarks.append("old chunks are dropped by yeoul's own upkeep.") }
        return remarks
    }
}
