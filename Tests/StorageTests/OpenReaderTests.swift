import Database
import Foundation
import Market
import Storage
import Synchronization
import TestKit
import Testing

/// An analyst leaves a transaction open while upkeep, retention, policies and migration go on.
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
        let flag = Flag()
        let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
            group.addTask { try await write(fixture, until: flag) }
            let end = ContinuousClock.now + .seconds(Self.openSeconds)
            repeat {
                _ = try await fixture.upkeep(attemptsMax: 2).run()
                await applyUnlessBusy(fixture)
                _ = try await TestDatabase.migrator(fixture.database.scratch.options, engine).migrate()
                try await Task.sleep(for: .milliseconds(200))
            } while ContinuousClock.now < end
            flag.isOver.store(true, ordering: .releasing)
            return try await group.reduce(.zero) { max($0, $1) }
        }
        #expect(slowest < .seconds(2), "\(slowest)")
        try await reader.execute("COMMIT")
        for _ in 0..<2 { _ = try await fixture.upkeep().run() }
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
        #expect(try fixture.archive.entries().count == 2)
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
