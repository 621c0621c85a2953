-- when: no-continuous-aggregates
-- verify: to_regclass('market.order_flow_1d') IS NOT NULL
--
-- The same statistics as views, computed on read: PostgreSQL without TimescaleDB, or with its Apache build.
--
-- Each interval is looked up by itself: a condition on the view's time cuts the series, and the key, which
-- begins with the time, finds the rows of what is left. Grouping by date_bin(time) would read everything.

DO $$
DECLARE
    -- Of trades, and twice of order books: what is computed, and of which rows.
    flow CONSTANT text[] := array['market.transactions', $c$
        count(*) AS trades, count(*) FILTER (WHERE side = 'buy') AS buy_trades,
        count(*) FILTER (WHERE side = 'sell') AS sell_trades, sum(volume) AS volume,
        coalesce(sum(volume) FILTER (WHERE side = 'buy'), 0) AS buy_volume,
        coalesce(sum(volume) FILTER (WHERE side = 'sell'), 0) AS sell_volume,
        sum(price * volume) AS value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'buy'), 0) AS buy_value,
        coalesce(sum(price * volume) FILTER (WHERE side = 'sell'), 0) AS sell_value,
        sum(CASE side WHEN 'buy' THEN volume ELSE -volume END) AS delta
        $c$, 'true'];
    spread CONSTANT text[] := array['market.orderbooks', $c$
        count(*) AS samples, min(spread) AS spread_min, max(spread) AS spread_max, avg(spread) AS spread_avg,
        avg(spread / mid_price * 10000) AS spread_basis_points_avg, avg(mid_price) AS mid_price_avg
        $c$, 'spread IS NOT NULL AND mid_price > 0'];
    depth CONSTANT text[] := array['market.orderbooks', $c$
        count(*) AS samples, avg(bid_volume) AS bid_volume_avg, avg(ask_volume) AS ask_volume_avg,
        min(bid_volume) AS bid_volume_min, min(ask_volume) AS ask_volume_min,
        avg((bid_volume - ask_volume) / nullif(bid_volume + ask_volume, 0)) AS imbalance_avg
        $c$, 'true'];
    part record;
BEGIN
    FOR part IN SELECT * FROM (VALUES ('order_flow_1m', '1 minute', flow), ('order_flow_1h', '1 hour', flow),
        ('order_flow_1d', '24 hours', flow), ('spread_1m', '1 minute', spread), ('depth', '1 minute', depth)
    ) AS v (name, length, made)
    LOOP
        EXECUTE format($sql$
            CREATE VIEW market.%1$I AS
            SELECT i.time, s.*
            FROM generate_series(
                date_bin(%2$L, (SELECT min(time) FROM %3$s), timestamptz '2000-01-03 00:00+00'),
                (SELECT max(time) FROM %3$s), interval %2$L) AS i (time)
            CROSS JOIN LATERAL (
                SELECT symbol, %4$s
                FROM %3$s r
                WHERE r.time >= i.time AND r.time < i.time + interval %2$L AND %5$s
                GROUP BY symbol
            ) s
            $sql$, part.name, part.length, part.made[1], part.made[2], part.made[3]);
    END LOOP;
END $$;

SELECT ops.describe_statistics(' Computed on read: it reaches as far back as the rows that it is made of.');
