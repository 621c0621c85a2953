import Database
import Foundation
import Market
import Storage
import Synchronization
import TestKit
import Testing

/// An analyst leaves a transaction open while upkeep, retention, policies and a migration that needs the
/// table for itself go on: for 6 seconds, for a minute when YEOUL_TORTURE is set.
@Suite struct OpenReaderTests {
    private final class Flag: Sendable {
        let isOver = Atomic<Bool>(false)
    }

    private static let openSeconds =
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? 6 : 60

    @Test(arguments: TestEngines.all)
    func insertsNeverWaitTwoSeconds(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        for ago in [40, 39, 12] as [Int64] { try await fixture.insertTrades(1_000, daysAgo: ago) }
        try await fixture.insertTrades(10, daysAgo: 0)
        let reader = try await fixture.database.scratch.connect()
        try await reader.execute("BEGIN; SELECT count(*) FROM market.transactions")
        let migrator = try migratorOfAColumn(fixture, engine)
        let flag = Flag()
        let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
            group.addTask { try await write(fixture, until: flag) }
            let end = ContinuousClock.now + .seconds(Self.openSeconds)
            repeat {
                _ = try await fixture.upkeep(attemptsMax: 2).run()
                await applyUnlessBusy(fixture)
                // It finds the table in use, gives way, and changes nothing.
                let error = await #expect(throws: StorageError.self) { try await migrator.migrate() }
                #expect(error?.code == .busy, "\(String(describing: error))")
                try await Task.sleep(for: .milliseconds(200))
            } while ContinuousClock.now < end
            flag.isOver.store(true, ordering: .releasing)
            return try await group.reduce(.zero) { max($0, $1) }
        }
        print("▸ \(engine.rawValue): the slowest insert beside an open reader took \(slowest)")
        #expect(slowest < .seconds(2), "\(slowest)")
        try await reader.execute("COMMIT")
        for _ in 0..<2 { _ = try await fixture.upkeep().run() }
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
        #expect(try fixture.archive.entries().count == 2)
        #expect(try await migrator.migrate().steps.count == 1)
        #expect(try await fixture.connection.lines("SELECT venue FROM market.transactions LIMIT 1") == ["()"])
    }

    /// The program's migrations and one that adds a column to the trades, as a later release may.
    private func migratorOfAColumn(_ fixture: UpkeepFixture, _ engine: EngineName) throws -> Migrator {
        let shipped = try MigrationSet.embedded().migrations
        let next = String(format: "%04d", shipped.count + 1)
        var files = shipped.flatMap { migration in
            let name = String(format: "%04d_", migration.number) + migration.name
            return [("\(name).up.sql", migration.up.text), ("\(name).down.sql", migration.down.text)]
        }
        files.append(("\(next)_venue.up.sql", "ALTER TABLE market.transactions ADD COLUMN venue text"))
        files.append(("\(next)_venue.down.sql", "ALTER TABLE market.transactions DROP COLUMN venue"))
        var limits = Migrator.Limits()
        limits.attemptsMax = 2
        return Migrator(
            try fixture.database.scratch.options, instance: TestDatabase.instance,
            engine: engine == .native ? .native : .timescale, program: "test",
            set: try MigrationSet(files: files), limits: limits)
    }

    /// The columnstore's settings need the table for a moment, which the reader does not give.
    private func applyUnlessBusy(_ fixture: UpkeepFixture) async {
        do {
            _ = try await fixture.applier("default").apply()
        } catch {
            #expect((error as? StorageError)?.code == .busy, "\(error)")
        }
    }

    /// Inserts a row at a time, into today and into the days that upkeep works on; the longest that one took.
    private func write(_ fixture: UpkeepFixture, until flag: Flag) async throws -> Duration {
        let connection = try await fixture.database.scratch.connect()
        var slowest = Duration.zero
        var id: Int64 = 5_000_000
        while !flag.isOver.load(ordering: .acquiring) {
            id += 1
            let start = ContinuousClock.now
            try await connection.query(
                """
                INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
                VALUES ($1, $2, now(), 1, 1, 'KRW-BTC', 'buy')
                """,
                [.timestamp(microseconds: fixture.day(id % 2 == 0 ? 0 : 12).microseconds), .int64(id)])
            slowest = max(slowest, ContinuousClock.now - start)
            try await Task.sleep(for: .milliseconds(10))
        }
        return slowest
    }
}
