/// Decides what is kept: committed segments go by age, by size and when the disk gets full, the oldest first;
/// uncommitted ones never go, and make the journal full at the bound.
struct RetentionPlanner: Sendable {
    /// A journal that is full because of the disk takes frames again when this much of the reserve is free.
    static let freeResumePercent = 110

    let settings: JournalSettings

    /// The last segment is the one being written when `isActive`; that one stays. So does the newest that has
    /// frames: from it the next start knows which numbers were used. `freeBytes` is nil when the disk does not
    /// say.
    func plan(
        _ segments: [SegmentSummary], isActive: Bool, committedThrough: UInt64, freeBytes: Int?,
        unixMicroseconds now: Int64, wasFull: Bool
    ) -> RetentionPlan {
        var plan = RetentionPlan()
        plan.bytes = segments.reduce(0) { $0 + $1.bytes }
        var free = freeBytes
        let newest = segments.lastIndex { $0.lastSequence >= $0.firstSequence } ?? segments.endIndex
        let candidates = segments[..<min(newest, isActive ? segments.endIndex - 1 : segments.endIndex)]
        for segment in candidates {
            guard segment.lastSequence <= committedThrough else { break }
            let (age, isAbsurd) = now.subtractingReportingOverflow(segment.latestUnixMicroseconds)
            let isOld = !isAbsurd && age / 1_000 > Int64(settings.keepMilliseconds)
            let isOverSize = plan.bytes > settings.sizeMax
            let isDiskShort = free.map { $0 <= settings.freeReserveBytes } ?? false
            guard isOld || isOverSize || isDiskShort else { break }
            plan.drop.append(segment.name)
            plan.bytes -= segment.bytes
            free = free.map { $0 + segment.bytes }
        }
        plan.uncommittedBytes = segments.reduce(0) {
            $0 + ($1.lastSequence > committedThrough ? $1.bytes : 0)
        }
        judge(&plan, free: free, wasFull: wasFull)
        return plan
    }

    private func judge(_ plan: inout RetentionPlan, free: Int?, wasFull: Bool) {
        let alarmBytes = settings.sizeMax / 100 * JournalSettings.alarmPercent
        if plan.uncommittedBytes >= alarmBytes {
            plan.troubles.append(.backlog(bytes: plan.uncommittedBytes, sizeMax: settings.sizeMax))
            plan.isFull = plan.uncommittedBytes >= settings.sizeMax || wasFull
        }
        let reserve = settings.freeReserveBytes
        if let free, reserve > 0, free < reserve / JournalSettings.alarmPercent * 100 {
            plan.troubles.append(.freeDisk(bytes: free, reserve: reserve))
            if free < reserve || (wasFull && free < reserve / 100 * Self.freeResumePercent) {
                plan.isFull = true
            }
        }
    }
}
