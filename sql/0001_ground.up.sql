-- verify: (SELECT count(*) = 5 FROM ops.bot_config)
--
-- The ground: the schemas, what the service itself keeps in `ops`, and the helper that explains tables.

CREATE SCHEMA IF NOT EXISTS market;
CREATE SCHEMA IF NOT EXISTS ops;
CREATE SCHEMA IF NOT EXISTS compat;
COMMENT ON SCHEMA market IS 'Market data: trades, tickers, order books, candles, indicators, and the proof of them.';
COMMENT ON SCHEMA ops IS 'What the service keeps about itself: schema version, journal positions, leases, logs, settings.';
COMMENT ON SCHEMA compat IS 'Market data under the names of the systems that Yeoul replaces. Not on the search path.';

-- Puts a comment on a relation and on each of its columns, and refuses to leave one out.
CREATE FUNCTION ops.describe(relation regclass, meaning text, columns jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    word text;
    missing text;
BEGIN
    EXECUTE format('COMMENT ON %s %s IS %L',
        CASE (SELECT relkind FROM pg_class WHERE oid = relation) WHEN 'v' THEN 'VIEW'
            WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, relation, meaning);
    FOR word IN SELECT jsonb_object_keys(columns) LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, word, columns ->> word);
    END LOOP;
    SELECT string_agg(attname, ', ') INTO missing FROM pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND col_description(relation, attnum) IS NULL;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION '% has columns without a comment: %', relation, missing;
    END IF;
END $$;
COMMENT ON FUNCTION ops.describe IS 'Comments a relation and its columns; an error when a column is left out.';
REVOKE ALL ON FUNCTION ops.describe FROM PUBLIC;

-- What the columns of a relation mean, for another that has them too: each name with a prefix, each
-- meaning with another end than its full stop.
CREATE FUNCTION ops.meanings(relation regclass, prefix text DEFAULT '', ending text DEFAULT '.') RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT jsonb_object_agg(prefix || attname, rtrim(col_description(attrelid, attnum), '.') || ending)
    FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;
COMMENT ON FUNCTION ops.meanings IS 'The comments of a relation''s columns, for ops.describe of another that has the same ones.';
REVOKE ALL ON FUNCTION ops.meanings FROM PUBLIC;

CREATE TABLE ops.instance (
    created_at timestamptz NOT NULL DEFAULT now(),
    schema_version integer NOT NULL,
    continuous_aggregates boolean NOT NULL,
    simulated boolean NOT NULL,
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    exchange text NOT NULL CHECK (exchange ~ '^[a-z][a-z0-9_-]{0,31}$'),
    engine text NOT NULL CHECK (engine IN ('timescale', 'native')),
    data_folder_id text NOT NULL
);
SELECT ops.describe('ops.instance', 'What this database holds, written by the first migration. One row. Every role refuses a mismatch, so that simulated and real data, or two exchanges, never share a database.', '{
    "created_at": "When the first migration ran.",
    "schema_version": "The number of the newest migration applied.",
    "continuous_aggregates": "Whether the statistics are continuous aggregates (TimescaleDB under its community license) or plain views.",
    "simulated": "True when the data comes from the built-in exchange.",
    "only_row": "Always true: keeps the table at one row.",
    "exchange": "The exchange profile, such as upbit.",
    "engine": "timescale (hypertables) or native (range partitions).",
    "data_folder_id": "The identity of the data folder whose journals belong to this database."}');

CREATE TABLE ops.schema_migrations (
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    version integer PRIMARY KEY CHECK (version > 0),
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'applied', 'skipped')),
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    down_checksum text NOT NULL CHECK (down_checksum ~ '^[0-9a-f]{64}$'),
    program text NOT NULL,
    CHECK ((state = 'running') = (finished_at IS NULL))
);
SELECT ops.describe('ops.schema_migrations', 'The migrations of this database.', '{
    "started_at": "When it was started.",
    "finished_at": "When it was verified; absent while it runs, or after it failed half-way outside a transaction.",
    "version": "Its number.",
    "name": "Its name, from the file.",
    "state": "running, applied, or skipped (it is for another engine).",
    "checksum": "SHA-256 of the up file, in hexadecimal.",
    "down_checksum": "SHA-256 of the down file, in hexadecimal.",
    "program": "The version of the program that ran it."}');

CREATE TABLE ops.schema_objects (
    kind text NOT NULL CHECK (kind IN ('table', 'column', 'index', 'constraint', 'view', 'function')),
    name text NOT NULL,
    definition text NOT NULL,
    PRIMARY KEY (kind, name)
);
SELECT ops.describe('ops.schema_objects', 'The tables, columns, indexes, constraints, views and functions as the last migration left them. `yeoul db status` compares the live ones with them.', '{
    "kind": "table, column, index, constraint, view or function.",
    "name": "Its full name.",
    "definition": "Its definition as PostgreSQL prints it; a checksum for views and functions."}');

CREATE TABLE ops.skipped_steps (
    noticed_at timestamptz NOT NULL DEFAULT now(),
    step text PRIMARY KEY,
    reason text NOT NULL,
    remedy text NOT NULL
);
SELECT ops.describe('ops.skipped_steps', 'What a migration could not do with the rights that it had, as on RDS or Supabase. `yeoul db status` shows it.', '{
    "noticed_at": "When it was last tried.",
    "step": "What was skipped.",
    "reason": "Why.",
    "remedy": "What an administrator can do about it."}');

