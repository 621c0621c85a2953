/// Candles and indicators of one market and timeframe, each as one JSON text. The newest ones within the
/// range are taken, and given in the order of time.
///
/// The open candle of the smallest timeframe stands in the tables, since it commits with its trades; that
/// of a larger one is the provisional part of `latest_indicators`.
enum CandleQueries {
    /// $1 symbol, $2 timeframe, $3 from, $4 to, $5 limit
    static let stored = candles(
        """
        SELECT time, open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume, source,
            complete, revision, false AS filled
        FROM market.candles
        WHERE symbol = $1 AND timeframe = $2 AND time >= coalesce($3::timestamptz, '-infinity')
            AND time < coalesce($4::timestamptz, 'infinity')
        ORDER BY time DESC LIMIT $5::bigint
        """)

    /// The same with intervals that had no trade; $3 and $4 must be there.
    static let filled = candles(
        """
        SELECT time, open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume, source,
            complete, revision, filled
        FROM market.candles_filled($1, $2, $3::timestamptz, $4::timestamptz)
        ORDER BY time DESC LIMIT $5::bigint
        """)

    private static func candles(_ source: String) -> String {
        """
        WITH latest AS (
            SELECT * FROM market.latest_indicators WHERE symbol = $1 AND timeframe = $2
        ), stored AS (
            \(source)
        ), opening AS (
            SELECT provisional_time AS time, provisional_open AS open, provisional_high AS high,
                provisional_low AS low, provisional_close AS close, provisional_volume AS volume,
                provisional_value AS value, provisional_candle_vwap AS vwap, provisional_trades AS trades,
                provisional_buy_volume AS buy_volume, provisional_sell_volume AS sell_volume,
                'trades' AS source, coalesce(provisional_complete, false) AS complete, revision, false AS filled
            FROM latest l
            WHERE provisional_open IS NOT NULL
                AND provisional_time >= coalesce($3::timestamptz, '-infinity')
                AND provisional_time < coalesce($4::timestamptz, 'infinity')
                AND NOT EXISTS (SELECT FROM stored s WHERE s.time >= l.provisional_time AND NOT s.filled)
        ), chosen AS (
            SELECT * FROM stored s WHERE NOT s.filled OR NOT EXISTS (SELECT FROM opening o WHERE o.time = s.time)
            UNION ALL SELECT * FROM opening
            ORDER BY time DESC LIMIT $5::bigint
        ), marked AS (
            SELECT c.*, coalesce(c.time <= (SELECT l.time FROM latest l),
                c.time + market.timeframe_length($2) <= now()) AS closed
            FROM chosen c
        )
        SELECT CASE WHEN \(isKnown) THEN json_build_object('symbol', $1, 'timeframe', $2,
            'candles', (SELECT coalesce(json_agg(row_to_json(m) ORDER BY m.time), '[]') FROM marked m),
            'next_to', (SELECT min(time) FROM marked HAVING count(*) = $5::bigint))::text END AS body
        """
    }

    /// $1 symbol, $2 timeframe, $3 from, $4 to, $5 limit. `names` are columns from `IndicatorColumns`.
    static func indicators(_ names: [String]) -> String {
        let columns = names.joined(separator: ", ")
        let provisional = names.map { "provisional_\($0) AS \($0)" }.joined(separator: ", ")
        return """
            WITH stored AS (
                SELECT time, revision, true AS closed, \(columns)
                FROM market.technical_indicators
                WHERE symbol = $1 AND timeframe = $2 AND time >= coalesce($3::timestamptz, '-infinity')
                    AND time < coalesce($4::timestamptz, 'infinity')
                ORDER BY time DESC LIMIT $5::bigint
            ), chosen AS (
                SELECT * FROM stored
                UNION ALL
                SELECT provisional_time, revision, false, \(provisional)
                FROM market.latest_indicators l
                WHERE symbol = $1 AND timeframe = $2
                    AND provisional_time >= coalesce($3::timestamptz, '-infinity')
                    AND provisional_time < coalesce($4::timestamptz, 'infinity')
                    AND NOT EXISTS (SELECT FROM stored s WHERE s.time >= l.provisional_time)
                ORDER BY time DESC LIMIT $5::bigint
            )
            SELECT CASE WHEN \(isKnown) THEN json_build_object('symbol', $1, 'timeframe', $2,
                'indicators', (SELECT coalesce(json_agg(row_to_json(c) ORDER BY c.time), '[]') FROM chosen c),
                'next_to', (SELECT min(time) FROM chosen HAVING count(*) = $5::bigint))::text END AS body
            """
    }

    /// $1 symbols, $2 timeframe (both may be NULL: all), $3 limit, $4 offset
    static let latest = """
        WITH page AS (
            SELECT l.*, round(extract(epoch FROM clock_timestamp() - data_time), 3) AS age_seconds
            FROM market.latest_indicators l
            WHERE ($1::text[] IS NULL OR symbol = ANY ($1::text[]))
                AND ($2::text IS NULL OR timeframe = $2::text)
            ORDER BY symbol, market.timeframe_length(timeframe)
            LIMIT $3::bigint OFFSET $4::bigint
        )
        SELECT json_build_object('indicators', coalesce(json_agg(row_to_json(p)), '[]'),
            'next_offset', CASE WHEN count(*) = $3::bigint THEN $4::bigint + $3::bigint END)::text AS body
        FROM page p
        """

    /// Whether the market $1 is one that we know: a wrong name must not look like a market without trades.
    static let isKnown = """
        (EXISTS (SELECT FROM market.markets WHERE symbol = $1)
            OR EXISTS (SELECT FROM market.latest_indicators WHERE symbol = $1)
            OR EXISTS (SELECT FROM market.candles WHERE symbol = $1 AND timeframe = '1m'))
        """
}
