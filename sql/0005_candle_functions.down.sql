DROP FUNCTION ops.describe_statistics;
DROP VIEW market.daily_kst, market.daily, market.last_price;
DROP FUNCTION market.candles_rollup, market.candles_filled, market.average_price, market.interval_start,
    market.timeframe_length;
