import Database
import Market
import Storage
import TestKit

/// Reads of one market's hour, day and month among all markets, right after a start of the server and again.
struct ReadBenchmark {
    /// A day of every tenth trade, thirty times.
    static let days = 30

    let server: ScratchServer
    let database: String
    let engine: EngineName

    struct Figure {
        var name: String
        var coldMilliseconds: Double
        var hotMilliseconds: Double
        var rows: Int
    }

    /// Fills the month from what the table holds, a day, and brings old parts into the state in which the
    /// upkeep keeps them.
    func fill(_ connection: Connection) async throws {
        try await connection.execute(
            """
            SELECT ops.ensure_partitions('transactions', now() - interval '33 days', now());
            CREATE TEMP TABLE sample AS SELECT * FROM market.transactions WHERE sequential_id % 10 = 0;
            TRUNCATE market.transactions;
            DO $$ BEGIN
                FOR d IN 0..\(Self.days - 1) LOOP
                    INSERT INTO market.transactions
                    SELECT time - d * interval '1 day', sequential_id, received_at - d * interval '1 day', price,
                        volume, symbol, side FROM sample;
                END LOOP;
            END $$;
            """, within: .seconds(300))
        let old = "now() - interval '9 days'"
        if engine == .native {
            let names = try await connection.query(
                "SELECT partition_name FROM ops.partition_ranges('transactions') WHERE upper(covers) < \(old)"
            )
            for row in names {
                let name = try quotedIdentifier("market", try row.value(0))
                try await connection.execute("CREATE INDEX ON \(name) (symbol, time)", within: .seconds(60))
            }
        } else {
            try await connection.execute(
                "ALTER TABLE market.transactions SET (timescaledb.enable_columnstore, "
                    + "timescaledb.segmentby = 'symbol', timescaledb.orderby = 'time, sequential_id')")
            let chunks = try await connection.query(
                "SELECT c::text FROM show_chunks('market.transactions', older_than => \(old)) c")
            for row in chunks {
                let name: String = try row.value(0)
                try await connection.execute("CALL convert_to_columnstore('\(name)')", within: .seconds(60))
            }
        }
        try await connection.execute("VACUUM ANALYZE market.transactions", within: .seconds(120))
    }

    func run() async throws -> [Figure] {
        var figures: [Figure] = []
        for (market, symbol) in [("busy", "KRW-BTC"), ("quiet", "KRW-MANA")] {
            for (name, from, to) in [
                ("hour", "3 days 1 hour", "3 days"), ("day", "5 days", "4 days"), ("month", "31 days", "0"),
            ] {
                let sql = """
                    SELECT count(*), sum(volume) FROM market.transactions WHERE symbol = $1
                    AND time >= date_trunc('hour', now()) - interval '\(from)'
                    AND time < date_trunc('hour', now()) - interval '\(to)'
                    """
                try await server.restart()
                let connection = try await Connection.connect(server.options(database: database))
                // Connecting and planning are not what is measured.
                try await connection.query("SELECT count(*) FROM market.gaps")
                var rows = 0
                var times: [Double] = []
                for _ in 0..<6 {
                    let clock = ContinuousClock()
                    let start = clock.now
                    rows = try await connection.query(sql, [.text(symbol)], within: .seconds(60)).single()
                        .value(0)
                    let (whole, atto) = (clock.now - start).components
                    times.append((Double(whole) + Double(atto) / 1e18) * 1_000)
                }
                figures.append(
                    Figure(
                        name: "\(market) market's \(name)", coldMilliseconds: times[0],
                        hotMilliseconds: median(Array(times.dropFirst())), rows: rows))
                try connection.close()
            }
        }
        return figures
    }
}
