-- when: no-continuous-aggregates
-- verify: to_regclass('market.order_flow_1d') IS NOT NULL
--
-- The same statistics as views, computed on read: PostgreSQL without TimescaleDB, or with its Apache build.
--
-- Each interval is looked up by itself: a condition on the view's time cuts the series, and the key, which
-- begins with the time, finds the rows of what is left. Grouping by date_bin(time) would read everything.

CREATE VIEW market.order_flow_1m AS
SELECT i.time, s.symbol, s.trades, s.buy_trades, s.sell_trades, s.volume, s.buy_volume, s.sell_volume, s.value,
     s.buy_value, s.sell_value, s.delta
FROM generate_series(
    date_bin('1 minute', (SELECT min(time) FROM market.transactions), timestamptz '2000-01-03 00:00+00'),
    (SELECT max(time) FROM market.transactions), interval '1 minute') AS i (time)
CROSS JOIN LATERAL (
    SELECT symbol,
        count(*) AS trades, count(*) FILTER (WHERE side = 'buy') AS buy_trades,
        count(*) FILTER (WHERE side = 'sell') AS sell_trades, sum(volume) AS volume,
        coalesce(sum(volume) FILTER (WHERE side = 'buy'), 0) AS buy_volume,
        coalesce(sum(volume) FILTER (WHERE side = 'sell'), 0) AS sell_volume,
        sum(price * volume) AS value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'buy'), 0) AS buy_value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'sell'), 0) AS sell_value,
        sum(CASE side WHEN 'buy' THEN volume ELSE -volume END) AS delta
    FROM market.transactions r
    WHERE r.time >= i.time AND r.time < i.time + interval '1 minute'
    GROUP BY symbol
) s;

CREATE VIEW market.order_flow_1h AS
SELECT i.time, s.symbol, s.trades, s.buy_trades, s.sell_trades, s.volume, s.buy_volume, s.sell_volume, s.value,
     s.buy_value, s.sell_value, s.delta
FROM generate_series(
    date_bin('1 hour', (SELECT min(time) FROM market.transactions), timestamptz '2000-01-03 00:00+00'),
    (SELECT max(time) FROM market.transactions), interval '1 hour') AS i (time)
CROSS JOIN LATERAL (
    SELECT symbol,
        count(*) AS trades, count(*) FILTER (WHERE side = 'buy') AS buy_trades,
        count(*) FILTER (WHERE side = 'sell') AS sell_trades, sum(volume) AS volume,
        coalesce(sum(volume) FILTER (WHERE side = 'buy'), 0) AS buy_volume,
        coalesce(sum(volume) FILTER (WHERE side = 'sell'), 0) AS sell_volume,
        sum(price * volume) AS value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'buy'), 0) AS buy_value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'sell'), 0) AS sell_value,
        sum(CASE side WHEN 'buy' THEN volume ELSE -volume END) AS delta
    FROM market.transactions r
    WHERE r.time >= i.time AND r.time < i.time + interval '1 hour'
    GROUP BY symbol
) s;

CREATE VIEW market.order_flow_1d AS
SELECT i.time, s.symbol, s.trades, s.buy_trades, s.sell_trades, s.volume, s.buy_volume, s.sell_volume, s.value,
     s.buy_value, s.sell_value, s.delta
FROM generate_series(
    date_bin('24 hours', (SELECT min(time) FROM market.transactions), timestamptz '2000-01-03 00:00+00'),
    (SELECT max(time) FROM market.transactions), interval '24 hours') AS i (time)
CROSS JOIN LATERAL (
    SELECT symbol,
        count(*) AS trades, count(*) FILTER (WHERE side = 'buy') AS buy_trades,
        count(*) FILTER (WHERE side = 'sell') AS sell_trades, sum(volume) AS volume,
        coalesce(sum(volume) FILTER (WHERE side = 'buy'), 0) AS buy_volume,
        coalesce(sum(volume) FILTER (WHERE side = 'sell'), 0) AS sell_volume,
        sum(price * volume) AS value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'buy'), 0) AS buy_value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'sell'), 0) AS sell_value,
        sum(CASE side WHEN 'buy' THEN volume ELSE -volume END) AS delta
    FROM market.transactions r
    WHERE r.time >= i.time AND r.time < i.time + interval '24 hours'
    GROUP BY symbol
) s;

CREATE VIEW market.spread_1m AS
SELECT i.time, s.symbol, s.samples, s.spread_min, s.spread_max, s.spread_avg, s.spread_basis_points_avg, s.mid_price_avg
FROM generate_series(
    date_bin('1 minute', (SELECT min(time) FROM market.orderbooks), timestamptz '2000-01-03 00:00+00'),
    (SELECT max(time) FROM market.orderbooks), interval '1 minute') AS i (time)
CROSS JOIN LATERAL (
    SELECT symbol,
        count(*) AS samples, min(spread) AS spread_min, max(spread) AS spread_max, avg(spread) AS spread_avg,
        avg(spread / mid_price * 10000) AS spread_basis_points_avg, avg(mid_price) AS mid_price_avg
    FROM market.orderbooks r
    WHERE r.time >= i.time AND r.time < i.time + interval '1 minute' AND spread IS NOT NULL AND mid_price > 0
    GROUP BY symbol
) s;

CREATE VIEW market.depth AS
SELECT i.time, s.symbol, s.samples, s.bid_volume_avg, s.ask_volume_avg, s.bid_volume_min, s.ask_volume_min, s.imbalance_avg
FROM generate_series(
    date_bin('1 minute', (SELECT min(time) FROM market.orderbooks), timestamptz '2000-01-03 00:00+00'),
    (SELECT max(time) FROM market.orderbooks), interval '1 minute') AS i (time)
CROSS JOIN LATERAL (
    SELECT symbol,
        count(*) AS samples, avg(bid_volume) AS bid_volume_avg, avg(ask_volume) AS ask_volume_avg,
        min(bid_volume) AS bid_volume_min, min(ask_volume) AS ask_volume_min,
        avg((bid_volume - ask_volume) / nullif(bid_volume + ask_volume, 0)) AS imbalance_avg
    FROM market.orderbooks r
    WHERE r.time >= i.time AND r.time < i.time + interval '1 minute'
    GROUP BY symbol
) s;

SELECT ops.describe_statistics(' Computed on read: it reaches as far back as the rows that it is made of.');
