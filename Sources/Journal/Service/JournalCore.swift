import Synchronization

/// A journal without a thread: whoever holds it calls `step`. The simulation runs this one; `Journal` gives
/// it a thread.
package final class JournalCore: Sendable {
    package let report: RecoveryReport
    package let settings: JournalSettings
    let ring: FrameRing
    private let disk: any JournalDisk
    private let catalogue: SegmentCatalogue
    private let writer: Mutex<JournalWriter>
    private let committed: Mutex<UInt64>

    /// Looks through what is there and makes it ready. `committedPosition` is the database's position for
    /// this journal; nil when it cannot be asked now. `seed` must be random outside tests.
    package init(
        disk: any JournalDisk, settings: JournalSettings, committedPosition: UInt64?, seed: UInt64
    ) throws(JournalError) {
        let settings = try settings.checked()
        var recovery = Recovery(disk, seed: seed)
        try recovery.run(committedPosition: committedPosition, settings: settings)
        let report = recovery.report
        let ring = FrameRing(
            bytes: settings.ringBytes, firstSequence: report.nextSequence,
            needsAnchor: report.nextSequence > report.lastSequence + 1)
        let catalogue = SegmentCatalogue(recovery.summaries, endAtOpen: report.lastSequence)
        // Another start, another salt, also when a simulation gives the same seed again.
        let writer = try JournalWriter(
            disk: disk, settings: settings, journal: report.journal, ring: ring, catalogue: catalogue,
            seed: seed ^ (report.nextSequence &* 0x9E37_79B9_7F4A_7C15))
        self.report = report
        self.settings = settings
        self.ring = ring
        self.disk = disk
        self.catalogue = catalogue
        self.writer = Mutex(writer)
        committed = Mutex(committedPosition ?? 0)
    }

    package var id: JournalID { report.journal }

    func place(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) -> (outcome: AppendOutcome, wakesWriter: Bool) {
        let (outcome, wakesWriter, waiting) = ring.append(
            kind: kind, connection: connection, time: time, label: label, payload: payload)
        for signal in waiting { signal.signal() }
        return (outcome, wakesWriter)
    }

    /// Copies the frame into memory and numbers it. Returns at once, from any thread.
    package func append(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: String = "",
        payload: UnsafeRawBufferPointer
    ) -> AppendOutcome {
        var label = label
        return label.withUTF8 {
            place(
                kind: kind, connection: connection, time: time, label: UnsafeRawBufferPointer($0),
                payload: payload
            ).outcome
        }
    }

    /// Does what is due now: blocks, sync, segments, retention. Returns when it wants to be called again,
    /// and whether somebody who was told `full` may go on.
    @discardableResult
    package func step(at now: JournalTime, flush: Bool = false) -> (rest: WriterRest, hasRoom: Bool) {
        let committedThrough = committedThrough
        return writer.withLock { $0.step(at: now, committedThrough: committedThrough, flush: flush) }
    }

    /// Has the syncs of the last step counted by their ends.
    package func stepEnded(at now: JournalTime) {
        writer.withLock { $0.syncsEnded(at: now.monotonicNanoseconds) }
    }

    /// Frames behind `position`, which the database has. What the journal does not hold any more comes as a
    /// hole first.
    package func feed(after position: UInt64) throws(JournalError) -> JournalFeed {
        guard position < ring.nextSequence else {
            throw JournalError(
                .notHeld,
                "the journal ends with frame \(ring.nextSequence - 1), before the position \(position)",
                remedy: "Open the journal with the database's position, so that it goes on behind it.")
        }
        return try JournalFeed(after: position, ring: ring, catalogue: catalogue, disk: disk)
    }

    /// The database has everything up to here, so segments before it may go when their time has come.
    package func committed(through position: UInt64) {
        committed.withLock { $0 = max($0, position) }
    }

    package var committedThrough: UInt64 { committed.withLock { $0 } }

    /// Takes nothing any more, writes what it has and seals it. False when the disk did not take all: the
    /// next start finds what it took.
    @discardableResult
    package func close(at now: JournalTime) -> Bool {
        _ = ring.refuse(.closed)
        for signal in ring.takeWaiting() { signal.signal() }
        let committedThrough = committedThrough
        return writer.withLock { writer in
            _ = writer.step(at: now, committedThrough: committedThrough, flush: true)
            guard writer.failure == nil, writer.written == writer.synced else { return false }
            do throws(DiskFailure) {
                try writer.rotate(at: now, flush: true)
                return true
            } catch {
                writer.failure = error
                return false
            }
        }
    }

    package var figures: JournalFigures {
        let segments = catalogue.all
        let committedThrough = committedThrough
        var figures = writer.withLock { writer in
            var figures = JournalFigures()
            figures.troubles = writer.plan.troubles
            if let failure = writer.failure { figures.troubles.append(.disk(failure)) }
            figures.state = figures.troubles.isEmpty ? .normal : .alarm
            if writer.isFull { figures.state = .full }
            figures.written = writer.counters
            figures.syncWaits = writer.waits
            figures.lastSyncMonotonicNanoseconds = writer.lastSyncMonotonicNanoseconds
            figures.syncedThrough = writer.lastSequence
            return figures
        }
        // A disk that fails long enough fills the ring, which refuses just the same.
        if !figures.troubles.isEmpty, ring.wantsRoom { figures.state = .full }
        figures.segments = segments.count
        figures.bytes = segments.reduce(0) { $0 + $1.bytes }
        figures.uncommittedBytes = segments.reduce(0) {
            $0 + ($1.lastSequence > committedThrough ? $1.bytes : 0)
        }
        figures.unsyncedBytes = ring.unsyncedBytes
        figures.oldestSequence = segments.first?.firstSequence ?? ring.oldestSequence
        figures.lastSequence = ring.nextSequence - 1
        figures.committedThrough = committedThrough
        figures.framesRefused = ring.framesRefused
        return figures
    }

    /// Whether this frame can be read without the disk.
    package func ringHolds(_ sequence: UInt64) -> Bool {
        (ring.oldestSequence..<ring.nextSequence).contains(sequence)
    }

    /// Before a thread sleeps: false when there is more to write than the rest allows.
    func arm(_ rest: WriterRest) -> Bool {
        guard let bytes = rest.bytes else { return true }
        return ring.armWriter(behind: writer.withLock { $0.written }, bytes: bytes)
    }
}
