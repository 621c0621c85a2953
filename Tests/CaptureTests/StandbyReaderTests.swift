import Capture
import Foundation
import Market
import TestKit
import Testing

/// What becomes of a standby's journal while another process writes.
@Suite struct StandbyReaderTests {
    private static let other = "elsewhere process 1 x journal journal-b"

    private static func makeLease(_ process: Int32) -> Lease {
        Lease(
            shard: 0,
            owner: Lease.owner(
                host: "test", process: process, token: UUID().uuidString, journal: "journal-standby"),
            journal: "journal-standby")
    }

    @Test func framesWhoseTradesAreStoredAreLetGoAndOthersAreKept() async throws {
        let database = try await CaptureDatabase.make()
        let now = clockNow
        let frames = Messages.trades(0..<1_000, now: now.adding(seconds: -90))
        // The writer has all but the last hundred.
        let writer = try CommitRig(database)
        writer.feed.append(Array(frames.prefix(900)), receivedAt: now.adding(seconds: -90))
        await writer.stop()
        try await database.execute(
            "UPDATE ops.leases SET owner = '\(Self.other)', expires_at = clock_timestamp() + interval '1 hour'"
        )
        let feed = MemoryFeed()
        feed.append(Array(frames.prefix(900)), receivedAt: now.adding(seconds: -90))
        var settings = StandbySettings()
        settings.everyMilliseconds = 50
        let folder = try TemporaryFolder()
        let reader = StandbyReader(
            Self.makeLease(2), options: try database.ingestOptions, settings: settings,
            quarantineFolder: folder.path, logger: CommitRig.logger)
        try reader.start { feed }
        let position = "SELECT max(position) FROM ops.journal_positions WHERE journal_id = 'journal-standby'"
        let isLetGo = try await CaptureTown.eventually { try await database.answer(position) == "900" }
        #expect(isLetGo)
        #expect(feed.committedThrough == 900)
        #expect(
            try await database.count("ops.journal_positions WHERE journal_id = 'journal-standby'") == 1)
        feed.append(Array(frames.suffix(100)), receivedAt: now.adding(seconds: -60))
        // And some that came just now, which nobody would look up yet.
        feed.append(Messages.trades(2_000..<2_010, now: now))
        try await Task.sleep(for: .seconds(1))
        #expect(feed.committedThrough == 900)
        reader.stop()
    }

    @Test func aTradeThatTheWriterPassedOverGoesIntoQuarantine() async throws {
        let database = try await CaptureDatabase.make()
        let now = clockNow
        let frames = Messages.trades(0..<100, now: now.adding(seconds: -90))
        let writer = try CommitRig(database)
        writer.feed.append(Array(frames.prefix(99)), receivedAt: now.adding(seconds: -90))
        writer.feed.append(Messages.trades(5_000..<5_001, now: now))
        await writer.stop()
        try await database.execute(
            "UPDATE ops.leases SET owner = '\(Self.other)', expires_at = clock_timestamp() + interval '1 hour'"
        )
        let feed = MemoryFeed()
        feed.append(frames, receivedAt: now.adding(seconds: -90))
        var settings = StandbySettings()
        settings.everyMilliseconds = 50
        settings.patienceMilliseconds = 10_000
        let folder = try TemporaryFolder()
        let reader = StandbyReader(
            Self.makeLease(3), options: try database.ingestOptions, settings: settings,
            quarantineFolder: folder.path, logger: CommitRig.logger)
        try reader.start { feed }
        let isLetGo = try await CaptureTown.eventually { feed.committedThrough == 100 }
        #expect(isLetGo)
        reader.stop()
        let text = try String(contentsOfFile: folder.path(of: "quarantine.jsonl"), encoding: .utf8)
        #expect(text.contains(" 99 ") && text.split(separator: "\n").count == 1)
    }

    @Test func whoeverHasTheLeaseLetsGoByItsCommitsOnly() async throws {
        let database = try await CaptureDatabase.make()
        let frames = Messages.trades(0..<10, now: clockNow.adding(seconds: -90))
        let writer = try CommitRig(database)
        writer.feed.append(frames, receivedAt: clockNow.adding(seconds: -90))
        await writer.stop()
        let lease = Self.makeLease(4)
        try await database.execute(
            "UPDATE ops.leases SET owner = '\(lease.owner)', expires_at = clock_timestamp() + interval '1 hour'"
        )
        let feed = MemoryFeed()
        feed.append(frames, receivedAt: clockNow.adding(seconds: -90))
        var settings = StandbySettings()
        settings.everyMilliseconds = 20
        let folder = try TemporaryFolder()
        let reader = StandbyReader(
            lease, options: try database.ingestOptions, settings: settings, quarantineFolder: folder.path,
            logger: CommitRig.logger)
        try reader.start { feed }
        try await Task.sleep(for: .seconds(1))
        reader.stop()
        #expect(feed.committedThrough == 0)
        #expect(
            try await database.count("ops.journal_positions WHERE journal_id = 'journal-standby'") == 0)
    }

    @Test func nothingIsLetGoBeforeTheWriterHasPassedIt() {
        let settings = StandbySettings()
        let received = clockNow
        #expect(settings.verdict(missing: 0, received: received, passed: nil) == .letGo)
        #expect(settings.verdict(missing: 1, received: received, passed: nil) == .wait)
        let patience = settings.patienceMilliseconds
        #expect(
            settings.verdict(missing: 1, received: received, passed: received.adding(milliseconds: patience))
                == .wait)
        #expect(
            settings.verdict(
                missing: 1, received: received, passed: received.adding(milliseconds: patience + 1))
                == .putAside)
    }
}
