import Glibc
import Synchronization

/// The journal of one capture: a folder that only this process writes, and a thread that does so.
package final class Journal: Sendable {
    private let core: JournalCore
    private let lock: FolderLock?
    private let wake = WakeSignal()
    private let isStopping = Atomic(false)
    private let thread: Mutex<WriterThread?>
    private let roomHandler = Mutex<(@Sendable () -> Void)?>(nil)

    /// Opens the journal in `folder`, or makes one. `committedPosition` is the database's position for it;
    /// nil when the database cannot be asked now.
    package static func open(
        folder: String, settings: JournalSettings = JournalSettings(), committedPosition: UInt64?
    ) throws(JournalError) -> Journal {
        let lock = try FolderLock(folder: folder)
        return try Journal(
            disk: FolderDisk(path: folder), lock: lock, settings: settings,
            committedPosition: committedPosition)
    }

    /// On another disk, for tests.
    package convenience init(
        disk: any JournalDisk, settings: JournalSettings, committedPosition: UInt64?
    ) throws(JournalError) {
        try self.init(disk: disk, lock: nil, settings: settings, committedPosition: committedPosition)
    }

    private init(
        disk: any JournalDisk, lock: FolderLock?, settings: JournalSettings, committedPosition: UInt64?
    ) throws(JournalError) {
        self.lock = lock
        core = try JournalCore(
            disk: disk, settings: settings, committedPosition: committedPosition,
            seed: UInt64.random(in: .min ... .max))
        thread = Mutex(nil)
        let started = try WriterThread(named: "journal") { [self] in write() }
        thread.withLock { $0 = started }
    }

    package var id: JournalID { core.id }
    /// What opening it found.
    package var report: RecoveryReport { core.report }
    package var settings: JournalSettings { core.settings }
    package var figures: JournalFigures { core.figures }

    /// Copies the frame into memory and numbers it; it is on disk within the sync time. Returns at once, from
    /// any thread.
    package func append(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: String = "",
        payload: UnsafeRawBufferPointer
    ) -> AppendOutcome {
        var label = label
        let (outcome, wakesWriter) = label.withUTF8 {
            core.place(
                kind: kind, connection: connection, time: time, label: UnsafeRawBufferPointer($0),
                payload: payload)
        }
        if wakesWriter { wake.signal() }
        return outcome
    }

    package func append(
        kind: FrameKind, connection: UInt32, time: JournalTime, label: String = "", payload: [UInt8]
    ) -> AppendOutcome {
        payload.withUnsafeBytes {
            append(kind: kind, connection: connection, time: time, label: label, payload: $0)
        }
    }

    /// Called on the journal's thread each time when `append` has said `full` and there is room again.
    package func whenRoom(_ handler: @escaping @Sendable () -> Void) {
        roomHandler.withLock { $0 = handler }
    }

    /// Frames behind `position`, for one thread of its own.
    package func feed(after position: UInt64) throws(JournalError) -> JournalFeed {
        try core.feed(after: position)
    }

    /// The database has everything up to here.
    package func committed(through position: UInt64) {
        core.committed(through: position)
    }

    /// Takes nothing any more, writes and syncs what it has, and lets the folder go. False when the disk did
    /// not take all. Blocks for as long as the disk does.
    @discardableResult
    package func close() -> Bool {
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let running else { return true }
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        running.join()
        return core.close(at: .now())
    }

    private func write() {
        while !isStopping.load(ordering: .acquiring) {
            let (rest, hasRoom) = core.step(at: .now())
            core.stepEnded(at: .now())
            if hasRoom { roomHandler.withLock { $0 }?() }
            if core.arm(rest) { wake.wait(until: rest.untilMonotonicNanoseconds) }
        }
    }
}
