-- verify: to_regclass('compat.market_data') IS NOT NULL
--
-- The names that other systems query. D: tickers, orderbooks, transactions, candles,
-- technical_indicators. E: market_data. Put `compat` first on the search path and their queries run.

CREATE VIEW compat.market_data AS
SELECT time, symbol, timeframe AS interval_type, open, high, low, close, volume FROM market.candles;
SELECT ops.describe('compat.market_data', 'System E: candles.', '{
    "time": "Start of the interval.",
    "symbol": "Market, such as KRW-BTC.",
    "interval_type": "Length of the interval; timeframe in market.candles.",
    "open": "Price of the first trade, in the quote currency.",
    "high": "Highest price, in the quote currency.",
    "low": "Lowest price, in the quote currency.",
    "close": "Price of the last trade, in the quote currency.",
    "volume": "Sum of the volumes, in the base currency."}');

CREATE VIEW compat.transactions AS
SELECT time AS timestamp, symbol, side, price, volume AS quantity, price * volume AS value, sequential_id
FROM market.transactions;
SELECT ops.describe('compat.transactions', 'System D: trades of the market.', '{
    "timestamp": "When it was executed; time in market.transactions.",
    "symbol": "Market, such as KRW-BTC.",
    "side": "What the taker did: buy or sell.",
    "price": "Price, in the quote currency.",
    "quantity": "Volume, in the base currency.",
    "value": "price times quantity, in the quote currency.",
    "sequential_id": "The exchange''s id of the trade."}');

-- The price 24 hours before is that of the minute that began last before it.
CREATE VIEW compat.tickers AS
SELECT t.time AS timestamp, t.symbol, t.opening_price, t.high_price, t.low_price, t.closing_price,
    t.prev_closing_price, t.acc_volume_24h AS volume, t.acc_value_24h AS value,
    t.closing_price - b.close AS change_24h, ((t.closing_price - b.close) / b.close * 100)::double precision AS change_rate_24h,
    t.bid_price, t.ask_price, t.spread
FROM market.tickers t
LEFT JOIN LATERAL (
    SELECT c.close FROM market.candles_intraday c
    WHERE c.symbol = t.symbol AND c.timeframe = '1m' AND c.time < t.time - interval '24 hours'
        AND c.time >= t.time - interval '48 hours'
    ORDER BY c.time DESC LIMIT 1
) b ON true;
SELECT ops.describe('compat.tickers', 'System D: a market''s state.', '{
    "timestamp": "When the exchange made the message; time in market.tickers.",
    "symbol": "Market, such as KRW-BTC.",
    "opening_price": "First price of the UTC day, in the quote currency.",
    "high_price": "Highest price of the UTC day, in the quote currency.",
    "low_price": "Lowest price of the UTC day, in the quote currency.",
    "closing_price": "Last price, in the quote currency.",
    "prev_closing_price": "Close of the previous UTC day, in the quote currency.",
    "volume": "Volume of the last 24 hours, in the base currency.",
    "value": "Value of the last 24 hours, in the quote currency.",
    "change_24h": "Difference to the price 24 hours before, in the quote currency; absent when that minute is not stored.",
    "change_rate_24h": "change_24h as a percentage of the price 24 hours before.",
    "bid_price": "Best bid, in the quote currency.",
    "ask_price": "Best ask, in the quote currency.",
    "spread": "ask_price - bid_price, in the quote currency."}');

CREATE VIEW compat.orderbooks AS
SELECT o.time AS timestamp, o.symbol,
    (SELECT coalesce(json_agg(json_build_object('price', l.price, 'quantity', l.volume) ORDER BY l.n), '[]')::text
        FROM unnest(o.bid_prices, o.bid_volumes) WITH ORDINALITY AS l (price, volume, n)) AS bids,
    (SELECT coalesce(json_agg(json_build_object('price', l.price, 'quantity', l.volume) ORDER BY l.n), '[]')::text
        FROM unnest(o.ask_prices, o.ask_volumes) WITH ORDINALITY AS l (price, volume, n)) AS asks,
    o.bid_volume AS total_bid_volume, o.ask_volume AS total_ask_volume, o.spread, o.mid_price
FROM market.orderbooks o;
SELECT ops.describe('compat.orderbooks', 'System D: order books.', '{
    "timestamp": "When the exchange made the message; time in market.orderbooks.",
    "symbol": "Market, such as KRW-BTC.",
    "bids": "JSON text, best first: [{\"price\": 1000, \"quantity\": 0.5}, …].",
    "asks": "JSON text, best first: [{\"price\": 1001, \"quantity\": 0.5}, …].",
    "total_bid_volume": "Sum of the volumes offered to buy, in the base currency.",
    "total_ask_volume": "Sum of the volumes offered to sell, in the base currency.",
    "spread": "Lowest ask minus highest bid, in the quote currency.",
    "mid_price": "Halfway between lowest ask and highest bid, in the quote currency."}');

CREATE VIEW compat.candles AS
SELECT c.time AS timestamp, c.symbol, c.timeframe, c.open AS open_price, c.high AS high_price,
    c.low AS low_price, c.close AS close_price, c.volume, c.value, c.vwap, i.rsi_14 AS rsi,
    i.macd_line AS macd, i.bollinger_upper, i.bollinger_middle, i.bollinger_lower
FROM market.candles c
LEFT JOIN market.technical_indicators i ON i.symbol = c.symbol AND i.timeframe = c.timeframe AND i.time = c.time;
SELECT ops.describe('compat.candles', 'System D: candles with their indicators.', '{
    "timestamp": "Start of the interval; time in market.candles.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval.",
    "open_price": "Price of the first trade, in the quote currency.",
    "high_price": "Highest price, in the quote currency.",
    "low_price": "Lowest price, in the quote currency.",
    "close_price": "Price of the last trade, in the quote currency.",
    "volume": "Sum of the volumes, in the base currency.",
    "value": "Sum of price times volume, in the quote currency.",
    "vwap": "value / volume, in the quote currency.",
    "rsi": "Relative strength index over 14 candles, 0 to 100.",
    "macd": "MACD line (12, 26), in the quote currency.",
    "bollinger_upper": "Upper Bollinger band (20, 2), in the quote currency.",
    "bollinger_middle": "Middle Bollinger band (20), in the quote currency.",
    "bollinger_lower": "Lower Bollinger band (20, 2), in the quote currency."}');

DO $do$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
        FROM pg_attribute WHERE attrelid = 'market.technical_indicators'::regclass AND attnum > 0 AND attname <> 'time';
    EXECUTE format('CREATE VIEW compat.technical_indicators AS SELECT time AS timestamp, %s FROM market.technical_indicators', columns);
END $do$;
SELECT ops.describe('compat.technical_indicators', 'System D: indicators of closed candles.',
    ops.meanings('market.technical_indicators') - 'time'
        || '{"timestamp": "Start of the interval; time in market.technical_indicators."}');
