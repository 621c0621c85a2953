import Market

/// Says what upkeep is due. Pure: facts, a profile and a time in, steps out. A run that was interrupted
/// anywhere leaves facts from which the same steps, less those done, come out again.
package struct UpkeepPlanner {
    /// Partitions exist from the refill horizon until so far ahead; a service that is not kept up for a
    /// week still finds where to write.
    package static let partitionsAhead = TimeSpan.days(7)
    package static let partitionsBehind = PolicyLimits.refillHorizon
    /// Steps of one run. What is beyond comes in the next.
    package static let actionsMax = 400

    private let profile: RetentionProfile
    private let facts: CatalogFacts
    private let now: Instant

    package init(profile: RetentionProfile, facts: CatalogFacts, now: Instant) {
        self.profile = profile
        self.facts = facts
        self.now = now
    }

    package func plan() -> UpkeepPlan {
        var plan = UpkeepPlan()
        var drops: [UpkeepAction] = []
        // First what writers wait for, then what readers gain by, then what only frees space.
        for (policy, table) in tables where facts.engine == .native {
            plan.actions += pendingDetaches(policy, table) + missingPartitions(policy, table)
        }
        for (policy, table) in tables where facts.engine == .native {
            plan.actions += missingIndexes(policy, table)
        }
        for (policy, table) in tables {
            plan.actions += jobSwitches(policy, table)
            drops += dueDrops(policy, table, held: &plan.held)
        }
        plan.actions += drops + failedJobs(paused: plan.actions)
        plan.actions += profile.pruneRules.filter { facts.plainTables[$0.table] != nil }.map { .prune($0) }
        plan.postponedCount = max(0, plan.actions.count - Self.actionsMax)
        plan.actions = Array(plan.actions.prefix(Self.actionsMax))
        return plan
    }

    private var tables: [(TimeTablePolicy, TimeTableFacts)] {
        profile.timeTables.compactMap { policy in
            facts.timeTables[policy.table].map { (policy, $0) }
        }
    }

    // MARK: Partitions

    private func pendingDetaches(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [UpkeepAction] {
        table.chunks.filter { $0.attachment == .detachPending }
            .map { .finishDetach(table: policy.table, chunk: $0) }
    }

    /// The ranges without a partition between the refill horizon and some days ahead. A range is cut where
    /// partitions of another length stand already.
    private func missingPartitions(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [UpkeepAction] {
        var from = now.adding(microseconds: -Self.partitionsBehind.microseconds)
        let until = now.adding(microseconds: Self.partitionsAhead.microseconds)
        // Not what would be dropped at once.
        if let drop = policy.dropAfter {
            from = max(from, now.adding(microseconds: -drop.microseconds))
        }
        let taken = table.chunks.filter { $0.attachment != .detached }.map(\.range)
        let start = from
        return PartitionGrid(length: table.chunk).free(from: from, until: until, taken: taken)
            .filter { $0.upperBound > start }
            .map { .makePartition(table: policy.table, range: $0) }
    }

    private func missingIndexes(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [UpkeepAction] {
        guard let after = policy.indexAfter else { return [] }
        let horizon = now.adding(microseconds: -after.microseconds)
        let dropHorizon = policy.dropAfter.map { now.adding(microseconds: -$0.microseconds) }
        return table.chunks.filter { chunk in
            chunk.attachment == .attached && chunk.symbolIndex != .valid && chunk.range.upperBound <= horizon
                && chunk.range.upperBound > dropHorizon ?? .init(microseconds: .min)
        }.map { .indexChunk(table: policy.table, chunk: $0, isBroken: $0.symbolIndex == .invalid) }
    }

    // MARK: The end of chunks

    private func isOurs(_ policy: TimeTablePolicy) -> Bool { policy.isArchived || !facts.engine.hasJobs }

    private func dueDrops(
        _ policy: TimeTablePolicy, _ table: TimeTableFacts, held: inout [UpkeepPlan.Held]
    ) -> [UpkeepAction] {
        guard let drop = policy.dropAfter else { return [] }
        let horizon = now.adding(microseconds: -drop.microseconds)
        var actions: [UpkeepAction] = []
        for chunk in table.chunks {
            guard chunk.range.upperBound <= horizon || chunk.attachment == .detached else { continue }
            // It is finished in this run, and dropped in the next.
            if chunk.attachment == .detachPending { continue }
            if let need = facts.need(of: policy.table, in: chunk.range) {
                held.append(.init(table: policy.table, chunk: chunk, reason: need.reason))
            } else if isOurs(policy) {
                actions.append(
                    .dropChunk(table: policy.table, chunk: chunk, isArchived: policy.isArchived))
            }
        }
        return actions
    }

    /// What the scheduler of TimescaleDB does not get done is done here, but for what was just paused.
    private func failedJobs(paused actions: [UpkeepAction]) -> [UpkeepAction] {
        let paused = Set(
            actions.compactMap { action -> Int32? in
                if case .pauseRetention(_, let job, _) = action { job } else { nil }
            })
        return facts.failedJobs.filter { !paused.contains($0.id) }.map { .runJob($0) }
    }

    /// TimescaleDB's job knows nothing of needs, so it is paused while one is within its reach. Its reach
    /// is a day ahead of now: upkeep may not run again before the job does.
    private func jobSwitches(_ policy: TimeTablePolicy, _ table: TimeTableFacts) -> [UpkeepAction] {
        guard let job = table.retention else { return [] }
        let reach = now.adding(microseconds: TimeSpan.days(1).microseconds - job.after.microseconds)
        let need = facts.needs.first { need in
            need.table == policy.table && need.range.lowerBound < reach
                && table.chunks.contains { $0.range.overlaps(need.range) && $0.range.upperBound <= reach }
        }
        switch (need, job.isScheduled) {
        case (let need?, true):
            return [.pauseRetention(table: policy.table, job: job.id, reason: need.reason)]
        case (nil, false): return [.resumeRetention(table: policy.table, job: job.id)]
        default: return []
        }
    }
}
