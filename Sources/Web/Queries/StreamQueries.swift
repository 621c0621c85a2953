/// What the stream asks once a second for all of its clients together: rows of (key, body), where the key
/// is a topic's and the body its message.
enum StreamQueries {
    /// $1 symbols, $2 timeframes: pairs. The newest candles: the last closed one and the open one; of a second
    /// as many as may have come between two rounds.
    static let candles = """
        SELECT w.symbol || ' ' || w.timeframe AS key, json_build_object('type', 'candles', 'symbol', w.symbol,
            'timeframe', w.timeframe, 'candles', x.candles)::text AS body
        FROM unnest($1::text[], $2::text[]) AS w (symbol, timeframe)
        LEFT JOIN market.latest_indicators l ON l.symbol = w.symbol AND l.timeframe = w.timeframe
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object('time', c.time, 'open', c.open, 'high', c.high, 'low', c.low,
                'close', c.close, 'volume', c.volume, 'complete', c.complete, 'source', c.source,
                'closed', coalesce(c.time <= l.time,
                    c.time + market.timeframe_length(w.timeframe) <= now())) ORDER BY c.time) AS candles
            FROM (
                (SELECT time, open, high, low, close, volume, complete, source FROM market.candles k
                WHERE k.symbol = w.symbol AND k.timeframe = w.timeframe ORDER BY k.time DESC
                LIMIT CASE WHEN w.timeframe = '1s' THEN 5 ELSE 2 END)
                UNION ALL
                SELECT l.provisional_time, l.provisional_open, l.provisional_high, l.provisional_low,
                    l.provisional_close, l.provisional_volume, l.provisional_complete, 'trades'
                WHERE l.provisional_open IS NOT NULL AND NOT EXISTS (
                    SELECT FROM market.candles k WHERE k.symbol = w.symbol AND k.timeframe = w.timeframe
                        AND k.time >= l.provisional_time)
            ) c
        ) x
        WHERE x.candles IS NOT NULL
        """

    /// $1 symbols, $2 timeframes: pairs. The newest closed row and the provisional one.
    static let indicators: String = {
        let closed = IndicatorColumns.all.map { "'\($0)', l.\($0)" }
        let provisional = IndicatorColumns.all.map { "'\($0)', l.provisional_\($0)" }
        return """
            SELECT w.symbol || ' ' || w.timeframe AS key, json_build_object('type', 'indicators',
                'symbol', w.symbol, 'timeframe', w.timeframe, 'time', l.time, 'revision', l.revision,
                'complete', l.complete, 'closed', json_build_object(\(closed.joined(separator: ", "))),
                'provisional_time', l.provisional_time,
                'provisional', json_build_object(\(provisional.joined(separator: ", "))))::text AS body
            FROM unnest($1::text[], $2::text[]) AS w (symbol, timeframe)
            JOIN market.latest_indicators l ON l.symbol = w.symbol AND l.timeframe = w.timeframe
            """
    }()

    /// $1 symbols
    static let books = """
        SELECT b ->> 'symbol' AS key, json_build_object('type', 'book', 'book', b)::text AS body
        FROM json_array_elements((\(MarketQueries.books))::json) AS b
        """
}
