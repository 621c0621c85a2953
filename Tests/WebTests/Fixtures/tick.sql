-- One step of the market: a trade of each market at the present, and what derivation makes of it.
INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
SELECT clock_timestamp(), (extract(epoch FROM clock_timestamp()) * 1000)::bigint, clock_timestamp(), c.close, 0.25,
    c.symbol, 'buy'
FROM market.candles_intraday c
WHERE c.timeframe = '1m' AND c.time = (SELECT max(time) FROM market.candles_intraday k WHERE k.timeframe = '1m' AND k.symbol = c.symbol);
INSERT INTO market.candles_intraday (time, first_time, first_id, last_time, last_id, trades, complete, open, high, low,
    close, volume, value, symbol, timeframe, source)
SELECT date_trunc('minute', clock_timestamp()), clock_timestamp(), 1, clock_timestamp(), 2, 1, true, p, p, p, p, 1, p,
    symbol, '1m', 'trades'
FROM (
    SELECT DISTINCT ON (symbol) symbol, round(close * (1 + 0.0009 * sin(extract(epoch FROM clock_timestamp()) + length(symbol)))::numeric,
        CASE WHEN close > 1000 THEN 0 WHEN close > 1 THEN 1 ELSE 5 END) AS p
    FROM market.candles_intraday WHERE timeframe = '1m' ORDER BY symbol, time DESC
) n
ON CONFLICT (symbol, timeframe, time) DO UPDATE SET close = excluded.close, last_time = excluded.last_time,
    high = greatest(candles_intraday.high, excluded.close), low = least(candles_intraday.low, excluded.close),
    volume = candles_intraday.volume + 0.25, trades = candles_intraday.trades + 1;
UPDATE market.latest_indicators l SET provisional_close = c.close, provisional_time = market.interval_start(l.timeframe, clock_timestamp()),
    provisional_high = greatest(l.provisional_high, c.close), provisional_low = least(l.provisional_low, c.close),
    provisional_rsi_14 = 50 + 20 * sin(extract(epoch FROM clock_timestamp())), revision = l.revision + 1, data_time = clock_timestamp()
FROM (SELECT DISTINCT ON (symbol) symbol, close FROM market.candles_intraday WHERE timeframe = '1m' ORDER BY symbol, time DESC) c
WHERE c.symbol = l.symbol;
