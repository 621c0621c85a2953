import Database

/// Empties what capture and derivation write, between rounds.
enum DerivedTables {
    static func empty(_ connection: Connection) async throws {
        try await connection.execute(
            """
            TRUNCATE market.transactions, market.candles_seconds, market.candles_intraday, market.candles_long,
                market.technical_indicators_seconds, market.technical_indicators_intraday,
                market.technical_indicators_long, market.latest_indicators, market.indicator_states,
                market.repairs, market.gaps, ops.journal_positions, ops.leases;
            SELECT ops.ensure_partitions('transactions', now() - interval '2 days', now())
            """)
        try await connection.execute("CHECKPOINT", within: .seconds(60))
    }
}
