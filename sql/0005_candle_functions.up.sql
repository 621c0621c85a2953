-- verify: market.average_price(1, 3) = 0.333333333333
--
-- Functions and views over candles. All arithmetic on times is in UTC, so that the session's time zone
-- changes nothing: a day of 24 hours from 00:00 UTC is the Upbit day (09:00 KST).

CREATE FUNCTION market.timeframe_length(of_timeframe text) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE of_timeframe
    WHEN '1s' THEN interval '1 second' WHEN '1m' THEN interval '1 minute'
    WHEN '3m' THEN interval '3 minutes' WHEN '5m' THEN interval '5 minutes'
    WHEN '10m' THEN interval '10 minutes' WHEN '15m' THEN interval '15 minutes'
    WHEN '30m' THEN interval '30 minutes' WHEN '1h' THEN interval '1 hour'
    WHEN '4h' THEN interval '4 hours' WHEN '1d' THEN interval '1 day'
    WHEN '1w' THEN interval '7 days' WHEN '1mo' THEN interval '1 month' END;
COMMENT ON FUNCTION market.timeframe_length IS 'The length of a timeframe; NULL for a word that is none.';

-- The start of the interval of `multiple` timeframes that holds a time.
CREATE FUNCTION market.interval_start(of_timeframe text, at_time timestamptz, multiple integer DEFAULT 1)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN of_timeframe = '1mo' THEN
    (timestamp '2000-01-01' + interval '1 month' * (multiple * div(
        (extract(year FROM at_time AT TIME ZONE 'UTC') - 2000) * 12
        + extract(month FROM at_time AT TIME ZONE 'UTC') - 1, multiple)::integer)) AT TIME ZONE 'UTC'
    ELSE date_bin(market.timeframe_length(of_timeframe) * multiple, at_time, timestamptz '2000-01-03 00:00+00') END;
COMMENT ON FUNCTION market.interval_start IS 'The start of the interval that holds at_time: UTC-aligned, weeks on Monday, several months together from January 2000.';

