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

-- Each of the next shorter one.
DO $$
DECLARE
    step text[];
BEGIN
    FOREACH step SLICE 1 IN ARRAY array[['order_flow_1h', '1 hour', 'order_flow_1m'],
        ['order_flow_1d', '24 hours', 'order_flow_1h']]
    LOOP
        EXECUTE format($sql$
            CREATE MATERIALIZED VIEW market.%1$I
            WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
            SELECT time_bucket(%2$L, time) AS time, symbol,
                sum(trades)::bigint AS trades, sum(buy_trades)::bigint AS buy_trades,
                sum(sell_trades)::bigint AS sell_trades,
                sum(volume) AS volume, sum(buy_volume) AS buy_volume, sum(sell_volume) AS sell_volume,
                sum(value) AS value, sum(buy_value) AS buy_value, sum(sell_value) AS sell_value,
                sum(delta) AS delta
            FROM market.%3$I
            GROUP BY time_bucket(%2$L, time), symbol
            WITH NO DATA
            $sql$, step[1], step[2], step[3]);
    END LOOP;
END $$;

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

SELECT ops.describe_statistics(' Kept by itself: it outlives the rows that it is made of.');
