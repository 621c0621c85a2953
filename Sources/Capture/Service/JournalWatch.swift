import Diagnostics
import Journal
import Market
import Network
import Synchronization

/// Looks at the journal each second: says when it nears a bound or its disk fails, and records a gap of every
/// market for the time in which it took nothing.
final class JournalWatch: Sendable {
    private static let everyMilliseconds: Int64 = 1_000

    private let journal: Journal
    private let slot: BatchSlot
    private let logger: Logger
    private let pauses = BatchSlot()
    private let isStopped = Atomic(false)
    private let thread = Mutex<DedicatedThread?>(nil)

    init(_ journal: Journal, slot: BatchSlot, logger: Logger) {
        self.journal = journal
        self.slot = slot
        self.logger = logger
    }

    func start() throws {
        let started = try DedicatedThread(named: "yeoul-watch") { self.run() }
        thread.withLock { $0 = started }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        pauses.stop()
        thread.withLock { $0.take() }?.join()
    }

    private func run() {
        var last = JournalState.normal
        var fullSince: Instant?
        while !isStopped.load(ordering: .acquiring) {
            let figures = journal.figures
            if figures.state != last { say(figures) }
            last = figures.state
            let now = Instant(microseconds: WallClock.unixMicroseconds())
            if last == .full {
                fullSince = fullSince ?? now.adding(milliseconds: -Self.everyMilliseconds)
            } else if let since = fullSince {
                fullSince = nil
                slot.note(CaptureHole(from: since, to: now, reason: "journal_full"))
            }
            pauses.pause(milliseconds: Self.everyMilliseconds)
        }
        if let fullSince {
            let now = Instant(microseconds: WallClock.unixMicroseconds())
            slot.note(CaptureHole(from: fullSince, to: now, reason: "journal_full"))
        }
    }

    private func say(_ figures: JournalFigures) {
        let context: KeyValuePairs = [
            "uncommitted bytes": "\(figures.uncommittedBytes)", "bytes": "\(figures.bytes)",
            "troubles": "\(figures.troubles)",
        ]
        switch figures.state {
        case .normal: logger.info("the journal is well again", context)
        case .alarm: logger.warning("the journal nears a bound, or its disk fails", context)
        case .full:
            logger.critical(
                "the journal is full: nothing is captured until the database takes rows or the disk has room",
                context)
        }
    }
}
