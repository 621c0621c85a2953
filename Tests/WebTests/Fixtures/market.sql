-- Twelve markets with six hours of minutes, as capture and derivation would have left them just now. The
-- walk of the prices is made of sines, so that every run has the same one.

INSERT INTO market.markets (valid_from, symbol, quote, base, korean_name, english_name, state, warning)
SELECT now() - interval '1 year', 'KRW-' || base, 'KRW', base, korean, english, 'ACTIVE', base = 'DOGE'
FROM (VALUES ('BTC', '비트코인', 'Bitcoin'), ('ETH', '이더리움', 'Ethereum'), ('XRP', '리플', 'XRP'),
    ('SOL', '솔라나', 'Solana'), ('DOGE', '도지코인', 'Dogecoin'), ('ADA', '에이다', 'Cardano'),
    ('TRX', '트론', 'TRON'), ('LINK', '체인링크', 'Chainlink'), ('SHIB', '시바이누', 'Shiba Inu'),
    ('AVAX', '아발란체', 'Avalanche'), ('DOT', '폴카닷', 'Polkadot')) AS m (base, korean, english);
INSERT INTO market.markets (valid_from, symbol, quote, base, korean_name, english_name, state)
VALUES (now() - interval '1 year', 'BTC-ETH', 'BTC', 'ETH', '이더리움', 'Ethereum', 'ACTIVE');

SELECT ops.ensure_partitions(t, now() - interval '3 days', now() + interval '1 day')
FROM unnest(array['transactions', 'tickers', 'orderbooks', 'candles_intraday', 'technical_indicators_intraday',
    'candles_long', 'technical_indicators_long']) AS t;

CREATE TEMPORARY TABLE walk AS
SELECT m.symbol, i.at AS time, n.number,
    round((p.price * (1 + 0.012 * sin(n.number / 41.0 + p.shift) + 0.004 * sin(n.number / 7.3 + p.shift * 3)
        + 0.0016 * sin(n.number * 2.4 + p.shift * 5)))::numeric, p.decimals) AS close
FROM market.markets m
JOIN (VALUES ('KRW-BTC', 98000000, 0, 0.1), ('KRW-ETH', 5200000, 0, 0.9), ('KRW-XRP', 820.5, 1, 1.7),
    ('KRW-SOL', 231000, 0, 2.4), ('KRW-DOGE', 312.4, 1, 3.1), ('KRW-ADA', 911.2, 1, 3.8), ('KRW-TRX', 442.1, 1, 4.4),
    ('KRW-LINK', 24310, 0, 5.0), ('KRW-SHIB', 0.01734, 5, 5.6), ('KRW-AVAX', 41200, 0, 6.1),
    ('KRW-DOT', 7150, 0, 6.8), ('BTC-ETH', 0.05306, 8, 0.9)) AS p (symbol, price, decimals, shift) USING (symbol)
CROSS JOIN LATERAL generate_series(date_trunc('minute', now()) - interval '6 hours', date_trunc('minute', now()),
    interval '1 minute') AS i (at)
CROSS JOIN LATERAL (SELECT extract(epoch FROM i.at - (date_trunc('minute', now()) - interval '6 hours')) / 60 AS number) n;

INSERT INTO market.candles_intraday (time, first_time, first_id, last_time, last_id, trades, complete, open, high,
    low, close, volume, value, vwap, buy_volume, sell_volume, symbol, timeframe, source)
SELECT time, time, 1, time + interval '30 seconds', 2, 40, number <> 300, open, greatest(open, close) * 1.0006,
    least(open, close) * 0.9995, close, v, v * close, close, v * 0.55, v * 0.45, symbol, '1m', 'trades'
FROM (
    SELECT *, coalesce(lag(close) OVER (PARTITION BY symbol ORDER BY time), close) AS open,
        round((1 + abs(sin(number * 1.7)) * 4)::numeric, 3) AS v
    FROM walk
) w;

