import Storage

/// What the database tells of the whole, each as one statement that returns one JSON text. They read with
/// the rights of `yeoul_reader`.
package enum StatusQueries {
    /// Trades older than this mean that nothing is captured, or that the exchange stands still.
    package static let staleSeconds = 30

    /// Cheap: asked once a second while somebody looks.
    package static let now = """
        WITH newest AS (
            SELECT max(time) AS time FROM market.transactions
        ), recent AS (
            SELECT count(*) AS trades,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY received_at - time) AS p50,
                percentile_disc(0.99) WITHIN GROUP (ORDER BY received_at - time) AS p99
            FROM market.transactions
            WHERE time > (SELECT max(time) FROM market.transactions) - interval '10 seconds'
        ), age AS (
            SELECT extract(epoch FROM clock_timestamp() - time)::double precision AS seconds FROM newest
        ), proof AS (
            SELECT method,
                sum(extract(epoch FROM to_time - from_time)) AS checked,
                sum(extract(epoch FROM to_time - from_time))
                    FILTER (WHERE status IN ('proven', 'proven_empty', 'boundary', 'repaired')) AS proven,
                count(*) FILTER (WHERE status = 'different') AS different,
                max(to_time) AS newest
            FROM market.reconciliations WHERE to_time > now() - interval '24 hours' GROUP BY method
        )
        SELECT json_build_object(
            'time', clock_timestamp(), 'exchange', i.exchange, 'simulated', i.simulated, 'engine', i.engine,
            'schema_version', i.schema_version,
            'freshness', CASE WHEN n.time IS NULL THEN 'empty'
                WHEN a.seconds > \(staleSeconds) THEN 'stale' ELSE 'live' END,
            'newest_trade_at', n.time, 'newest_trade_age_seconds', round(a.seconds::numeric, 3),
            'trades_per_second', CASE WHEN a.seconds <= \(staleSeconds) THEN r.trades / 10.0 ELSE 0 END,
            'latency_p50_milliseconds', round(extract(epoch FROM r.p50) * 1000, 3),
            'latency_p99_milliseconds', round(extract(epoch FROM r.p99) * 1000, 3),
            'markets', (SELECT count(*) FROM market.markets WHERE valid_to IS NULL AND state <> 'DELISTED'),
            'open_gaps', (SELECT count(*) FROM market.gaps WHERE status = 'open'),
            'unfillable_gaps', (SELECT count(*) FROM market.gaps WHERE status = 'unfillable'),
            'open_repairs', (SELECT count(*) FROM market.repairs WHERE closed_at IS NULL),
            'proof', (SELECT coalesce(json_agg(json_build_object('method', method,
                'checked_seconds', checked, 'proven_seconds', coalesce(proven, 0),
                'different', different, 'newest_at', newest) ORDER BY method), '[]') FROM proof),
            'journal_committed_at', (SELECT max(committed_at) FROM ops.journal_positions),
            'roles', (SELECT coalesce(json_agg(json_build_object('role', role, 'host', host, 'state', state,
                'updated_at', updated_at, 'stale', clock_timestamp() - updated_at > interval '5 seconds')
                ORDER BY role, host), '[]') FROM ops.role_status)
        )::text AS body
        FROM ops.instance i CROSS JOIN newest n CROSS JOIN recent r CROSS JOIN age a
        """

    /// Each market on its own: rows of symbol, candle_age_seconds, indicator_age_seconds, trades_per_minute,
    /// open_gaps, proven_fraction.
    package static let markets = """
        SELECT m.symbol,
            extract(epoch FROM clock_timestamp() - coalesce(c.last_time, c.time))::double precision
                AS candle_age_seconds,
            extract(epoch FROM clock_timestamp() - l.data_time)::double precision AS indicator_age_seconds,
            c.trades AS trades_per_minute,
            (SELECT count(*) FROM market.gaps g WHERE g.symbol = m.symbol AND g.status = 'open') AS open_gaps,
            (SELECT (sum(extract(epoch FROM r.to_time - r.from_time))
                    FILTER (WHERE r.status IN ('proven', 'proven_empty', 'boundary', 'repaired'))
                / nullif(sum(extract(epoch FROM r.to_time - r.from_time)), 0))::double precision
                FROM market.reconciliations r
                WHERE r.symbol = m.symbol AND r.to_time > now() - interval '24 hours') AS proven_fraction
        FROM (
            SELECT symbol FROM market.markets WHERE valid_to IS NULL AND state <> 'DELISTED'
            UNION SELECT symbol FROM market.latest_indicators
        ) m
        LEFT JOIN market.latest_indicators l ON l.symbol = m.symbol AND l.timeframe = '1m'
        LEFT JOIN LATERAL (
            SELECT time, last_time, trades FROM market.candles k
            WHERE k.symbol = m.symbol AND k.timeframe = '1m' ORDER BY k.time DESC LIMIT 1
        ) c ON true
        ORDER BY m.symbol
        """

    /// What a disk sees; asked seldom, since it looks at every file of the database.
    package static func sizes(_ engine: EngineName) -> String {
        switch engine {
        case .native: nativeSizes
        case .timescale: timescaleSizes
        }
    }

    private static let nativeSizes = """
        SELECT json_build_object('database_bytes', pg_database_size(current_database()),
            'compression_ratio', NULL,
            'tables', (SELECT coalesce(json_agg(json_build_object('table', t.table_name, 'parts', p.parts,
                'bytes', p.bytes) ORDER BY t.table_name), '[]')
                FROM ops.time_tables t CROSS JOIN LATERAL (
                    SELECT count(*) AS parts, coalesce(sum(pg_total_relation_size(relid)), 0) AS bytes
                    FROM pg_partition_tree(format('market.%I', t.table_name)::regclass) WHERE isleaf
                ) p),
            'policies', '[]'::json)::text AS body
        """

    private static let timescaleSizes = """
        SELECT json_build_object('database_bytes', pg_database_size(current_database()),
            'compression_ratio', (SELECT round(sum(s.before_compression_total_bytes)
                / nullif(sum(s.after_compression_total_bytes), 0), 2)
                FROM ops.time_tables t
                CROSS JOIN LATERAL hypertable_compression_stats(format('market.%I', t.table_name)::regclass) s),
            'tables', (SELECT coalesce(json_agg(json_build_object('table', t.table_name,
                'parts', (SELECT count(*) FROM timescaledb_information.chunks c
                    WHERE c.hypertable_schema = 'market' AND c.hypertable_name = t.table_name),
                'bytes', hypertable_size(format('market.%I', t.table_name)::regclass))
                ORDER BY t.table_name), '[]') FROM ops.time_tables t),
            'policies', (SELECT coalesce(json_agg(json_build_object('table', j.hypertable_name,
                'policy', j.proc_name, 'scheduled', j.scheduled, 'last_run_at', s.last_run_started_at,
                'last_run', s.last_run_status) ORDER BY j.hypertable_name, j.proc_name), '[]')
                FROM timescaledb_information.jobs j
                LEFT JOIN timescaledb_information.job_stats s USING (job_id)
                WHERE j.hypertable_schema = 'market'))::text AS body
        """
}
