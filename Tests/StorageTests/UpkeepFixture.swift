import Database
import Market
import Storage
import TestKit

/// A migrated database with trades of given days, an archive folder, and upkeep for both.
struct UpkeepFixture {
    let database: TestDatabase
    let folder: TemporaryFolder
    let archive: ArchiveFolder
    let now: Instant

    var connection: Connection { database.connection }

    static func make(_ engine: EngineName, reserveBytes: Int = 0) async throws -> UpkeepFixture {
        let database = try await TestDatabase.make(engine)
        let folder = try TemporaryFolder(named: "archive of trades")
        let row = try await database.connection.query("SELECT clock_timestamp()").single()
        return UpkeepFixture(
            database: database, folder: folder,
            archive: ArchiveFolder(path: folder.path, reserveBytes: reserveBytes),
            now: Instant(microseconds: try row.value(0, as: Timestamp.self).microseconds))
    }

    func upkeep(_ profile: RetentionProfile? = nil, attemptsMax: Int = 4) throws -> Upkeep {
        var limits = UpkeepSession.Limits()
        limits.attemptsMax = attemptsMax
        limits.firstPause = .milliseconds(50)
        return Upkeep(
            try database.scratch.options, profile: try profile ?? .named("default"), archive: archive,
            limits: limits)
    }

    func applier(_ name: String) throws -> PolicyApplier {
        PolicyApplier(try database.scratch.options, profile: try RetentionProfiles.named(name))
    }

    /// Midnight so many days ago.
    func day(_ ago: Int64) -> Instant {
        let second = now.seconds - ago * 86_400
        return Instant.epoch.adding(seconds: second - second % 86_400)
    }

    /// Trades spread over the day that began `ago` days ago.
    func insertTrades(_ count: Int, daysAgo ago: Int64, firstID: Int = 1) async throws {
        let start = day(ago)
        try await connection.query(
            "SELECT ops.ensure_partitions('transactions', $1, $1 + interval '1 day')",
            [.timestamp(microseconds: start.microseconds)])
        try await connection.query(
            """
            INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
            SELECT $1 + (i % 86400) * interval '1 second', $2 + i, now(), 1 + (i::bigint * 7919 % 1000003) / 8.0,
                0.00000001 * (1 + i::bigint * 104729 % 99991), 'KRW-' || chr(65 + i % 26), CASE WHEN i % 3 = 0 THEN 'buy' ELSE 'sell' END
            FROM generate_series(0, $3 - 1) AS i
            """,
            [.timestamp(microseconds: start.microseconds), .int64(Int64(firstID)), .int32(Int32(count))],
            within: .seconds(120))
    }

    /// Something that any change of any row changes.
    func contentOfTrades() async throws -> String {
        let row = try await connection.query(
            """
            SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 7)::numeric), 0) || ' '
                || coalesce(bit_xor(hashtextextended(t::text, 11)), 0) AS content
            FROM market.transactions t
            """, within: .seconds(120)
        ).single()
        return try row.value("content")
    }

    func countTrades(daysAgo ago: Int64) async throws -> Int {
        let start = DatabaseValue.timestamp(microseconds: day(ago).microseconds)
        return try await connection.query(
            "SELECT count(*) FROM market.transactions WHERE time >= $1 AND time < $1 + interval '1 day'",
            [start]
        ).single().value(0)
    }
}

extension RetentionProfile {
    static func named(_ name: String) throws -> RetentionProfile { try RetentionProfiles.named(name) }
}
