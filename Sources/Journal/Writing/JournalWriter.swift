/// Takes frames from the ring to the disk: blocks, group sync, segments, retention. It has no clock and no
/// thread: each `step` says when the next one is due. A failure of the disk is its state; what was not
/// synced stays in the ring and is written again.
struct JournalWriter {
    let disk: any JournalDisk
    let settings: JournalSettings
    let journal: JournalID
    let ring: FrameRing
    let catalogue: SegmentCatalogue
    let packer: BlockPacker
    var salts: SaltSequence

    var active: ActiveSegment?
    /// Before the next frame to write, and before the first that may not be on disk.
    var written: RingCursor
    var synced: RingCursor
    /// The journal's last frame on disk.
    var lastSequence: UInt64
    /// A file whose sync failed before anything of it was safe: its name is needed again.
    var abandoned: String?
    var failure: DiskFailure?
    var retryAt: Int64 = .min
    var upkeepAt: Int64 = .min
    var isFull = false
    var plan = RetentionPlan()
    var counters = WriterCounters()
    var lastSyncMonotonicNanoseconds: Int64?
    /// When the oldest frames of syncs were received whose end nobody has told yet (`syncsEnded`).
    var untold: [Int64] = []
    var waits = SyncWaits()

    init(
        disk: any JournalDisk, settings: JournalSettings, journal: JournalID, ring: FrameRing,
        catalogue: SegmentCatalogue, seed: UInt64
    ) throws(JournalError) {
        self.disk = disk
        self.settings = settings
        self.journal = journal
        self.ring = ring
        self.catalogue = catalogue
        packer = try BlockPacker()
        salts = SaltSequence(seed: seed)
        written = RingCursor(offset: 0, sequence: ring.nextSequence)
        synced = written
        lastSequence = catalogue.endAtOpen
    }

    /// Does what is due. `flush` writes and syncs everything, however young. True when somebody who was told
    /// `full` may go on.
    mutating func step(
        at now: JournalTime, committedThrough: UInt64, flush: Bool = false
    ) -> (rest: WriterRest, hasRoom: Bool) {
        var hasRoom = false
        if failure == nil || now.monotonicNanoseconds >= retryAt || flush {
            do throws(DiskFailure) {
                hasRoom = try write(at: now, flush: flush)
                failure = nil
            } catch {
                counters.failures += 1
                failure = error
                retryAt = now.monotonicNanoseconds + Int64(settings.retryMilliseconds) * 1_000_000
            }
        }
        if now.monotonicNanoseconds >= upkeepAt || isFull || flush {
            if upkeep(at: now, committedThrough: committedThrough) { hasRoom = true }
        }
        return (rest(at: now), hasRoom)
    }

    private mutating func write(at now: JournalTime, flush: Bool) throws(DiskFailure) -> Bool {
        var hasRoom = false
        let unsynced = ring.status(behind: synced)
        let isDue = flush || Self.isDue(unsynced, at: now.monotonicNanoseconds, settings)
        let end = ring.nextSequence
        while written.sequence < end,
            isDue || ring.status(behind: written).bytes >= settings.blockBytes
        {
            try writeBlock(at: now)
            if written.offset - synced.offset >= settings.syncBytes { hasRoom = try sync(at: now) || hasRoom }
        }
        if isDue, written != synced { hasRoom = try sync(at: now) || hasRoom }
        try rotate(at: now, flush: false)
        return hasRoom
    }

    /// A receive time that lies ahead of the clock is no reason to wait for it.
    private static func isDue(_ unsynced: RingStatus, at now: Int64, _ settings: JournalSettings) -> Bool {
        guard let oldest = unsynced.oldestMonotonicNanoseconds else { return false }
        let waited = now &- oldest
        return unsynced.bytes >= settings.syncBytes || waited < 0
            || waited >= Int64(settings.syncMilliseconds) * 1_000_000
    }

    private mutating func writeBlock(at now: JournalTime) throws(DiskFailure) {
        var cursor = written
        var raw: [UInt8] = []
        // What is not synced never leaves the ring, so there is always something to copy.
        guard let frames = ring.copy(from: &cursor, to: &raw, bytesMax: settings.blockBytes), frames > 0
        else {
            return
        }
        if active == nil { try begin(at: now) }
        guard var segment = active else { return }
        let (header, bytes) = packer.block(
            raw, frames: frames, firstSequence: written.sequence, salt: segment.salt)
        do throws(DiskFailure) {
            try disk.write(bytes, to: segment.summary.name, at: segment.end)
        } catch {
            active?.mayHaveLeftover = true
            throw error
        }
        segment.index.add(header, at: segment.end)
        segment.end += bytes.count
        active = segment
        written = cursor
        counters.blocks += 1
        counters.frames += UInt64(frames)
        counters.rawBytes += raw.count
        counters.storedBytes += bytes.count
    }

    private mutating func begin(at now: JournalTime) throws(DiskFailure) {
        let first = written.sequence
        let name = SegmentName.name(first: first)
        if abandoned == name {
            try disk.remove(name)
            abandoned = nil
        }
        let header = SegmentHeader(
            journal: journal, firstSequence: first, createdUnixMicroseconds: now.unixMicroseconds,
            salt: salts.next(), previousSequence: lastSequence)
        try disk.create(name)
        // From here on the name is taken, also when the header cannot be written.
        abandoned = name
        try disk.write(header.encoded(), to: name, at: 0)
        abandoned = nil
        let summary = SegmentSummary(
            name: name, firstSequence: first, lastSequence: first - 1, previousSequence: lastSequence,
            bytes: SegmentHeader.bytes, dataEnd: SegmentHeader.bytes, earliestUnixMicroseconds: .max,
            latestUnixMicroseconds: .min, isSealed: false, salt: header.salt)
        catalogue.add(summary)
        active = ActiveSegment(
            summary: summary, index: SegmentIndex(), salt: header.salt,
            createdMonotonicNanoseconds: now.monotonicNanoseconds, bytesWanted: bytesWanted)
    }

