import Capture
import Database
import Diagnostics
import Foundation
import Market
import Network
import Storage
import TestKit

/// The threads that decode and commit, with a feed and a database.
final class CommitRig: Sendable {
    let feed: MemoryFeed
    let figures = CaptureFiguresBox()
    let folder: TemporaryFolder
    let lease: Lease
    private let slot = BatchSlot()
    private let stopRequest = CommitLoop.StopRequest()
    private let keeper: LeaseKeeper
    private let threads: [DedicatedThread]

    static let logger = Logger(
        component: "test",
        output: LogOutput(
            level: ProcessInfo.processInfo.environment["YEOUL_TEST_LOG"] == nil ? .critical : .info,
            format: .text, colour: false, secrets: []))

    init(
        _ database: CaptureDatabase, feed: MemoryFeed = MemoryFeed(), journal: String = "journal-a",
        process: Int32 = 1, participants: [any CommitParticipant & Sendable] = [],
        instance: Instance = CaptureDatabase.instance, drainMilliseconds: Int64 = 8_000, clockFrom: UInt64 = 0
    ) throws {
        self.feed = feed
        let folder = try TemporaryFolder()
        self.folder = folder
        let lease = Lease(
            shard: 0,
            owner: Lease.owner(host: "test", process: process, token: UUID().uuidString, journal: journal),
            journal: journal)
        self.lease = lease
        var settings = CommitSettings(
            options: try database.ingestOptions, instance: instance,
            schemaVersion: try MigrationSet.embedded().newestNumber, quarantineFolder: folder.path,
            symbols: { ["KRW-M0", "KRW-M1"].compactMap { try? Symbol($0) } })
        settings.drainMilliseconds = drainMilliseconds
        let time = ExchangeTime()
        let (slot, figures, stopRequest) = (slot, figures, stopRequest)
        keeper = try LeaseKeeper(lease, options: try database.ingestOptions, logger: Self.logger)
        try keeper.start()
        let committed = settings
        threads = [
            try DedicatedThread(named: "intake") {
                IntakeLoop(
                    IntakeSettings(), slot: slot, time: time, clockFrom: clockFrom, logger: Self.logger
                ).run(feed)
            },
            try DedicatedThread(named: "commit") {
                let loop = CommitLoop(
                    committed, slot: slot, lease: lease, time: time, figures: figures,
                    participants: participants, stopRequest: stopRequest, logger: Self.logger)
                loop.run { feed.committed(through: $0) }
            },
        ]
    }

    /// Waits until everything of the feed is stored, unless that cannot be, and ends.
    func stop(drains: Bool = true) async {
        feed.close()
        if drains { _ = try? await eventually { $0.position == UInt64(feed.count) } }
        stopRequest.make()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let (slot, keeper, threads) = (slot, keeper, threads)
            Thread.detachNewThread {
                threads[1].join()
                slot.stop()
                threads[0].join()
                keeper.stop()
                done.resume()
            }
        }
    }

    /// Waits until `condition` holds, some seconds at most.
    func eventually(seconds: Int = 30, _ condition: (CaptureFigures) async throws -> Bool) async throws
        -> Bool
    {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(seconds)
        while clock.now < deadline {
            if try await condition(figures.value) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}

var clockNow: Instant { Instant(microseconds: WallClock.unixMicroseconds()) }