-- value / volume, rounded half-even to 12 decimals, by integers so that no digit is lost before rounding.
CREATE FUNCTION market.average_price(of_value numeric, of_volume numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN of_volume > 0 THEN trim_scale((
    div(of_value * 1000000000000, of_volume)
    + CASE WHEN mod(of_value * 1000000000000, of_volume) * 2 > of_volume
        OR (mod(of_value * 1000000000000, of_volume) * 2 = of_volume
            AND mod(div(of_value * 1000000000000, of_volume), 2) = 1)
        THEN 1 ELSE 0 END) * 0.000000000001) END;
COMMENT ON FUNCTION market.average_price IS 'value / volume rounded half-even to 12 decimals (the vwap of a candle); NULL without volume.';

CREATE FUNCTION market.candles_filled(of_symbol text, of_timeframe text, from_time timestamptz, to_time timestamptz)
RETURNS TABLE ("time" timestamptz, symbol text, timeframe text, open numeric, high numeric, low numeric,
    close numeric, volume numeric, value numeric, vwap numeric, trades bigint, buy_volume numeric,
    sell_volume numeric, source text, complete boolean, revision bigint, filled boolean)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH stored AS (
        SELECT c.* FROM market.candles c
        WHERE c.symbol = of_symbol AND c.timeframe = of_timeframe AND c.time >= from_time AND c.time < to_time
    ), before AS (
        SELECT c.time, c.close, c.complete FROM market.candles c
        WHERE c.symbol = of_symbol AND c.timeframe = of_timeframe AND c.time < from_time
        ORDER BY c.time DESC LIMIT 1
    ), series AS (
        SELECT s.utc AT TIME ZONE 'UTC' AS time
        FROM generate_series(
            market.interval_start(of_timeframe, from_time) AT TIME ZONE 'UTC',
            least(to_time, now()) AT TIME ZONE 'UTC', market.timeframe_length(of_timeframe)) AS s (utc)
        WHERE s.utc AT TIME ZONE 'UTC' >= from_time AND s.utc AT TIME ZONE 'UTC' < to_time
        UNION SELECT stored.time FROM stored
    ), joined AS (
        SELECT b.time, b.close, true AS is_before FROM before b
        UNION ALL
        SELECT s.time, c.close, false FROM series s LEFT JOIN stored c ON c.time = s.time
    ), numbered AS (
        SELECT j.time, j.is_before, j.close, count(j.close) OVER (ORDER BY j.time) AS run FROM joined j
    ), carried AS (
        SELECT n.time, n.is_before, first_value(n.close) OVER (PARTITION BY n.run ORDER BY n.time) AS close
        FROM numbered n WHERE n.run > 0
    )
    SELECT k.time, of_symbol, of_timeframe, coalesce(c.open, k.close), coalesce(c.high, k.close),
        coalesce(c.low, k.close), k.close, coalesce(c.volume, 0), coalesce(c.value, 0), c.vwap,
        CASE WHEN c.time IS NULL THEN 0 ELSE c.trades END, CASE WHEN c.time IS NULL THEN 0 ELSE c.buy_volume END,
        CASE WHEN c.time IS NULL THEN 0 ELSE c.sell_volume END, c.source,
        coalesce(c.complete, NOT EXISTS (
            SELECT FROM market.gaps g WHERE g.symbol = of_symbol AND g.channel = 'trade' AND g.status <> 'filled'
                AND g.from_time < ((k.time AT TIME ZONE 'UTC') + market.timeframe_length(of_timeframe)) AT TIME ZONE 'UTC'
                AND g.to_time > k.time)),
        coalesce(c.revision, 0), c.time IS NULL
    FROM carried k LEFT JOIN stored c ON c.time = k.time
    WHERE NOT k.is_before
    ORDER BY k.time;
END;
COMMENT ON FUNCTION market.candles_filled IS 'Candles whose start lies in [from_time, to_time), with the intervals that had no trade filled in: open, high, low and close are the close before, volume 0, filled true. Starts at the first candle known; never beyond now.';

CREATE FUNCTION market.candles_rollup(of_symbol text, from_timeframe text, multiple integer, from_time timestamptz, to_time timestamptz)
RETURNS TABLE ("time" timestamptz, symbol text, open numeric, high numeric, low numeric, close numeric,
    volume numeric, value numeric, vwap numeric, trades bigint, buy_volume numeric, sell_volume numeric,
    complete boolean, candles bigint)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT market.interval_start(from_timeframe, c.time, multiple), of_symbol,
        (array_agg(c.open ORDER BY c.time))[1], max(c.high), min(c.low), (array_agg(c.close ORDER BY c.time DESC))[1],
        sum(c.volume), sum(c.value), market.average_price(sum(c.value), sum(c.volume)),
        CASE WHEN count(*) = count(c.trades) THEN sum(c.trades)::bigint END,
        CASE WHEN count(*) = count(c.buy_volume) THEN sum(c.buy_volume) END,
        CASE WHEN count(*) = count(c.sell_volume) THEN sum(c.sell_volume) END,
        bool_and(c.complete), count(*)
    FROM market.candles c
    WHERE c.symbol = of_symbol AND c.timeframe = from_timeframe
        AND c.time >= market.interval_start(from_timeframe, from_time, multiple)
        AND c.time < (market.interval_start(from_timeframe, to_time, multiple) AT TIME ZONE 'UTC'
            + market.timeframe_length(from_timeframe) * multiple) AT TIME ZONE 'UTC'
    GROUP BY 1
    HAVING market.interval_start(from_timeframe, min(c.time), multiple) >= from_time
        AND market.interval_start(from_timeframe, min(c.time), multiple) < to_time
    ORDER BY 1;
END;
COMMENT ON FUNCTION market.candles_rollup IS 'Candles of multiple × from_timeframe whose start lies in [from_time, to_time), each whole. Counts and sides are absent when a candle in it has none.';

-- The smallest timeframe of a market is the only open candle that commits together with its trades.
CREATE VIEW market.last_price AS
SELECT DISTINCT ON (l.symbol) l.symbol, c.close AS price, coalesce(c.last_time, c.time) AS time, c.last_id AS sequential_id
FROM (
    SELECT symbol, timeframe FROM market.latest_indicators
    UNION SELECT symbol, '1m' FROM market.markets
) l CROSS JOIN LATERAL (
    SELECT close, last_time, time, last_id FROM market.candles
    WHERE candles.symbol = l.symbol AND candles.timeframe = l.timeframe
    ORDER BY time DESC LIMIT 1
) c
ORDER BY l.symbol, coalesce(c.last_time, c.time) DESC, c.last_id DESC NULLS LAST;
SELECT ops.describe('market.last_price', 'The last trade of each market, from its newest candle.', '{
    "symbol": "Market, such as KRW-BTC.",
    "price": "Price of the last trade, in the quote currency.",
    "time": "When it was executed; the start of the candle where the exchange''s candle is all that is known.",
    "sequential_id": "Its id; absent where the exchange''s candle is all that is known."}');

-- Stored day candles, and the days after a market's last one from its minutes.
CREATE VIEW market.daily AS
SELECT time, (time AT TIME ZONE 'UTC')::date AS day, symbol, open, high, low, close, volume, value, vwap,
    trades, buy_volume, sell_volume, complete
FROM market.candles_long WHERE timeframe = '1d'
UNION ALL
SELECT r.time, (r.time AT TIME ZONE 'UTC')::date, m.symbol, r.open, r.high, r.low, r.close, r.volume, r.value,
    r.vwap, r.trades, r.buy_volume, r.sell_volume, r.complete
FROM market.markets m
CROSS JOIN LATERAL (
    SELECT coalesce(max(d.time) + interval '24 hours', '-infinity') AS start
    FROM market.candles_long d WHERE d.symbol = m.symbol AND d.timeframe = '1d'
) last
CROSS JOIN LATERAL (
    SELECT market.interval_start('1d', c.time) AS time, (array_agg(c.open ORDER BY c.time))[1] AS open,
        max(c.high) AS high, min(c.low) AS low, (array_agg(c.close ORDER BY c.time DESC))[1] AS close,
        sum(c.volume) AS volume, sum(c.value) AS value,
        market.average_price(sum(c.value), sum(c.volume)) AS vwap,
        CASE WHEN count(*) = count(c.trades) THEN sum(c.trades)::bigint END AS trades,
        CASE WHEN count(*) = count(c.buy_volume) THEN sum(c.buy_volume) END AS buy_volume,
        CASE WHEN count(*) = count(c.sell_volume) THEN sum(c.sell_volume) END AS sell_volume,
        bool_and(c.complete) AS complete
    FROM market.candles_intraday c
    WHERE c.symbol = m.symbol AND c.timeframe = '1m' AND c.time >= last.start
    GROUP BY 1
) r
WHERE m.valid_to IS NULL;

-- Korean calendar days from hours, and the hours after a market's last one from its minutes.
CREATE VIEW market.daily_kst AS
SELECT date_bin('24 hours', h.time, timestamptz '2000-01-01 15:00+00') AS time,
    (date_bin('24 hours', h.time, timestamptz '2000-01-01 15:00+00') AT TIME ZONE 'Asia/Seoul')::date AS day,
    h.symbol, (array_agg(h.open ORDER BY h.time))[1] AS open, max(h.high) AS high, min(h.low) AS low,
    (array_agg(h.close ORDER BY h.time DESC))[1] AS close, sum(h.volume) AS volume, sum(h.value) AS value,
    market.average_price(sum(h.value), sum(h.volume)) AS vwap,
    CASE WHEN count(*) = count(h.trades) THEN sum(h.trades)::bigint END AS trades,
    CASE WHEN count(*) = count(h.buy_volume) THEN sum(h.buy_volume) END AS buy_volume,
    CASE WHEN count(*) = count(h.sell_volume) THEN sum(h.sell_volume) END AS sell_volume,
    bool_and(h.complete) AS complete
FROM (
    SELECT time, symbol, open, high, low, close, volume, value, trades, buy_volume, sell_volume, complete
    FROM market.candles_intraday WHERE timeframe = '1h'
    UNION ALL
    SELECT c.time, m.symbol, c.open, c.high, c.low, c.close, c.volume, c.value, c.trades, c.buy_volume,
        c.sell_volume, c.complete
    FROM market.markets m
    CROSS JOIN LATERAL (
        SELECT coalesce(max(d.time) + interval '1 hour', '-infinity') AS start
        FROM market.candles_intraday d WHERE d.symbol = m.symbol AND d.timeframe = '1h'
    ) last
    JOIN market.candles_intraday c ON c.symbol = m.symbol AND c.timeframe = '1m' AND c.time >= last.start
    WHERE m.valid_to IS NULL
) h
GROUP BY 1, 2, 3;
SELECT ops.describe(relation, meaning, '{
    "time": "Start of the day.",
    "day": "Its date.",
    "symbol": "Market, such as KRW-BTC.",
    "open": "Price of the first trade, in the quote currency.",
    "high": "Highest price, in the quote currency.",
    "low": "Lowest price, in the quote currency.",
    "close": "Price of the last trade, in the quote currency.",
    "volume": "Sum of the volumes, in the base currency.",
    "value": "Sum of price times volume, in the quote currency.",
    "vwap": "value / volume, rounded half-even to 12 decimals, in the quote currency.",
    "trades": "Number of trades; absent where a candle of the exchange is in it.",
    "buy_volume": "Volume bought by takers, in the base currency; absent where a candle of the exchange is in it.",
    "sell_volume": "Volume sold by takers, in the base currency; absent where a candle of the exchange is in it.",
    "complete": "True when no gap overlaps what is in it."}')
FROM (VALUES ('market.daily'::regclass, 'Days as Upbit counts them, 09:00 to 09:00 KST; the open one from its minutes.'),
    ('market.daily_kst', 'Korean calendar days, midnight to midnight, from hours; the open hour from its minutes.')) AS v (relation, meaning);

-- The statistics have the same columns on both engines; whichever of the next two migrations makes them
-- calls this and says how far back they reach.
CREATE FUNCTION ops.describe_statistics(reach text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM ops.describe(relation, meaning || reach, '{
    "time": "Start of the interval.",
    "symbol": "Market, such as KRW-BTC.",
    "trades": "Number of trades.",
    "buy_trades": "Number of trades in which the taker bought.",
    "sell_trades": "Number of trades in which the taker sold.",
    "volume": "Sum of the volumes, in the base currency.",
    "buy_volume": "Volume bought by takers, in the base currency.",
    "sell_volume": "Volume sold by takers, in the base currency.",
    "value": "Sum of price times volume, in the quote currency.",
    "buy_value": "Value bought by takers, in the quote currency.",
    "sell_value": "Value sold by takers, in the quote currency.",
    "delta": "buy_volume - sell_volume, in the base currency."}')
    FROM (VALUES ('market.order_flow_1m'::regclass, 'What takers bought and sold, by minute.'),
        ('market.order_flow_1h', 'What takers bought and sold, by hour.'),
        ('market.order_flow_1d', 'What takers bought and sold, by Upbit day (09:00 KST).')) AS v (relation, meaning);
    PERFORM ops.describe('market.spread_1m', 'The spread of the stored order books, by minute.' || reach, '{
    "time": "Start of the minute.",
    "symbol": "Market, such as KRW-BTC.",
    "samples": "Number of order books.",
    "spread_min": "Smallest spread, in the quote currency.",
    "spread_max": "Largest spread, in the quote currency.",
    "spread_avg": "Mean spread, in the quote currency.",
    "spread_basis_points_avg": "Mean of spread / mid price, in hundredths of a percent.",
    "mid_price_avg": "Mean of the mid prices, in the quote currency."}');
    PERFORM ops.describe('market.depth', 'The depth of the stored order books, by minute.' || reach, '{
    "time": "Start of the minute.",
    "symbol": "Market, such as KRW-BTC.",
    "samples": "Number of order books.",
    "bid_volume_avg": "Mean volume offered to buy, in the base currency.",
    "ask_volume_avg": "Mean volume offered to sell, in the base currency.",
    "bid_volume_min": "Smallest volume offered to buy, in the base currency.",
    "ask_volume_min": "Smallest volume offered to sell, in the base currency.",
    "imbalance_avg": "Mean of (bid - ask) / (bid + ask) volume, from -1 (sellers only) to 1 (buyers only)."}');
END $$;
COMMENT ON FUNCTION ops.describe_statistics IS 'Comments the statistics by minute, hour and day. For migrations.';
REVOKE ALL ON FUNCTION ops.describe_statistics FROM PUBLIC;
