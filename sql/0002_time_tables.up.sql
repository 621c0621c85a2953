-- verify: (SELECT count(*) = 9 FROM ops.time_tables)
--
-- The time tables. On `timescale` they are hypertables, on `native` range partitions of `time`; the
-- runner sets `yeoul.engine`. Keys start with the time for raw data (faster to load, a third smaller)
-- and with the market for candles (few rows, read by market). 8-byte columns stand first: 9 bytes a
-- row less. Nothing here has an index but its key.

CREATE TABLE ops.time_tables (
    part_length interval NOT NULL CHECK (part_length >= interval '1 hour'),
    accept_past interval CHECK (accept_past > interval '0'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    table_name text PRIMARY KEY,
    family text NOT NULL CHECK (family IN ('raw', 'seconds', 'intraday', 'long'))
);
SELECT ops.describe('ops.time_tables', 'The time tables of schema market, with what a writer and the upkeep must know of them.', '{
    "part_length": "How much time a new chunk or partition covers.",
    "accept_past": "How far in the past a writer accepts a time; absent: from 2010 on.",
    "updated_at": "When the row was changed.",
    "table_name": "The table, in schema market.",
    "family": "The policy family: raw, seconds, intraday or long."}');

-- Makes a time table for the engine of this database and notes it in ops.time_tables.
CREATE FUNCTION ops.create_time_table(name text, family text, part_length interval, accept_past interval, columns text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('yeoul.engine') = 'native' THEN
        EXECUTE format('CREATE TABLE market.%I (%s) PARTITION BY RANGE (time)', name, columns);
    ELSE
        EXECUTE format('CREATE TABLE market.%I (%s)', name, columns);
        PERFORM create_hypertable(format('market.%I', name)::regclass, 'time',
            chunk_time_interval => part_length, create_default_indexes => false);
    END IF;
    INSERT INTO ops.time_tables (table_name, family, part_length, accept_past)
        VALUES (name, family, part_length, accept_past);
END $$;
COMMENT ON FUNCTION ops.create_time_table IS 'Makes a time table for the engine of this database. For migrations.';
REVOKE ALL ON FUNCTION ops.create_time_table FROM PUBLIC;

SELECT ops.create_time_table('transactions', 'raw', '1 day', '8 days', $columns$
    time timestamptz NOT NULL,
    sequential_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    price numeric NOT NULL CHECK (price > 0),
    volume numeric NOT NULL CHECK (volume > 0),
    symbol text COLLATE "C" NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    PRIMARY KEY (time, symbol, sequential_id)
$columns$);
SELECT ops.describe('market.transactions', 'Every trade that the exchange printed, exactly once.', '{
    "time": "When it was executed, by the exchange''s clock, to the millisecond.",
    "sequential_id": "The exchange''s id of the trade; unique in its market, its order means nothing.",
    "received_at": "When we received it, by our clock.",
    "price": "Price, in the quote currency, exactly as sent.",
    "volume": "Volume, in the base currency, exactly as sent.",
    "symbol": "Market, such as KRW-BTC.",
    "side": "What the taker did: buy or sell."}');

SELECT ops.create_time_table('tickers', 'raw', '1 day', '8 days', $columns$
    time timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    change_rate double precision NOT NULL,
    opening_price numeric NOT NULL,
    high_price numeric NOT NULL,
    low_price numeric NOT NULL,
    closing_price numeric NOT NULL,
    prev_closing_price numeric NOT NULL,
    change_price numeric NOT NULL,
    acc_volume numeric NOT NULL CHECK (acc_volume >= 0),
    acc_value numeric NOT NULL CHECK (acc_value >= 0),
    acc_volume_24h numeric NOT NULL CHECK (acc_volume_24h >= 0),
    acc_value_24h numeric NOT NULL CHECK (acc_value_24h >= 0),
    acc_ask_volume numeric CHECK (acc_ask_volume >= 0),
    acc_bid_volume numeric CHECK (acc_bid_volume >= 0),
    bid_price numeric,
    ask_price numeric,
    spread numeric,
    symbol text COLLATE "C" NOT NULL,
    change text NOT NULL CHECK (change IN ('RISE', 'EVEN', 'FALL')),
    market_state text CHECK (market_state IN ('PREVIEW', 'ACTIVE', 'DELISTED', 'OTHER')),
    PRIMARY KEY (time, symbol)
$columns$);
SELECT ops.describe('market.tickers', 'A market''s state as the exchange states it, sampled.', '{
    "time": "When the exchange made the message.",
    "received_at": "When we received it, by our clock.",
    "change_rate": "change_price / prev_closing_price as a fraction, without sign.",
    "opening_price": "First price of the UTC day, in the quote currency.",
    "high_price": "Highest price of the UTC day, in the quote currency.",
    "low_price": "Lowest price of the UTC day, in the quote currency.",
    "closing_price": "Last price, in the quote currency.",
    "prev_closing_price": "Close of the previous UTC day, in the quote currency.",
    "change_price": "Difference of closing_price to prev_closing_price, in the quote currency, without sign.",
    "acc_volume": "Volume since 00:00 UTC, in the base currency.",
    "acc_value": "Value since 00:00 UTC, in the quote currency.",
    "acc_volume_24h": "Volume of the last 24 hours, in the base currency.",
    "acc_value_24h": "Value of the last 24 hours, in the quote currency.",
    "acc_ask_volume": "Volume sold by takers since 00:00 UTC, in the base currency.",
    "acc_bid_volume": "Volume bought by takers since 00:00 UTC, in the base currency.",
    "bid_price": "Best bid of the order book at that time, in the quote currency.",
    "ask_price": "Best ask of the order book at that time, in the quote currency.",
    "spread": "ask_price - bid_price, in the quote currency.",
    "symbol": "Market, such as KRW-BTC.",
    "change": "Direction since the previous UTC day''s close: RISE, EVEN or FALL.",
    "market_state": "PREVIEW, ACTIVE, DELISTED, or OTHER for a word that the exchange added."}');

SELECT ops.create_time_table('orderbooks', 'raw', '1 day', '8 days', $columns$
    time timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    bid_volume numeric NOT NULL CHECK (bid_volume >= 0),
    ask_volume numeric NOT NULL CHECK (ask_volume >= 0),
    spread numeric,
    mid_price numeric,
    level numeric NOT NULL DEFAULT 0 CHECK (level >= 0),
    symbol text COLLATE "C" NOT NULL,
    bid_prices numeric[] NOT NULL,
    bid_volumes numeric[] NOT NULL,
    ask_prices numeric[] NOT NULL,
    ask_volumes numeric[] NOT NULL,
    CHECK (cardinality(bid_prices) = cardinality(bid_volumes)),
    CHECK (cardinality(ask_prices) = cardinality(ask_volumes)),
    PRIMARY KEY (time, symbol, level)
$columns$);
SELECT ops.describe('market.orderbooks', 'Order books, sampled; best price first.', '{
    "time": "When the exchange made the message.",
    "received_at": "When we received it, by our clock.",
    "bid_volume": "The exchange''s sum of the volumes offered to buy, in the base currency.",
    "ask_volume": "The exchange''s sum of the volumes offered to sell, in the base currency.",
    "spread": "Lowest ask minus highest bid, in the quote currency; absent when a side is empty.",
    "mid_price": "Halfway between lowest ask and highest bid, in the quote currency; absent when a side is empty.",
    "level": "Size of the price buckets, in the quote currency; 0 is the market''s own tick.",
    "symbol": "Market, such as KRW-BTC.",
    "bid_prices": "Prices offered to buy, the highest first, in the quote currency.",
    "bid_volumes": "Volumes at bid_prices, in the base currency.",
    "ask_prices": "Prices offered to sell, the lowest first, in the quote currency.",
    "ask_volumes": "Volumes at ask_prices, in the base currency."}');

-- Candles: one definition, three families, because chunks are dropped by time.
DO $do$
DECLARE
    family record;
BEGIN
    FOR family IN SELECT * FROM (VALUES
        ('seconds', interval '1 day', interval '30 days', array['1s']),
        ('intraday', interval '7 days', NULL, array['1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h']),
        ('long', interval '3650 days', NULL, array['1d', '1w', '1mo'])) AS f (name, part_length, accept_past, timeframes)
    LOOP
    PERFORM ops.create_time_table('candles_' || family.name, family.name, family.part_length, family.accept_past, $columns$
    time timestamptz NOT NULL,
    first_time timestamptz,
    first_id bigint,
    last_time timestamptz,
    last_id bigint,
    trades bigint CHECK (trades > 0),
    revision bigint NOT NULL DEFAULT 0,
    complete boolean NOT NULL,
    open numeric NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    close numeric NOT NULL,
    volume numeric NOT NULL CHECK (volume >= 0),
    value numeric NOT NULL CHECK (value >= 0),
    vwap numeric,
    buy_volume numeric CHECK (buy_volume >= 0),
    sell_volume numeric CHECK (sell_volume >= 0),
    symbol text COLLATE "C" NOT NULL,
    timeframe text NOT NULL,
    source text NOT NULL CHECK (source IN ('trades', 'exchange', 'mixed')),
    CHECK (low <= open AND low <= close AND open <= high AND close <= high AND low > 0),
    PRIMARY KEY (symbol, timeframe, time)
    $columns$ || format(', CONSTRAINT candles_%s_timeframe CHECK (timeframe = ANY (%L::text[]))', family.name, family.timeframes));
    PERFORM ops.describe(('market.candles_' || family.name)::regclass,
        'Candles of ' || array_to_string(family.timeframes, ', ') || '. Read them through the view candles.', '{
    "time": "Start of the interval (UTC-aligned: a day starts 09:00 KST, a week on Monday).",
    "first_time": "Exchange time of the first trade; absent in the exchange''s own candles.",
    "first_id": "sequential_id of the first trade; absent in the exchange''s own candles.",
    "last_time": "Exchange time of the last trade; absent in the exchange''s own candles.",
    "last_id": "sequential_id of the last trade; absent in the exchange''s own candles.",
    "trades": "Number of trades; absent in the exchange''s own candles.",
    "revision": "Grows with each change of the row after its candle closed.",
    "complete": "True when no gap overlaps the interval.",
    "open": "Price of the first trade, in the quote currency.",
    "high": "Highest price, in the quote currency.",
    "low": "Lowest price, in the quote currency.",
    "close": "Price of the last trade, in the quote currency.",
    "volume": "Sum of the volumes, in the base currency.",
    "value": "Sum of price times volume, in the quote currency.",
    "vwap": "value / volume, rounded half-even to 12 decimals, in the quote currency.",
    "buy_volume": "Volume bought by takers, in the base currency; absent in the exchange''s own candles.",
    "sell_volume": "Volume sold by takers, in the base currency; absent in the exchange''s own candles.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval: 1s 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w 1mo.",
    "source": "trades (ours), exchange (its own candle), or mixed."}');
    PERFORM ops.create_time_table('technical_indicators_' || family.name, family.name, family.part_length, family.accept_past, $columns$
    time timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    ma_5 double precision,
    ma_10 double precision,
    ma_20 double precision,
    ma_50 double precision,
    ma_100 double precision,
    ma_200 double precision,
    ema_8 double precision,
    ema_13 double precision,
    ema_21 double precision,
    ema_50 double precision,
    ema_200 double precision,
    rsi_14 double precision,
    stochastic_k double precision,
    stochastic_d double precision,
    macd_line double precision,
    macd_signal double precision,
    macd_histogram double precision,
    cci_20 double precision,
    atr_14 double precision,
    bollinger_upper double precision,
    bollinger_middle double precision,
    bollinger_lower double precision,
    keltner_upper double precision,
    keltner_middle double precision,
    keltner_lower double precision,
    volume_ma_20 double precision,
    obv double precision,
    vwap double precision,
    symbol text COLLATE "C" NOT NULL,
    timeframe text NOT NULL,
    PRIMARY KEY (symbol, timeframe, time)
    $columns$ || format(', CONSTRAINT technical_indicators_%s_timeframe CHECK (timeframe = ANY (%L::text[]))', family.name, family.timeframes));
    PERFORM ops.describe(('market.technical_indicators_' || family.name)::regclass,
        'Indicators of closed candles of ' || array_to_string(family.timeframes, ', ') || ', on the gap-filled series. Read them through the view technical_indicators.', '{
    "time": "Start of the candle''s interval.",
    "revision": "Grows with each change of the row after its candle closed.",
    "ma_5": "Simple moving average of the close over 5 candles, in the quote currency.",
    "ma_10": "Simple moving average of the close over 10 candles, in the quote currency.",
    "ma_20": "Simple moving average of the close over 20 candles, in the quote currency.",
    "ma_50": "Simple moving average of the close over 50 candles, in the quote currency.",
    "ma_100": "Simple moving average of the close over 100 candles, in the quote currency.",
    "ma_200": "Simple moving average of the close over 200 candles, in the quote currency.",
    "ema_8": "Exponential moving average of the close over 8 candles, in the quote currency.",
    "ema_13": "Exponential moving average of the close over 13 candles, in the quote currency.",
    "ema_21": "Exponential moving average of the close over 21 candles, in the quote currency.",
    "ema_50": "Exponential moving average of the close over 50 candles, in the quote currency.",
    "ema_200": "Exponential moving average of the close over 200 candles, in the quote currency.",
    "rsi_14": "Relative strength index over 14 candles, 0 to 100.",
    "stochastic_k": "Slow stochastic %K (14, 3), 0 to 100.",
    "stochastic_d": "Slow stochastic %D (14, 3, 3), 0 to 100.",
    "macd_line": "MACD line (12, 26), in the quote currency.",
    "macd_signal": "MACD signal (9), in the quote currency.",
    "macd_histogram": "MACD line minus signal, in the quote currency.",
    "cci_20": "Commodity channel index over 20 candles.",
    "atr_14": "Average true range over 14 candles, in the quote currency.",
    "bollinger_upper": "Upper Bollinger band (20, 2), in the quote currency.",
    "bollinger_middle": "Middle Bollinger band (20), in the quote currency.",
    "bollinger_lower": "Lower Bollinger band (20, 2), in the quote currency.",
    "keltner_upper": "Upper Keltner channel (EMA 20, ATR 10, times 2), in the quote currency.",
    "keltner_middle": "Middle Keltner channel (EMA 20), in the quote currency.",
    "keltner_lower": "Lower Keltner channel (EMA 20, ATR 10, times 2), in the quote currency.",
    "volume_ma_20": "Simple mean of the volume over 20 candles, in the base currency.",
    "obv": "On-balance volume since the first candle, in the base currency.",
    "vwap": "Volume-weighted average price since the start of the Upbit day (09:00 KST), in the quote currency.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval: 1s 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w 1mo."}');
    END LOOP;
END $do$;

-- The CHECKs on timeframe let the planner open one family only.
CREATE VIEW market.candles AS
SELECT time, symbol, timeframe, open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume,
    first_time, first_id, last_time, last_id, source, complete, revision
FROM market.candles_seconds
UNION ALL
SELECT time, symbol, timeframe, open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume,
    first_time, first_id, last_time, last_id, source, complete, revision
FROM market.candles_intraday
UNION ALL
SELECT time, symbol, timeframe, open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume,
    first_time, first_id, last_time, last_id, source, complete, revision
FROM market.candles_long;
CREATE VIEW market.technical_indicators AS
SELECT time, symbol, timeframe, ma_5, ma_10, ma_20, ma_50, ma_100, ma_200, ema_8, ema_13, ema_21, ema_50, ema_200,
    rsi_14, stochastic_k, stochastic_d, macd_line, macd_signal, macd_histogram, cci_20, atr_14,
    bollinger_upper, bollinger_middle, bollinger_lower, keltner_upper, keltner_middle, keltner_lower,
    volume_ma_20, obv, vwap, revision
FROM market.technical_indicators_seconds
UNION ALL
SELECT time, symbol, timeframe, ma_5, ma_10, ma_20, ma_50, ma_100, ma_200, ema_8, ema_13, ema_21, ema_50, ema_200,
    rsi_14, stochastic_k, stochastic_d, macd_line, macd_signal, macd_histogram, cci_20, atr_14,
    bollinger_upper, bollinger_middle, bollinger_lower, keltner_upper, keltner_middle, keltner_lower,
    volume_ma_20, obv, vwap, revision
FROM market.technical_indicators_intraday
UNION ALL
SELECT time, symbol, timeframe, ma_5, ma_10, ma_20, ma_50, ma_100, ma_200, ema_8, ema_13, ema_21, ema_50, ema_200,
    rsi_14, stochastic_k, stochastic_d, macd_line, macd_signal, macd_histogram, cci_20, atr_14,
    bollinger_upper, bollinger_middle, bollinger_lower, keltner_upper, keltner_middle, keltner_lower,
    volume_ma_20, obv, vwap, revision
FROM market.technical_indicators_long;
SELECT ops.describe('market.candles', 'Candles of every timeframe: the trades of one interval in figures. An interval without a trade has no row; candles_filled() fills it.',
    ops.meanings('market.candles_long'));
SELECT ops.describe('market.technical_indicators', 'Indicators of every closed candle, on the gap-filled series.',
    ops.meanings('market.technical_indicators_long'));
