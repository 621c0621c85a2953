import Database
import Market
import Network
import Upbit

/// A budget in a row of `ops.rate_budgets`, for all hosts that reach the database.
///
/// It is read, changed here, and written if nobody wrote it meanwhile, else once more. So no lock is held: a host
/// that is suspended in between holds nobody up, and a transaction pooler may stand before the server.
/// What a crash of the server loses of it is half a second (`synchronous_commit` is off), one window overdrawn.
struct RateBudgetRow: Sendable {
    /// Writers meet for milliseconds; who does not get through for so long is told.
    static let contentionMillisecondsMax: Int64 = 5_000
    private static let pauseMicroseconds: Int64 = 500
    private static let pauseMicrosecondsMax: Int64 = 20_000
    /// The connection, a statement, and the wait for the connection, each.
    static let answerLimit = Duration.seconds(2)

    struct Change<Output: Sendable>: Sendable {
        var output: Output
        /// By the database's clock.
        var now: Instant
        /// How long all hosts keep to their shares; zero or less when they do not.
        var sharesMilliseconds: Int64
    }

    private struct Seen {
        var record: [UInt8]
        var generation: Int64
        var now: Instant
        var sharesMilliseconds: Int64
        var readMicroseconds: Int64
    }

    private let name: String
    private let table: RateTable
    private let pool: Pool

    init(_ options: ConnectionOptions, name: String, table: RateTable) {
        self.name = name
        self.table = table
        var options = options
        options.connectLimit = Self.answerLimit
        options.statementLimit = Self.answerLimit
        // One: the changes of a process do not compete with each other.
        var settings = PoolSettings()
        settings.size = 1
        settings.overflow = 0
        settings.waitLimit = Self.answerLimit
        pool = Pool(options, settings)
    }

    var place: String { "ops.rate_budgets at \(pool.options.place)" }

    /// `change` is told the time by the database's clock, and how long all hosts keep to their shares.
    func update<Output: Sendable>(
        _ change: @Sendable (inout RateBudget, Instant, _ sharesMilliseconds: Int64) -> Output
    ) async throws -> Change<Output> {
        try await pool.withConnection { connection in
            var pause = Self.pauseMicroseconds
            let start = Monotonic.milliseconds()
            while Monotonic.milliseconds() - start < Self.contentionMillisecondsMax {
                let seen = try await read(connection)
                var budget = Self.budget(seen.record, table)
                let before = budget
                let output = change(&budget, seen.now, seen.sharesMilliseconds)
                var isKept = budget == before
                if !isKept { isKept = try await write(budget, over: seen.generation, connection) }
                if isKept {
                    // What the statements took has passed for the caller, too.
                    let passed = Monotonic.nanoseconds() / 1_000 - seen.readMicroseconds
                    return Change(
                        output: output, now: seen.now.adding(microseconds: passed),
                        sharesMilliseconds: seen.sharesMilliseconds)
                }
                try await Task.sleep(for: .microseconds(Int64.random(in: 1...pause)))
                pause = min(pause * 2, Self.pauseMicrosecondsMax)
            }
            throw QuotationError(
                .budgetHeld, "the shared rate budget could not be written between the other writers",
                at: place, remedy: "Find out in pg_stat_activity who updates this row all the time.")
        }
    }

    /// Has all hosts keep to their shares for so long from now; how long it is then, with the others' wishes.
    func keepToShares(milliseconds: Int64) async throws -> Int64 {
        try await pool.withConnection { connection in
            _ = try await read(connection)
            return try await connection.query(
                """
                UPDATE ops.rate_budgets SET
                    shares_until = greatest(shares_until, clock_timestamp() + $2 * interval '1 millisecond')
                WHERE name = $1
                RETURNING ceil(extract(epoch FROM shares_until - clock_timestamp()) * 1000)::bigint
                """, [.text(name), .int64(milliseconds)]
            ).single().value(0)
        }
    }

    private func read(_ connection: Connection) async throws -> Seen {
        let sql = """
            SELECT record, generation, clock_timestamp(),
                ceil(extract(epoch FROM shares_until - clock_timestamp()) * 1000)::bigint
            FROM ops.rate_budgets WHERE name = $1
            """
        var rows = try await connection.query(sql, [.text(name)])
        if rows.isEmpty {
            try await connection.query(
                "INSERT INTO ops.rate_budgets (name) VALUES ($1) ON CONFLICT DO NOTHING", [.text(name)])
            rows = try await connection.query(sql, [.text(name)])
        }
        let row = try rows.single()
        let now: Timestamp = try row.value(2)
        return Seen(
            record: try row.value(0), generation: try row.value(1),
            now: Instant(microseconds: now.microseconds), sharesMilliseconds: try row.value(3),
            readMicroseconds: Monotonic.nanoseconds() / 1_000)
    }

    private func write(
        _ budget: RateBudget, over generation: Int64, _ connection: Connection
    ) async throws -> Bool {
        var record = [UInt8](repeating: 0, count: budget.recordByteCount)
        record.withUnsafeMutableBytes { budget.write(to: $0) }
        let result = try await connection.query(
            """
            UPDATE ops.rate_budgets SET record = $3, generation = generation + 1, updated_at = clock_timestamp()
            WHERE name = $1 AND generation = $2
                AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
            """, [.text(name), .int64(generation), .bytes(record)])
        return result.affectedRows == 1
    }

    /// Afresh when it is new, of another version or of other limits.
    private static func budget(_ record: [UInt8], _ table: RateTable) -> RateBudget {
        record.withUnsafeBytes { RateBudget(record: $0, table: table) } ?? RateBudget(table: table)
    }
}