-- Larger candles as derivation closes them: all that are over.
INSERT INTO market.candles_intraday (time, trades, complete, open, high, low, close, volume, value, vwap, buy_volume,
    sell_volume, symbol, timeframe, source)
SELECT r.time, r.trades, r.complete, r.open, r.high, r.low, r.close, r.volume, r.value, r.vwap, r.buy_volume,
    r.sell_volume, r.symbol, f.timeframe, 'trades'
FROM market.markets m
CROSS JOIN (VALUES ('3m', 3), ('5m', 5), ('15m', 15), ('30m', 30), ('1h', 60)) AS f (timeframe, minutes)
CROSS JOIN LATERAL market.candles_rollup(m.symbol, '1m', f.minutes, now() - interval '6 hours', now()) r
WHERE r.time + f.minutes * interval '1 minute' <= now();
INSERT INTO market.candles_long (time, trades, complete, open, high, low, close, volume, value, symbol, timeframe, source)
SELECT date_trunc('day', now()) - d * interval '1 day', 9000, true, c * (1 + 0.01 * sin(d)), c * 1.03, c * 0.97,
    c * (1 + 0.01 * sin(d + 1)), 500, 500 * c, symbol, '1d', 'exchange'
FROM (SELECT DISTINCT ON (symbol) symbol, close AS c FROM walk ORDER BY symbol, time) w
CROSS JOIN generate_series(1, 60) AS d;

INSERT INTO market.technical_indicators_intraday (time, symbol, timeframe, ma_5, ma_10, ma_20, ma_50, ema_8,
    bollinger_upper, bollinger_middle, bollinger_lower, rsi_14, macd_line, macd_signal, macd_histogram)
SELECT time, symbol, timeframe, ma_5, ma_10, ma_20, ma_50, ma_5, ma_20 + 2 * deviation, ma_20, ma_20 - 2 * deviation,
    50 + 30 * sin(number / 9.0), ma_5 - ma_20, ma_10 - ma_20, ma_5 - ma_10
FROM (
    SELECT time, symbol, timeframe, row_number() OVER w AS number,
        avg(close) OVER (w ROWS 4 PRECEDING) AS ma_5, avg(close) OVER (w ROWS 9 PRECEDING) AS ma_10,
        avg(close) OVER (w ROWS 19 PRECEDING) AS ma_20, avg(close) OVER (w ROWS 49 PRECEDING) AS ma_50,
        stddev_pop(close) OVER (w ROWS 19 PRECEDING) AS deviation
    FROM market.candles_intraday
    WHERE NOT (timeframe = '1m' AND time = date_trunc('minute', now()))
    WINDOW w AS (PARTITION BY symbol, timeframe ORDER BY time)
) i
WHERE number > 20;

INSERT INTO market.latest_indicators (data_time, time, provisional_time, revision, complete, provisional_complete, open,
    high, low, close, volume, provisional_open, provisional_high, provisional_low, provisional_close,
    provisional_volume, provisional_trades, symbol, timeframe, source, ma_5, ma_20, rsi_14, macd_line, macd_signal,
    macd_histogram, provisional_ma_5, provisional_ma_20, provisional_rsi_14, provisional_macd_line,
    provisional_macd_signal, provisional_macd_histogram)
SELECT now(), c.time, market.interval_start(f.timeframe, now()), 7, true, true, c.open, c.high, c.low, c.close, c.volume,
    w.close, w.close, w.close, w.close, 1, 3, c.symbol, f.timeframe, 'trades', i.ma_5, i.ma_20, i.rsi_14, i.macd_line,
    i.macd_signal, i.macd_histogram, i.ma_5, i.ma_20, i.rsi_14, i.macd_line, i.macd_signal, i.macd_histogram
