-- when: continuous-aggregates
-- verify: (SELECT count(*) = 5 FROM timescaledb_information.continuous_aggregates WHERE NOT materialized_only)
--
-- Statistics by minute, hour and day as continuous aggregates, read in real time (what is not yet
-- materialized is computed on read). Made empty: filling never runs inside a transaction.
--
-- What is materialized is not computed on read, so a window must reach as far back as writers accept rows
-- (8 days, ops.time_tables) and a bucket more. And a window that reached past the raw data would delete
-- history: retention of raw data must be a day longer than the longest window, so 11 days at least.

CREATE MATERIALIZED VIEW market.order_flow_1m WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 minute', time) AS time, symbol,
    count(*) AS trades, count(*) FILTER (WHERE side = 'buy') AS buy_trades,
    count(*) FILTER (WHERE side = 'sell') AS sell_trades, sum(volume) AS volume,
    coalesce(sum(volume) FILTER (WHERE side = 'buy'), 0) AS buy_volume,
    coalesce(sum(volume) FILTER (WHERE side = 'sell'), 0) AS sell_volume,
    sum(price * volume) AS value,
    coalesce(sum(price * volume) FILTER (WHERE side = 'buy'), 0) AS buy_value,
    coalesce(sum(price * volume) FILTER (WHERE side = 'sell'), 0) AS sell_value,
    sum(CASE side WHEN 'buy' THEN volume ELSE -volume END) AS delta
FROM market.transactions
GROUP BY time_bucket('1 minute', time), symbol
WITH NO DATA;

CREATE MATERIALIZED VIEW market.order_flow_1h WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 hour', time) AS time, symbol,
    sum(trades)::bigint AS trades, sum(buy_trades)::bigint AS buy_trades, sum(sell_trades)::bigint AS sell_trades,
    sum(volume) AS volume, sum(buy_volume) AS buy_volume, sum(sell_volume) AS sell_volume,
    sum(value) AS value, sum(buy_value) AS buy_value, sum(sell_value) AS sell_value, sum(delta) AS delta
FROM market.order_flow_1m
GROUP BY time_bucket('1 hour', time), symbol
WITH NO DATA;

CREATE MATERIALIZED VIEW market.order_flow_1d WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('24 hours', time) AS time, symbol,
    sum(trades)::bigint AS trades, sum(buy_trades)::bigint AS buy_trades, sum(sell_trades)::bigint AS sell_trades,
    sum(volume) AS volume, sum(buy_volume) AS buy_volume, sum(sell_volume) AS sell_volume,
    sum(value) AS value, sum(buy_value) AS buy_value, sum(sell_value) AS sell_value, sum(delta) AS delta
FROM market.order_flow_1h
GROUP BY time_bucket('24 hours', time), symbol
WITH NO DATA;

CREATE MATERIALIZED VIEW market.spread_1m WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 minute', time) AS time, symbol,
    count(*) AS samples, min(spread) AS spread_min, max(spread) AS spread_max, avg(spread) AS spread_avg,
    avg(spread / mid_price * 10000) AS spread_basis_points_avg, avg(mid_price) AS mid_price_avg
FROM market.orderbooks
WHERE spread IS NOT NULL AND mid_price > 0
GROUP BY time_bucket('1 minute', time), symbol
WITH NO DATA;

CREATE MATERIALIZED VIEW market.depth WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 minute', time) AS time, symbol,
    count(*) AS samples, avg(bid_volume) AS bid_volume_avg, avg(ask_volume) AS ask_volume_avg,
    min(bid_volume) AS bid_volume_min, min(ask_volume) AS ask_volume_min,
    avg((bid_volume - ask_volume) / nullif(bid_volume + ask_volume, 0)) AS imbalance_avg
FROM market.orderbooks
GROUP BY time_bucket('1 minute', time), symbol
WITH NO DATA;

SELECT add_continuous_aggregate_policy('market.order_flow_1m', start_offset => interval '9 days',
    end_offset => interval '2 minutes', schedule_interval => interval '1 minute');
SELECT add_continuous_aggregate_policy('market.spread_1m', start_offset => interval '9 days',
    end_offset => interval '2 minutes', schedule_interval => interval '5 minutes');
SELECT add_continuous_aggregate_policy('market.depth', start_offset => interval '9 days',
    end_offset => interval '2 minutes', schedule_interval => interval '5 minutes');
SELECT add_continuous_aggregate_policy('market.order_flow_1h', start_offset => interval '9 days',
    end_offset => interval '1 hour', schedule_interval => interval '15 minutes');
SELECT add_continuous_aggregate_policy('market.order_flow_1d', start_offset => interval '10 days',
    end_offset => interval '1 day', schedule_interval => interval '1 hour');

SELECT ops.describe(relation, meaning, '{
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
SELECT ops.describe('market.spread_1m', 'The spread of the stored order books, by minute.', '{
    "time": "Start of the minute.",
    "symbol": "Market, such as KRW-BTC.",
    "samples": "Number of order books.",
    "spread_min": "Smallest spread, in the quote currency.",
    "spread_max": "Largest spread, in the quote currency.",
    "spread_avg": "Mean spread, in the quote currency.",
    "spread_basis_points_avg": "Mean of spread / mid price, in hundredths of a percent.",
    "mid_price_avg": "Mean of the mid prices, in the quote currency."}');
SELECT ops.describe('market.depth', 'The depth of the stored order books, by minute.', '{
    "time": "Start of the minute.",
    "symbol": "Market, such as KRW-BTC.",
    "samples": "Number of order books.",
    "bid_volume_avg": "Mean volume offered to buy, in the base currency.",
    "ask_volume_avg": "Mean volume offered to sell, in the base currency.",
    "bid_volume_min": "Smallest volume offered to buy, in the base currency.",
    "ask_volume_min": "Smallest volume offered to sell, in the base currency.",
    "imbalance_avg": "Mean of (bid - ask) / (bid + ask) volume, from -1 (sellers only) to 1 (buyers only)."}');
