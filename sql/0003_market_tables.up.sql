-- verify: to_regclass('market.latest_indicators_age') IS NOT NULL
--
-- The plain tables of market data: markets with their history, the latest row of everything, and the
-- account of what is missing, proven and under repair.

CREATE TABLE market.markets (
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    listed_at timestamptz,
    delisted_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    warning boolean NOT NULL DEFAULT false,
    min_total numeric CHECK (min_total >= 0),
    symbol text COLLATE "C" NOT NULL,
    quote text COLLATE "C" NOT NULL,
    base text COLLATE "C" NOT NULL,
    korean_name text,
    english_name text,
    state text NOT NULL CHECK (state IN ('PREVIEW', 'ACTIVE', 'DELISTED', 'OTHER')),
    renamed_from text COLLATE "C",
    tick_sizes jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tick_sizes) = 'array'),
    CHECK (valid_to > valid_from),
    PRIMARY KEY (symbol, valid_from)
);
CREATE UNIQUE INDEX markets_current ON market.markets (symbol) WHERE valid_to IS NULL;
SELECT ops.describe('market.markets', 'Markets with their history: a row holds from valid_from to valid_to; the row without valid_to is the present one.', '{
    "valid_from": "From when the row holds.",
    "valid_to": "Until when it held; absent in the present row.",
    "listed_at": "When trading began, as far as known.",
    "delisted_at": "When trading ended.",
    "updated_at": "When the row was last confirmed.",
    "warning": "True while the exchange warns about the market.",
    "min_total": "The smallest order, in the quote currency.",
    "symbol": "Market, such as KRW-BTC.",
    "quote": "Currency that prices are in, such as KRW.",
    "base": "Currency that is traded, such as BTC.",
    "korean_name": "Korean name.",
    "english_name": "English name.",
    "state": "PREVIEW, ACTIVE, DELISTED, or OTHER for a word that the exchange added.",
    "renamed_from": "The symbol that it had before.",
    "tick_sizes": "Tick sizes by price, in the quote currency: [{\"from_price\": \"1000\", \"tick\": \"1\"}, …]."}');

CREATE TABLE market.latest_indicators (
    data_time timestamptz NOT NULL,
    time timestamptz,
    provisional_time timestamptz,
    last_time timestamptz,
    revision bigint NOT NULL DEFAULT 0,
    trades bigint,
    provisional_trades bigint,
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
    provisional_ma_5 double precision,
    provisional_ma_10 double precision,
    provisional_ma_20 double precision,
    provisional_ma_50 double precision,
    provisional_ma_100 double precision,
    provisional_ma_200 double precision,
    provisional_ema_8 double precision,
    provisional_ema_13 double precision,
    provisional_ema_21 double precision,
    provisional_ema_50 double precision,
    provisional_ema_200 double precision,
    provisional_rsi_14 double precision,
    provisional_stochastic_k double precision,
    provisional_stochastic_d double precision,
    provisional_macd_line double precision,
    provisional_macd_signal double precision,
    provisional_macd_histogram double precision,
    provisional_cci_20 double precision,
    provisional_atr_14 double precision,
    provisional_bollinger_upper double precision,
    provisional_bollinger_middle double precision,
    provisional_bollinger_lower double precision,
    provisional_keltner_upper double precision,
    provisional_keltner_middle double precision,
    provisional_keltner_lower double precision,
    provisional_volume_ma_20 double precision,
    provisional_obv double precision,
    provisional_vwap double precision,
    complete boolean NOT NULL,
    provisional_complete boolean,
    open numeric,
    high numeric,
    low numeric,
    close numeric,
    volume numeric,
    value numeric,
    candle_vwap numeric,
    buy_volume numeric,
    sell_volume numeric,
    provisional_open numeric,
    provisional_high numeric,
    provisional_low numeric,
    provisional_close numeric,
    provisional_volume numeric,
    provisional_value numeric,
    provisional_candle_vwap numeric,
    provisional_buy_volume numeric,
    provisional_sell_volume numeric,
    symbol text COLLATE "C" NOT NULL,
    timeframe text NOT NULL CHECK (timeframe IN ('1s', '1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo')),
    source text CHECK (source IN ('trades', 'exchange', 'mixed')),
    PRIMARY KEY (symbol, timeframe)
) WITH (fillfactor = 50);
-- Each indicator and each figure of a candle stands here twice, with the meaning that it has in its table.
SELECT ops.describe('market.latest_indicators', 'One row for each market and timeframe: the newest closed candle with its indicators, and the open candle with the indicators as they stand.',
    ops.meanings('market.candles', ending => ', of the closed candle.')
        - array['vwap', 'first_time', 'first_id', 'last_id']
    || (ops.meanings('market.candles', 'provisional_', ', of the open candle so far.')
        - array['provisional_vwap', 'provisional_first_time', 'provisional_first_id', 'provisional_last_time',
            'provisional_last_id', 'provisional_symbol', 'provisional_timeframe', 'provisional_source',
            'provisional_revision'])
    || ops.meanings('market.technical_indicators', ending => ', at the closed candle.')
    || (ops.meanings('market.technical_indicators', 'provisional_', ', with the open candle as it stands.')
        - array['provisional_symbol', 'provisional_timeframe', 'provisional_revision'])
    || '{
    "data_time": "Exchange time of the newest data in the row; its age is in latest_indicators_age.",
    "time": "Start of the newest closed candle; absent before the first close.",
    "provisional_time": "Start of the open candle.",
    "revision": "Grows with each change of the row: read what is newer than the one you know.",
    "complete": "True when no gap overlaps the closed candle.",
    "provisional_complete": "True when no gap overlaps the open candle so far.",
    "candle_vwap": "value / volume of the closed candle, rounded half-even to 12 decimals, in the quote currency.",
    "provisional_candle_vwap": "value / volume of the open candle so far, rounded half-even to 12 decimals, in the quote currency.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval: 1s 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w 1mo.",
    "source": "Source of the closed candle: trades (ours), exchange (its own candle), or mixed."}');

