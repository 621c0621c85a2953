DROP VIEW market.depth, market.spread_1m, market.order_flow_1d, market.order_flow_1h, market.order_flow_1m;
