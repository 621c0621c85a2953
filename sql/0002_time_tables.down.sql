-- deletes-data: true

DROP VIEW market.candles, market.technical_indicators;
DROP TABLE market.transactions;
DROP TABLE market.tickers;
DROP TABLE market.orderbooks;
DROP TABLE market.candles_seconds;
DROP TABLE market.candles_intraday;
DROP TABLE market.candles_long;
DROP TABLE market.technical_indicators_seconds;
DROP TABLE market.technical_indicators_intraday;
DROP TABLE market.technical_indicators_long;
DROP FUNCTION ops.create_time_table;
DROP TABLE ops.time_tables;
