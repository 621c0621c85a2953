import Database
import Diagnostics
import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct UpkeepTests {
    private func isDrop(_ action: UpkeepAction) -> Bool {
        if case .dropChunk = action { true } else { false }
    }

    @Test func partitionsAreMadeAheadAndThenNothingIsDue() async throws {
        let fixture = try await UpkeepFixture.make(.native)
        let first = try await fixture.upkeep().run()
        #expect(first.failures.isEmpty, "\(first.text)")
        let covered = try await fixture.connection.query(
            """
            SELECT count(*) FROM ops.time_tables t WHERE tstzmultirange(tstzrange(now() - interval '8 days',
                now() + interval '7 days')) <@ (SELECT range_agg(covers) FROM ops.partition_ranges(t.table_name))
            """
        ).single()
        #expect(try covered.value(0, as: Int.self) == 9)
        // Partitions that are made for the past are cold, and indexed by the next run.
        #expect(try await fixture.upkeep().run().failures.isEmpty)
        let third = try await fixture.upkeep().plan()
        #expect(third.actions.allSatisfy { if case .prune = $0 { true } else { false } })
    }

    @Test(arguments: TestEngines.all)
    func anOldDayIsArchivedAndDroppedAndCanBeBroughtBack(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        for ago in [40, 35, 20, 1] as [Int64] {
            try await fixture.insertTrades(5_000, daysAgo: ago, firstID: Int(ago) * 100_000)
        }
        let before = try await fixture.contentOfTrades()
        let report = try await fixture.upkeep().run()
        #expect(report.failures.isEmpty && report.done.filter(isDrop).count == 2, "\(report.text)")
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
        #expect(try await fixture.countTrades(daysAgo: 20) == 5_000)

        let entries = try fixture.archive.entries(table: "transactions")
        #expect(entries.map(\.range.lowerBound) == [fixture.day(40), fixture.day(35)])
        let service = ArchiveService(fixture.archive)
        for entry in entries {
            try service.verify(entry)
            let outcome = try await service.restore(entry, on: fixture.connection, now: fixture.now)
            #expect(outcome == .init(rowsRead: 5_000, rowsAdded: 5_000))
            // Once more changes nothing.
            let again = try await service.restore(entry, on: fixture.connection, now: fixture.now)
            #expect(again == .init(rowsRead: 5_000, rowsAdded: 0))
        }
        #expect(try await fixture.contentOfTrades() == before)

        // What was brought back stays for a week, and then goes without a second archive.
        let kept = try await fixture.upkeep().run()
        #expect(!kept.done.contains(where: isDrop))
        #expect(
            kept.held.count == 2 && kept.held.allSatisfy { $0.reason.contains("restored from the archive") })
        let later = try await fixture.upkeep().run(at: fixture.now.adding(seconds: 8 * 86_400))
        #expect(later.failures.isEmpty && later.done.filter(isDrop).count == 2, "\(later.text)")
        #expect(try fixture.archive.entries().count == 2)
    }

    @Test(arguments: TestEngines.all)
    func lateRowsOfAnArchivedDayMakeAnotherPart(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        for part in 1...2 {
            try await fixture.insertTrades(100, daysAgo: 40, firstID: part * 1_000)
            let report = try await fixture.upkeep().run()
            #expect(report.failures.isEmpty, "\(report.text)")
        }
        let entries = try fixture.archive.entries()
        #expect(entries.map(\.manifest.part) == [1, 2])
        let service = ArchiveService(fixture.archive)
        for entry in entries {
            _ = try await service.restore(entry, on: fixture.connection, now: fixture.now)
        }
        #expect(try await fixture.countTrades(daysAgo: 40) == 200)
    }

    @Test(arguments: TestEngines.all)
    func withoutRoomForTheArchiveNothingIsDropped(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine, reserveBytes: .max)
        try await fixture.insertTrades(100, daysAgo: 40)
        let report = try await fixture.upkeep().run()
        #expect(report.failures.count == 1)
        #expect(report.text.contains("nothing was dropped"))
        #expect(try await fixture.countTrades(daysAgo: 40) == 100)
        #expect(try fixture.archive.entries().isEmpty)
        let left = try FileManager.default.subpathsOfDirectory(atPath: fixture.folder.path)
        #expect(left == ["transactions"])
    }

    @Test(arguments: TestEngines.all)
    func aDamagedArchiveIsNotRestored(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.insertTrades(1_000, daysAgo: 40)
        _ = try await fixture.upkeep().run()
        let entry = try #require(try fixture.archive.entries().first)
        var bytes = try #require(FileManager.default.contents(atPath: entry.dataPath))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: entry.dataPath))
        let service = ArchiveService(fixture.archive)
        #expect(throws: StorageError.self) { try service.verify(entry) }
        let error = await #expect(throws: StorageError.self) {
            try await service.restore(entry, on: fixture.connection, now: fixture.now)
        }
        #expect(error?.code == .damagedArchive && error?.what.contains("block 1 of 1, byte 0") == true)
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
    }

    @Test(arguments: TestEngines.all)
    func columnsAddedSinceAreNoObstacleAndLostOnesAre(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.insertTrades(500, daysAgo: 40)
        _ = try await fixture.upkeep().run()
        let entry = try #require(try fixture.archive.entries().first)
        try await fixture.connection.execute(
            "ALTER TABLE market.transactions ADD COLUMN venue text DEFAULT 'upbit'")
        let service = ArchiveService(fixture.archive)
        let outcome = try await service.restore(entry, on: fixture.connection, now: fixture.now)
        #expect(outcome.rowsAdded == 500)
        try await fixture.connection.execute("ALTER TABLE market.transactions DROP COLUMN side CASCADE")
        let error = await #expect(throws: StorageError.self) {
            try await service.restore(entry, on: fixture.connection, now: fixture.now)
        }
        #expect(error?.what.contains("no column side any more") == true)
    }

    @Test func aColdPartitionGetsItsIndexAndABrokenOneIsMadeAgain() async throws {
        let fixture = try await UpkeepFixture.make(.native)
        try await fixture.insertTrades(1_000, daysAgo: 12)
        _ = try await fixture.upkeep().run()
        let valid = """
            SELECT c.relname, x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
            JOIN pg_class t ON t.oid = x.indrelid
            WHERE c.relname LIKE 'transactions%_symbol_time'
            """
        let made = try await fixture.connection.lines(valid)
        #expect(made.count == 1 && made.allSatisfy { $0.hasSuffix("_symbol_time,t)") })
        try await fixture.connection.execute(
            """
            UPDATE pg_index SET indisvalid = false WHERE indexrelid IN
                (SELECT oid FROM pg_class WHERE relname LIKE 'transactions%_symbol_time')
            """)
        let report = try await fixture.upkeep().run()
        #expect(report.done.contains { if case .indexChunk(_, _, true) = $0 { true } else { false } })
        #expect(try await fixture.connection.lines(valid) == made)
    }

    /// A run that was killed between detaching and dropping, or in the middle of detaching.
    @Test func anInterruptedDropIsFinishedByTheNextRun() async throws {
        let fixture = try await UpkeepFixture.make(.native)
        try await fixture.insertTrades(100, daysAgo: 40)
        try await fixture.insertTrades(100, daysAgo: 41, firstID: 9_000)
        let reader = try await fixture.database.scratch.connect()
        try await reader.execute("BEGIN; SELECT count(*) FROM market.transactions")
        let blocked = try await fixture.upkeep(attemptsMax: 1).run()
        #expect(blocked.failures.count == 2, "\(blocked.text)")
        let pending = try await fixture.connection.lines("SELECT 1 FROM pg_inherits WHERE inhdetachpending")
        #expect(pending.count == 1)
        try await reader.execute("COMMIT")
        for _ in 0..<2 {
            let report = try await fixture.upkeep().run()
            #expect(report.failures.isEmpty, "\(report.text)")
        }
        #expect(try fixture.archive.entries().map(\.manifest.rows) == [100, 100])
        let left = try await fixture.connection.lines(
            "SELECT relname FROM pg_class WHERE relname LIKE 'transactions_p%' AND relkind = 'r'")
        #expect(left.count == 16, "\(left)")
    }

    @Test(arguments: TestEngines.all)
    func twoRunsAtOnceDoTheWorkOnce(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        for ago in [36, 37, 38] as [Int64] { try await fixture.insertTrades(2_000, daysAgo: ago) }
        let upkeep = try fixture.upkeep()
        let reports = try await withThrowingTaskGroup(of: UpkeepReport.self) { group in
            for _ in 0..<4 { group.addTask { try await upkeep.run() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.flatMap(\.failures).isEmpty)
        #expect(reports.flatMap(\.done).filter(isDrop).count == 3)
        #expect(try fixture.archive.entries().count == 3)
    }

    @Test(arguments: TestEngines.all)
    func aNeededDayStaysUntilItIsSettled(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.insertTrades(100, daysAgo: 40)
        try await fixture.connection.query(
            """
            INSERT INTO market.reconciliations (from_time, to_time, our_volume, exchange_volume, our_value,
                exchange_value, symbol, method, status, attempts)
            VALUES ($1, $1 + interval '1 minute', 1, 2, 1, 2, 'KRW-BTC', 'candle', 'different', 0)
            """, [.timestamp(microseconds: fixture.day(40).microseconds)])
        let held = try await fixture.upkeep().run()
        #expect(held.held.contains { $0.reason.contains("not proven") })
        #expect(try await fixture.countTrades(daysAgo: 40) == 100)
        try await fixture.connection.execute("UPDATE market.reconciliations SET attempts = 3")
        _ = try await fixture.upkeep().run()
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
    }

    @Test(arguments: TestEngines.all)
    func oldNotesArePrunedAndTheNewestStay(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.connection.execute(
            """
            INSERT INTO ops.journal_positions (position, epoch, committed_at, shard, journal_id)
                SELECT i, 1, now() - interval '2 days' + i * interval '1 second', i % 2, 'j' FROM generate_series(1, 1000) i;
            INSERT INTO ops.system_logs (created_at, level, component, message)
                SELECT now() - i * interval '1 day' + interval '1 hour', 'info', 'test', 'm' FROM generate_series(1, 200) i;
            INSERT INTO market.gaps (from_time, to_time, symbol, channel, reason, status)
                SELECT now() - interval '500 days', now() - interval '499 days', 'KRW-' || s, 'trade', 'r', s
                FROM unnest(array['open', 'filled', 'unfillable']) s
            """)
        let report = try await fixture.upkeep().run()
        #expect(report.failures.isEmpty, "\(report.text)")
        #expect(
            try await fixture.connection.lines(
                "SELECT shard, count(*), max(position) FROM ops.journal_positions GROUP BY 1 ORDER BY 1")
                == ["(0,100,1000)", "(1,100,999)"])
        #expect(try await fixture.connection.lines("SELECT count(*) FROM ops.system_logs") == ["(90)"])
        #expect(try await fixture.connection.lines("SELECT status FROM market.gaps") == ["(open)"])
        #expect(report.prunedRows == 800 + 110 + 2)
    }
}