    /// The segment that is written can never go. Were it most of what a small disk holds, nothing could make
    /// room on the full disk, also when the database has all of it.
    private var bytesWanted: Int {
        let wanted = settings.segmentBytesEffective
        guard let free = try? disk.freeBytes() else { return wanted }
        let parts = JournalSettings.segmentsWanted
        let own = catalogue.all.reduce(0) { $0 + $1.bytes }
        return max(JournalSettings.segmentBytesMin, min(wanted, free / parts + own / parts))
    }

    private mutating func sync(at now: JournalTime) throws(DiskFailure) -> Bool {
        guard var segment = active else { return false }
        let oldest = ring.status(behind: synced).oldestMonotonicNanoseconds
        do throws(DiskFailure) {
            try disk.sync(segment.summary.name)
        } catch {
            abandon(segment)
            throw error
        }
        counters.syncs += 1
        if let oldest, untold.count < Self.untoldMax { untold.append(oldest) }
        segment.noteSynced()
        active = segment
        // Before the ring lets go of the frames, feeds must find them on disk.
        catalogue.update(segment.summary, index: segment.index)
        synced = written
        lastSequence = segment.summary.lastSequence
        lastSyncMonotonicNanoseconds = now.monotonicNanoseconds
        return ring.release(through: synced)
    }

    /// Tells, after a step, what time it is: a sync takes time of its own, and the writer has no clock.
    mutating func syncsEnded(at now: Int64) {
        for received in untold { waits.add(nanoseconds: now &- received) }
        untold.removeAll(keepingCapacity: true)
    }

    /// Syncs of one step that are measured; a step has one for each `syncBytes` of a backlog.
    static let untoldMax = 1_024

    /// After a failed sync the system may have thrown away what it could not write, and a second one would
    /// succeed without it. So the file ends where it was safe, and the frames are written into another.
    private mutating func abandon(_ segment: ActiveSegment) {
        let summary = segment.summary
        active = nil
        written = synced
        disk.finish(summary.name)
        if summary.dataEnd == SegmentHeader.bytes {
            catalogue.remove(summary.name)
            abandoned = summary.name
        } else {
            // When this fails too, the same frames stand in two segments, which readers bear.
            try? disk.truncate(summary.name, to: summary.dataEnd)
        }
    }

    /// Ends a segment that is large or old enough. Only what is wholly synced is sealed.
    mutating func rotate(at now: JournalTime, flush: Bool) throws(DiskFailure) {
        guard let segment = active, written == synced, !segment.index.isEmpty else { return }
        let age = now.monotonicNanoseconds - segment.createdMonotonicNanoseconds
        let isOld = age >= Int64(settings.segmentMilliseconds) * 1_000_000
        guard flush || isOld || segment.end >= segment.bytesWanted else { return }
        active = nil
        defer { disk.finish(segment.summary.name) }
        // A segment without its index is only slower to search; the next start seals it.
        var summary = segment.summary
        if segment.mayHaveLeftover { try disk.truncate(summary.name, to: segment.end) }
        summary.bytes = try SegmentSealer.seal(
            disk, summary.name, index: segment.index, salt: segment.salt)
        summary.isSealed = true
        catalogue.update(summary, index: segment.index)
    }

    private mutating func upkeep(at now: JournalTime, committedThrough: UInt64) -> Bool {
        upkeepAt = now.monotonicNanoseconds + Int64(settings.upkeepMilliseconds) * 1_000_000
        plan = RetentionPlanner(settings: settings).plan(
            catalogue.all, isActive: active != nil, committedThrough: committedThrough,
            freeBytes: failure?.kind == .full ? 0 : try? disk.freeBytes(),
            unixMicroseconds: now.unixMicroseconds, wasFull: isFull)
        for name in plan.drop {
            do throws(DiskFailure) {
                try disk.remove(name)
            } catch {
                guard error.kind == .missing else {
                    failure = failure ?? error
                    break
                }
            }
            catalogue.remove(name)
            counters.segmentsDropped += 1
        }
        isFull = plan.isFull
        return ring.refuse(isFull ? .full : nil)
    }

    private func rest(at now: JournalTime) -> WriterRest {
        var until = upkeepAt
        if failure != nil {
            return WriterRest(untilMonotonicNanoseconds: min(until, retryAt), bytes: .max)
        }
        if let segment = active {
            let old = segment.createdMonotonicNanoseconds + Int64(settings.segmentMilliseconds) * 1_000_000
            if written == synced { until = min(until, old) }
        }
        guard let oldest = ring.status(behind: synced).oldestMonotonicNanoseconds else {
            return WriterRest(untilMonotonicNanoseconds: until, bytes: 0)
        }
        until = min(until, oldest &+ Int64(settings.syncMilliseconds) * 1_000_000)
        return WriterRest(
            untilMonotonicNanoseconds: until, bytes: min(settings.blockBytes, settings.syncBytes) - 1)
    }
}
