import Capture
import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// The commit loop against a real server.
@Suite struct CommitLoopTests {
    @Test func tradesAreStoredOnceWithThePosition() async throws {
        let database = try await CaptureDatabase.make()
        let rig = try CommitRig(database)
        let now = clockNow
        rig.feed.append(Messages.trades(0..<3_000, now: now))
        // Copies, and something that nobody understands.
        rig.feed.append(Messages.trades(0..<500, now: now.adding(milliseconds: -2_500)) + ["{", "null"])
        await rig.stop()
        #expect(try await database.count() == 3_000)
        #expect(
            try await database.answer("SELECT position FROM ops.journal_positions ORDER BY id DESC LIMIT 1")
                == "3502")
        #expect(rig.feed.committedThrough == 3_502)
        let figures = rig.figures.value
        #expect(figures.trades == 3_000 && figures.copies == 500 && figures.quarantined == 2)
        #expect(
            try await database.answer("SELECT expires_at <= clock_timestamp() FROM ops.leases") == "true")
        #expect(
            try await database.answer(
                "SELECT string_agg(format('%s %s %s', symbol, price, volume), '|') FROM market.transactions WHERE sequential_id = 7"
            ) == "KRW-M3 1007.5 0.8")
    }

    @Test func theNextProcessGoesOnAtThePositionAndRepeatsNothing() async throws {
        let database = try await CaptureDatabase.make()
        let now = clockNow
        let frames = Messages.trades(0..<2_000, now: now)
        let first = try CommitRig(database)
        first.feed.append(Array(frames.prefix(1_200)))
        await first.stop()
        // The journal holds all; and the position was put back, as by a crash of an asynchronous standby.
        try await database.execute(
            """
            INSERT INTO ops.journal_positions (shard, journal_id, position, epoch) VALUES (0, 'journal-a', 1000, 1)
            """)
        let feed = MemoryFeed()
        feed.append(frames)
        let second = try CommitRig(database, feed: feed, process: 2)
        await second.stop()
        #expect(try await database.count() == 2_000)
        let figures = second.figures.value
        #expect(figures.trades == 800 && figures.duplicates == 200 && figures.position == 2_000)
        #expect(Int(try await database.answer("SELECT max(epoch) FROM ops.leases")) ?? 0 >= 2)
    }

    @Test func aDatabaseOfAnotherExchangeIsRefused() async throws {
        let database = try await CaptureDatabase.make()
        let rig = try CommitRig(
            database, instance: Instance(exchange: "upbit", isSimulated: false, dataFolderID: "test-folder"))
        rig.feed.append(Messages.trades(0..<10, now: clockNow))
        try await Task.sleep(for: .milliseconds(500))
        await rig.stop(drains: false)
        #expect(try await database.count() == 0)
    }

    @Test func rowsThatTheDatabaseRefusesArePutAsideAndTheRestIsStored() async throws {
        let database = try await CaptureDatabase.make()
        try await database.execute(
            "ALTER TABLE market.transactions ADD CONSTRAINT odd CHECK (sequential_id NOT IN (77, 500))")
        let rig = try CommitRig(database)
        rig.feed.append(Messages.trades(0..<2_000, now: clockNow))
        await rig.stop()
        #expect(try await database.count() == 1_998)
        #expect(rig.figures.value.quarantined == 2 && rig.figures.value.position == 2_000)
        let text = try String(contentsOfFile: rig.folder.path(of: "quarantine.jsonl"), encoding: .utf8)
        #expect(text.contains("\"refused\"") && text.contains(" 77 ") && text.contains(" 500 "))
    }

    @Test func timesThatCannotBeArePutAside() async throws {
        let database = try await CaptureDatabase.make()
        let rig = try CommitRig(database)
        let now = clockNow
        rig.feed.append(Messages.trades(0..<100, now: now))
        rig.feed.append([
            Messages.trade(1_001, now.adding(seconds: 3_600)),
            Messages.trade(1_002, now.adding(seconds: -864_000)),
        ])
        await rig.stop()
        #expect(try await database.count() == 100)
        #expect(rig.figures.value.quarantined == 2 && rig.figures.value.position == 102)
    }

    @Test func framesThatAreGoneAreAGapOfEachMarket() async throws {
        let database = try await CaptureDatabase.make()
        let now = clockNow
        let first = try CommitRig(database)
        first.feed.append(Messages.trades(0..<100, now: now))
        await first.stop()
        let feed = MemoryFeed()
        feed.append(Messages.trades(0..<400, now: now))
        feed.lose(before: 301)
        let second = try CommitRig(database, feed: feed, process: 2)
        await second.stop()
        #expect(try await database.count() == 200)
        #expect(
            try await database.answer(
                "SELECT string_agg(symbol || ' ' || channel || ' ' || status, ', ' ORDER BY symbol, channel) FROM market.gaps"
            )
                == "KRW-M0 orderbook unfillable, KRW-M0 ticker unfillable, KRW-M0 trade open, KRW-M1 orderbook unfillable, KRW-M1 ticker unfillable, KRW-M1 trade open"
        )
        #expect(
            try await database.answer(
                "SELECT bool_and(reason = 'journal_gone' AND to_time > from_time) FROM market.gaps") == "true"
        )
    }

    @Test func oldPositionsArePruned() async throws {
        let database = try await CaptureDatabase.make()
        try await database.execute(
            """
            INSERT INTO ops.journal_positions (shard, journal_id, position, epoch)
            SELECT 0, 'journal-a', 0, 1 FROM generate_series(1, 3000);
            INSERT INTO ops.journal_positions (shard, journal_id, position, epoch) VALUES (0, 'another', 5, 1)
            """)
        let rig = try CommitRig(database)
        let now = clockNow
        for id in 0..<Int64(PositionParticipant.pruneEvery + 20) {
            rig.feed.append(Messages.trades(id..<(id + 1), now: now))
            let isStored = try await rig.eventually { $0.position == UInt64(id + 1) }
            #expect(isStored)
        }
        await rig.stop()
        let kept = try await database.count("ops.journal_positions")
        #expect(kept <= Int(PositionParticipant.keptMax) + 100)
        #expect(try await database.count("ops.journal_positions WHERE journal_id = 'another'") == 1)
    }
}
