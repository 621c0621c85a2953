/// The tables that every profile must speak about.
package enum PolicyTables {
    /// The time tables, all in schema `market`.
    package static let time = [
        "transactions", "tickers", "orderbooks",
        "candles_seconds", "candles_intraday", "candles_long",
        "technical_indicators_seconds", "technical_indicators_intraday", "technical_indicators_long",
    ]

    /// The statistics of schema `market`: made of raw data by minute, hour and day.
    package static let statistics = ["order_flow_1m", "order_flow_1h", "order_flow_1d", "spread_1m", "depth"]

    /// The others, with their schema.
    package static let plain: [String: String] = [
        "markets": "market", "latest_indicators": "market", "gaps": "market", "reconciliations": "market",
        "repairs": "market", "indicator_states": "market",
        "instance": "ops", "schema_migrations": "ops", "schema_objects": "ops", "skipped_steps": "ops",
        "time_tables": "ops", "journal_positions": "ops", "leases": "ops", "rate_budgets": "ops",
        "role_status": "ops",
        "system_logs": "ops", "bot_config": "ops", "bot_status": "ops", "audit_log": "ops",
    ]

    /// Trades and what is made of them: a refill reaches back into these.
    package static func isRefilled(_ table: String) -> Bool {
        table != "tickers" && table != "orderbooks"
    }
}
