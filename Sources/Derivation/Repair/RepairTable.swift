import Database
import Market

/// `market.repairs`: what is being computed again, committed with what made it necessary.
enum RepairTable {
    static func write(_ jobs: [(RepairJob, isClosed: Bool)], on connection: BlockingConnection) throws {
        guard !jobs.isEmpty else { return }
        try connection.prepared(
            """
            INSERT INTO market.repairs AS r (symbol, timeframe, from_time, done_until, closed_at)
            SELECT symbol, timeframe, from_time, done_until, CASE WHEN closed THEN clock_timestamp() END
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
                AS n (symbol, timeframe, from_time, done_until, closed)
            ON CONFLICT (symbol, timeframe, from_time) DO UPDATE SET
                done_until = excluded.done_until, closed_at = excluded.closed_at
            """,
            [
                .textArray(jobs.map { "\($0.0.key.symbol)" }),
                .textArray(jobs.map { $0.0.key.timeframe.rawValue }),
                .timestampArray(jobs.map { Timestamp(microseconds: $0.0.from.microseconds) }),
                .timestampArray(jobs.map { Timestamp(microseconds: $0.0.doneUntil.microseconds) }),
                .boolArray(jobs.map { $0.isClosed }),
            ])
    }

    /// Rows whose work another row has taken over, since a still older candle changed.
    static func closeOthers(_ job: RepairJob, on connection: BlockingConnection) throws {
        try connection.prepared(
            """
            UPDATE market.repairs SET closed_at = clock_timestamp()
            WHERE symbol = $1 AND timeframe = $2 AND closed_at IS NULL AND from_time <> $3
            """,
            [DatabaseValue(job.key.symbol), DatabaseValue(job.key.timeframe), DatabaseValue(job.from)])
    }

    /// What is open, a job a series. Of several rows the oldest stands for all: the others are closed by the
    /// same statement, so that none is closed that it has not seen.
    static func adopt(_ timeframes: [Timeframe], on connection: BlockingConnection) throws -> [RepairJob] {
        try jobs(
            connection.query(
                """
                WITH open AS (
                    SELECT symbol, timeframe, min(from_time) AS from_time, min(done_until) AS done_until
                    FROM market.repairs WHERE closed_at IS NULL AND timeframe = ANY ($1) GROUP BY 1, 2
                ), closed AS (
                    UPDATE market.repairs r SET closed_at = clock_timestamp() FROM open o
                    WHERE r.symbol = o.symbol AND r.timeframe = o.timeframe AND r.closed_at IS NULL
                        AND r.from_time > o.from_time
                )
                SELECT symbol, timeframe, from_time, done_until FROM open ORDER BY 1, 2
                """, [.textArray(timeframes.map(\.rawValue))]))
    }

    /// What is open, without touching it.
    static func open(_ timeframes: [Timeframe], on connection: BlockingConnection) throws -> [RepairJob] {
        try jobs(
            connection.query(
                """
                SELECT symbol, timeframe, min(from_time), min(done_until) FROM market.repairs
                WHERE closed_at IS NULL AND timeframe = ANY ($1) GROUP BY symbol, timeframe ORDER BY 1, 2
                """, [.textArray(timeframes.map(\.rawValue))]))
    }

    private static func jobs(_ rows: QueryResult) throws -> [RepairJob] {
        try rows.map { row in
            RepairJob(
                SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String)),
                from: try CandleReader.instant(row, 2), doneUntil: try CandleReader.instant(row, 3))
        }
    }
}