CREATE TABLE ops.journal_positions (
    id bigint GENERATED ALWAYS AS IDENTITY,
    position bigint NOT NULL CHECK (position >= 0),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    committed_at timestamptz NOT NULL DEFAULT now(),
    shard integer NOT NULL CHECK (shard >= 0),
    journal_id text NOT NULL,
    PRIMARY KEY (shard, id)
);
SELECT ops.describe('ops.journal_positions', 'How far each journal is committed: a row is appended in the transaction that holds the data, the newest row of a shard counts, old ones are pruned.', '{
    "id": "Grows with each row; the largest of a shard is its position.",
    "position": "The sequence number of the last frame of the journal up to which all are committed.",
    "epoch": "The epoch of the lease under which the rows were committed.",
    "committed_at": "When the transaction began, by the database clock.",
    "shard": "The capture shard, from 0.",
    "journal_id": "The identity of the journal that the position counts in."}');

CREATE TABLE ops.leases (
    epoch bigint NOT NULL CHECK (epoch > 0),
    expires_at timestamptz NOT NULL,
    shard integer PRIMARY KEY CHECK (shard >= 0),
    owner text NOT NULL
) WITH (fillfactor = 50);
SELECT ops.describe('ops.leases', 'Who may write a shard. A commit checks its epoch here, so a writer that was suspended cannot write after another took over.', '{
    "epoch": "Grows by one each time the lease changes hands.",
    "expires_at": "Until when the lease holds unless it is renewed, by the database clock.",
    "shard": "The capture shard, from 0.",
    "owner": "Host and process of the holder."}');

CREATE TABLE ops.role_status (
    updated_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL,
    pid integer NOT NULL,
    role text NOT NULL,
    host text NOT NULL,
    state text NOT NULL,
    metrics jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (role, host)
) WITH (fillfactor = 50);
SELECT ops.describe('ops.role_status', 'The state of each running role (capture, serve, trade, …), renewed each second for readers on other hosts.', '{
    "updated_at": "When the row was renewed; an old one means that the role is gone or stuck.",
    "started_at": "When the role started.",
    "pid": "Its process id on its host.",
    "role": "The role.",
    "host": "The host that it runs on.",
    "state": "Its state in a word.",
    "metrics": "Its figures, by name."}');

CREATE TABLE ops.system_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    level text NOT NULL CHECK (level IN ('info', 'warning', 'error', 'critical')),
    component text NOT NULL,
    message text NOT NULL,
    context jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX system_logs_level_created_at ON ops.system_logs (level, created_at);
SELECT ops.describe('ops.system_logs', 'Events worth keeping: starts, stops, errors, alarms.', '{
    "id": "Its number.",
    "created_at": "When it happened.",
    "level": "info, warning, error or critical.",
    "component": "The part of the service that wrote it.",
    "message": "What happened.",
    "context": "Details by name."}');

CREATE TABLE ops.bot_config (
    updated_at timestamptz NOT NULL DEFAULT now(),
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    description text NOT NULL
);
SELECT ops.describe('ops.bot_config', 'Settings of the trading job; a change takes effect without a restart.', '{
    "updated_at": "When it was changed.",
    "key": "The name of the setting.",
    "value": "Its value.",
    "description": "What it does, with its unit."}');
INSERT INTO ops.bot_config (key, value, description) VALUES
    ('bot_status', '{"enabled": false}', 'Whether the trading job runs.'),
    ('trading_interval_minutes', '{"minutes": 60}', 'Minutes between two trading cycles.'),
    ('max_trade_amount_krw', '{"amount": 1000000}', 'The most that one trade may spend, in KRW.'),
    ('risk_level', '{"level": "medium"}', 'How much risk a decision may take: low, medium or high.'),
    ('target_symbols', '{"symbols": ["KRW-BTC", "KRW-ETH"]}', 'The markets that are traded.');

CREATE TABLE ops.bot_status (
    last_trade_time timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    total_trades bigint NOT NULL DEFAULT 0 CHECK (total_trades >= 0),
    uptime_seconds bigint NOT NULL DEFAULT 0 CHECK (uptime_seconds >= 0),
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    status text NOT NULL CHECK (status IN ('running', 'stopped', 'paused'))
);
SELECT ops.describe('ops.bot_status', 'What the trading job does now. One row.', '{
    "last_trade_time": "When it last traded.",
    "created_at": "When the row was made.",
    "updated_at": "When the row was renewed.",
    "total_trades": "Trades since the beginning.",
    "uptime_seconds": "Seconds since the job was started.",
    "only_row": "Always true: keeps the table at one row.",
    "status": "running, stopped or paused."}');
INSERT INTO ops.bot_status (status) VALUES ('stopped');

CREATE TABLE ops.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    target text,
    address inet,
    detail jsonb NOT NULL DEFAULT '{}'
);
SELECT ops.describe('ops.audit_log', 'Who did what: logins, control of the bot, changes of settings, rollbacks.', '{
    "id": "Its number.",
    "created_at": "When it happened.",
    "actor": "The user or role that did it.",
    "action": "What was done.",
    "target": "What it was done to.",
    "address": "Where the request came from; absent for the command line.",
    "detail": "Details by name; never a secret."}');

-- The names of `market`, `trading` and `ops` are unique across them, so all three can be on the path.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = market, trading, ops, public', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    INSERT INTO ops.skipped_steps (step, reason, remedy) VALUES ('search path of the database',
        'only the owner of the database may set it',
        format('As its owner run: ALTER DATABASE %I SET search_path = market, trading, ops, public;', current_database()));
END $$;
