import Database

/// The columnstore on a day of trades.
enum CompressionBenchmark {
    struct Figure {
        var before: Int
        var after: Int
        var seconds: Double
    }

    static func run(_ connection: Connection) async throws -> Figure {
        try await connection.execute(
            "ALTER TABLE market.transactions SET (timescaledb.enable_columnstore, "
                + "timescaledb.segmentby = 'symbol', timescaledb.orderby = 'time, sequential_id')")
        let clock = ContinuousClock()
        let start = clock.now
        let chunks = try await connection.query("SELECT c::text FROM show_chunks('market.transactions') c")
        for row in chunks {
            let name: String = try row.value(0)
            try await connection.execute("CALL convert_to_columnstore('\(name)')", within: .seconds(300))
        }
        let (whole, atto) = (clock.now - start).components
        let row = try await connection.query(
            """
            SELECT before_compression_total_bytes::bigint, after_compression_total_bytes::bigint
            FROM hypertable_columnstore_stats('market.transactions')
            """
        ).single()
        return Figure(
            before: try row.value(0), after: try row.value(1), seconds: Double(whole) + Double(atto) / 1e18)
    }
}
