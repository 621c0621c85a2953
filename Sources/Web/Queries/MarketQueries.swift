/// Markets and their order books as JSON texts.
enum MarketQueries {
    /// $1 quote (may be NULL: all), $2 whether with a sparkline
    static let list = """
        WITH present AS (
            SELECT symbol, quote, base, korean_name, english_name, state, warning
            FROM market.markets WHERE valid_to IS NULL AND state <> 'DELISTED'
            UNION ALL
            -- What is captured before the exchange's list was stored.
            SELECT DISTINCT l.symbol, split_part(l.symbol, '-', 1) COLLATE "C",
                split_part(l.symbol, '-', 2) COLLATE "C", NULL, NULL, 'ACTIVE', false
            FROM market.latest_indicators l
            WHERE NOT EXISTS (SELECT FROM market.markets m WHERE m.symbol = l.symbol)
        ), ticker AS (
            SELECT DISTINCT ON (symbol) symbol, time, closing_price, prev_closing_price, acc_value_24h
            FROM market.tickers
            WHERE time > (SELECT max(time) FROM market.tickers) - interval '10 minutes'
            ORDER BY symbol, time DESC
        ), sparkline AS (
            SELECT symbol, json_agg(close ORDER BY time) AS closes
            FROM market.candles
            WHERE $2::boolean AND timeframe = '1m' AND time > now() - interval '1 hour'
            GROUP BY symbol
        )
        SELECT json_build_object('markets', coalesce(json_agg(json_build_object(
            'symbol', m.symbol, 'quote', m.quote, 'base', m.base, 'korean_name', m.korean_name,
            'english_name', m.english_name, 'state', m.state, 'warning', m.warning,
            'price', CASE WHEN c.time >= coalesce(t.time, '-infinity') THEN c.close
                ELSE coalesce(t.closing_price, c.close) END,
            'price_at', greatest(c.time, t.time),
            'previous_close', coalesce(t.prev_closing_price, d.close, d.provisional_open),
            'value_24h', t.acc_value_24h, 'sparkline', coalesce(s.closes, '[]'::json)) ORDER BY m.symbol),
            '[]'))::text AS body
        FROM present m
        LEFT JOIN ticker t USING (symbol)
        LEFT JOIN sparkline s USING (symbol)
        LEFT JOIN market.latest_indicators d ON d.symbol = m.symbol AND d.timeframe = '1d'
        LEFT JOIN LATERAL (
            SELECT close, coalesce(last_time, time) AS time FROM market.candles
            WHERE candles.symbol = m.symbol AND timeframe = '1m' ORDER BY candles.time DESC LIMIT 1
        ) c ON true
        WHERE $1::text IS NULL OR m.quote = $1::text
        """

    /// $1 symbols. An array of the newest order books of the last hour.
    static let books = """
        SELECT coalesce(json_agg(json_build_object('symbol', symbol, 'time', time, 'received_at', received_at,
            'spread', spread, 'mid_price', mid_price, 'bid_volume', bid_volume, 'ask_volume', ask_volume,
            'bids', (SELECT coalesce(json_agg(json_build_array(price, volume)), '[]')
                FROM unnest(bid_prices, bid_volumes) AS l (price, volume)),
            'asks', (SELECT coalesce(json_agg(json_build_array(price, volume)), '[]')
                FROM unnest(ask_prices, ask_volumes) AS l (price, volume))) ORDER BY symbol), '[]')::text AS body
        FROM (
            SELECT DISTINCT ON (symbol) * FROM market.orderbooks
            WHERE symbol = ANY ($1::text[]) AND level = 0
                AND time > (SELECT max(time) FROM market.orderbooks) - interval '1 hour'
            ORDER BY symbol, time DESC
        ) b
        """
}
