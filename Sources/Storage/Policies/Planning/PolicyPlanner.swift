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
            plan.refusals +=
                columnRefusals(policy, table) + refreshRefusals(policy.table, policy.dropAfter)
                + needRefusals(policy)
            plan.changes += lengthChanges(policy, table)
            if facts.engine.hasJobs {
                plan.changes += columnstoreChanges(policy, table)
                // What is archived we drop ourselves: TimescaleDB's job would not wait for the archive.
                let wanted = policy.isArchived ? nil : policy.dropAfter
                plan.changes += retentionChanges(policy.table, table.retention, wanted)
            }
        }
        for policy in profile.statistics where facts.engine.hasJobs {
            guard let known = facts.aggregates.first(where: { $0.name == policy.name }) else { continue }
            plan.refusals += refreshRefusals(policy.name, policy.dropAfter)
            plan.changes += retentionChanges(policy.name, known.retention, policy.dropAfter)
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

    private func retentionChanges(
        _ table: String, _ job: JobFacts?, _ wanted: TimeSpan?
    ) -> [PolicyChange] {
        switch (job, wanted) {
        case (nil, nil): return []
        case (nil, let wanted?): return [.addRetention(table: table, after: wanted)]
        case (let job?, nil): return [.removeRetention(table: table, was: job.after)]
        case (let job?, let wanted?):
            if job.after == wanted { return [] }
            return [.changeRetention(table: table, from: job.after, to: wanted)]
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

    /// A refresh rewrites its window from what it finds, so nothing within it may be dropped.
    private func refreshRefusals(_ table: String, _ drop: TimeSpan?) -> [StorageError] {
        guard let drop else { return [] }
        let place = "profile \(profile.name), \(table)"
        var refusals: [StorageError] = []
        for aggregate in facts.aggregates where aggregate.source == table {
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
        return refusals
    }

    /// What the profile would drop at once, or soon, although something needs it.
    private func needRefusals(_ policy: TimeTablePolicy) -> [StorageError] {
        guard let drop = policy.dropAfter else { return [] }
        let place = "profile \(profile.name), \(policy.table)"
        var refusals: [StorageError] = []
        let horizon = now.adding(microseconds: -drop.microseconds)
        for need in facts.needs where need.table == policy.table && need.range.lowerBound < horizon {
            refusals.append(
                StorageError(
                    .policy,
                    "drop_after \(drop) would drop what is needed from \(need.range.lowerBound) on: "
                        + need.reason, place: place,
                    remedy: "Let that be settled first (gaps: yeoul gaps --status open), or keep longer."))
        }
        return refusals
    }

    private func remarks() -> [String] {
        var remarks: [String] = []
        if !facts.engine.hasJobs {
            let why =
                facts.engine == .native
                ? "plain PostgreSQL has no columnstore"
                : "this build of TimescaleDB (Apache license) has no columnstore and no jobs"
            if profile.timeTables.contains(where: { $0.compressAfter != nil }) {
                remarks.append("\(why): compress_after is not applied.")
            }
            if profile.timeTables.contains(where: { $0.dropAfter != nil }) {
                remarks.append("old chunks are dropped by yeoul's own upkeep.")
            }
        }
        if facts.aggregates.isEmpty { remarks.append(statisticsRemark) }
        return remarks
    }

    /// Whoever drops raw data here drops its statistics, too, and must know that.
    private var statisticsRemark: String {
        func reach(_ table: String) -> String {
            profile.timeTable(table)?.dropAfter.map { "\($0) of \(table)" } ?? "all of \(table)"
        }
        return
            "the statistics (\(PolicyTables.statistics.joined(separator: ", "))) are computed on read: they "
            + "reach back over \(reach("transactions")) and \(reach("orderbooks")), and go with them. "
            + "Candles keep volumes of buyers and sellers for longer."
    }
}