FROM unnest(array['1m', '3m', '5m', '15m', '30m', '1h', '1d']) AS f (timeframe)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (symbol) * FROM market.candles
    WHERE timeframe = f.timeframe AND time < market.interval_start(f.timeframe, now()) ORDER BY symbol, time DESC
) c
JOIN walk w ON w.symbol = c.symbol AND w.time = date_trunc('minute', now())
LEFT JOIN market.technical_indicators i ON i.symbol = c.symbol AND i.timeframe = f.timeframe AND i.time = c.time;

INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
SELECT now() - s * interval '200 milliseconds', s, now() - s * interval '200 milliseconds' + interval '38 milliseconds',
    w.close, 0.25, w.symbol, CASE WHEN s % 2 = 0 THEN 'buy' ELSE 'sell' END
FROM walk w CROSS JOIN generate_series(0, 100) AS s WHERE w.time = date_trunc('minute', now());

INSERT INTO market.tickers (time, received_at, change_rate, opening_price, high_price, low_price, closing_price,
    prev_closing_price, change_price, acc_volume, acc_value, acc_volume_24h, acc_value_24h, symbol, change, market_state)
SELECT now() - interval '2 seconds', now(), 0.01, close, close, close, close,
    round(close * (1 - 0.03 * sin(length(symbol) * 2.0 + ascii(substr(symbol, 5)))::numeric), 8), 0, 10, 10 * close, 300,
    round((1e11 / (ascii(substr(symbol, 5)) - 60) * abs(sin(ascii(substr(symbol, 6)))))::numeric), symbol, 'RISE', 'ACTIVE'
FROM walk WHERE time = date_trunc('minute', now());

INSERT INTO market.orderbooks (time, received_at, bid_volume, ask_volume, spread, mid_price, symbol, bid_prices,
    bid_volumes, ask_prices, ask_volumes)
SELECT now() - interval '3 seconds', now(), 30, 31, 2 * tick, close, symbol,
    array_agg(close - n * tick ORDER BY n), array_agg(round((2 + sin(n * 2.1))::numeric * n / 3, 4) ORDER BY n),
    array_agg(close + n * tick ORDER BY n), array_agg(round((2 + cos(n * 1.3))::numeric * n / 3, 4) ORDER BY n)
FROM (SELECT *, CASE WHEN close > 1000000 THEN 1000 WHEN close > 1000 THEN 10 WHEN close > 1 THEN 0.1 ELSE 0.00001 END AS tick
    FROM walk WHERE time = date_trunc('minute', now())) w
CROSS JOIN generate_series(1, 15) AS n
GROUP BY close, symbol, tick;

INSERT INTO market.gaps (from_time, to_time, symbol, channel, reason, status)
SELECT date_trunc('minute', now()) - interval '60 minutes', date_trunc('minute', now()) - interval '59 minutes', symbol,
    'trade', 'disconnect', CASE WHEN symbol = 'KRW-XRP' THEN 'open' ELSE 'filled' END
FROM market.markets WHERE symbol IN ('KRW-XRP', 'KRW-SOL');

INSERT INTO market.reconciliations (from_time, to_time, our_volume, exchange_volume, our_value, exchange_value, symbol,
    method, status)
SELECT date_trunc('minute', now()) - interval '5 hours', date_trunc('minute', now()) - interval '2 minutes', 100, 100, 1000,
    1000, symbol, 'candle', 'proven'
FROM market.markets
UNION ALL
SELECT date_trunc('minute', now()) - interval '90 minutes', date_trunc('minute', now()) - interval '88 minutes', 10, 12, 100,
    120, symbol, 'ticker', 'different'
FROM market.markets WHERE symbol IN ('KRW-ADA', 'KRW-DOT')
UNION ALL
SELECT date_trunc('minute', now()) - interval '40 minutes', date_trunc('minute', now()) - interval '34 minutes', 10, 10, 100,
    100, symbol, 'ticker', 'repaired'
FROM market.markets WHERE symbol = 'KRW-ETH';
DROP TABLE walk;
