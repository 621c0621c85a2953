-- deletes-data: true
--
-- The statistics of raw data that is already dropped cannot be computed again.

DROP MATERIALIZED VIEW market.depth;
DROP MATERIALIZED VIEW market.spread_1m;
DROP MATERIALIZED VIEW market.order_flow_1d;
DROP MATERIALIZED VIEW market.order_flow_1h;
DROP MATERIALIZED VIEW market.order_flow_1m;