CREATE VIEW market.latest_indicators_age AS
SELECT symbol, timeframe, data_time, complete, revision, clock_timestamp() - data_time AS age,
    extract(epoch FROM clock_timestamp() - data_time)::double precision AS age_seconds
FROM market.latest_indicators;
SELECT ops.describe('market.latest_indicators_age', 'How old the rows of latest_indicators are. A decision on stale or incomplete data must be: hold.', '{
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval.",
    "data_time": "Exchange time of the newest data in the row.",
    "complete": "True when no gap overlaps the closed candle.",
    "revision": "Grows with each change of the row.",
    "age": "Time since data_time.",
    "age_seconds": "Seconds since data_time."}');

CREATE TABLE market.gaps (
    from_time timestamptz NOT NULL,
    to_time timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    trades_filled bigint NOT NULL DEFAULT 0 CHECK (trades_filled >= 0),
    symbol text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'filled', 'unfillable')),
    CHECK (to_time > from_time),
    PRIMARY KEY (symbol, channel, from_time)
);
CREATE INDEX gaps_open ON market.gaps (symbol, from_time) WHERE status = 'open';
SELECT ops.describe('market.gaps', 'Times for which data of a channel is or was missing. Nothing missing is hidden.', '{
    "from_time": "Start of what is missing.",
    "to_time": "End of what is missing, not included.",
    "created_at": "When the gap was noticed.",
    "updated_at": "When its status changed.",
    "trades_filled": "How many trades were fetched into it.",
    "symbol": "Market, such as KRW-BTC.",
    "channel": "What is missing: trade, ticker, orderbook.",
    "reason": "Why: disconnect, restart, journal_full, database, ….",
    "status": "open, filled, or unfillable (older than the exchange keeps)."}');

CREATE TABLE market.reconciliations (
    from_time timestamptz NOT NULL,
    to_time timestamptz NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    our_volume numeric NOT NULL,
    exchange_volume numeric NOT NULL,
    our_value numeric NOT NULL,
    exchange_value numeric NOT NULL,
    symbol text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ticker', 'candle')),
    status text NOT NULL
        CHECK (status IN ('proven', 'proven_empty', 'boundary', 'different', 'repaired', 'unprovable')),
    CHECK (to_time > from_time),
    PRIMARY KEY (symbol, method, from_time)
);
CREATE INDEX reconciliations_different ON market.reconciliations (symbol, from_time) WHERE status = 'different';
SELECT ops.describe('market.reconciliations', 'The proof: our trades against the exchange''s own figures. Proven ranges extend; what is not proven has single rows.', '{
    "from_time": "Start of the range.",
    "to_time": "End of the range, not included.",
    "checked_at": "When it was compared last.",
    "attempts": "Repairs tried; at most three, then an alarm.",
    "our_volume": "Volume of the stored trades, in the base currency.",
    "exchange_volume": "Volume that the exchange states, in the base currency.",
    "our_value": "Value of the stored trades, in the quote currency.",
    "exchange_value": "Value that the exchange states, in the quote currency.",
    "symbol": "Market, such as KRW-BTC.",
    "method": "ticker (accumulators of the stream) or candle (1-minute candles over REST).",
    "status": "proven, proven_empty, boundary (neighbours differ by opposite amounts), different, repaired, unprovable."}');

CREATE TABLE market.repairs (
    from_time timestamptz NOT NULL,
    done_until timestamptz NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    symbol text COLLATE "C" NOT NULL,
    timeframe text NOT NULL CHECK (timeframe IN ('1s', '1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo')),
    CHECK (done_until >= from_time),
    PRIMARY KEY (symbol, timeframe, from_time)
);
CREATE INDEX repairs_open ON market.repairs (symbol, timeframe) WHERE closed_at IS NULL;
SELECT ops.describe('market.repairs', 'Candles and indicators that are computed again after a late or refilled trade. Open until done_until reached the present.', '{
    "from_time": "From where on they are computed again.",
    "done_until": "How far it got.",
    "opened_at": "When it was noticed.",
    "closed_at": "When it was done; absent while it is open.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval."}');

CREATE TABLE market.indicator_states (
    time timestamptz NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    symbol text COLLATE "C" NOT NULL,
    timeframe text NOT NULL CHECK (timeframe IN ('1s', '1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo')),
    state bytea NOT NULL,
    PRIMARY KEY (symbol, timeframe, time)
) WITH (fillfactor = 70);
SELECT ops.describe('market.indicator_states', 'The recursive state of the indicators after a candle: the live one and a checkpoint a day, from which a rebuild starts.', '{
    "time": "Start of the candle after which the state holds.",
    "version": "Version of the layout of state.",
    "symbol": "Market, such as KRW-BTC.",
    "timeframe": "Length of the interval.",
    "state": "The state, opaque."}');
