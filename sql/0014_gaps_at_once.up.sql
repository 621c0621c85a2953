-- verify: (SELECT count(*) = 3 FROM pg_trigger WHERE tgrelid = 'market.gaps'::regclass AND tgname LIKE 'gaps_mark_candles_%')
--
-- `complete` of stored candles follows the gaps, as before, but once a statement instead of once a row: the
-- first trades of 250 markets open 250 gaps at once, and twelve statements for each of them took a second.

DROP TRIGGER gaps_mark_candles ON market.gaps;

CREATE OR REPLACE FUNCTION market.gaps_mark_candles() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    symbols text[];
    starts timestamptz[];
    ends timestamptz[];
    oldest timestamptz;
    newest timestamptz;
    family record;
    flip record;
BEGIN
    -- What makes candles incomplete is which times of trades are missing. A gap that only got another reason,
    -- or count, changes none.
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(g.symbol), array_agg(g.from_time), array_agg(g.to_time), min(g.from_time), max(g.to_time)
        INTO symbols, starts, ends, oldest, newest FROM new_gaps g WHERE g.channel = 'trade';
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(g.symbol), array_agg(g.from_time), array_agg(g.to_time), min(g.from_time), max(g.to_time)
        INTO symbols, starts, ends, oldest, newest FROM old_gaps g WHERE g.channel = 'trade';
    ELSE
        WITH before AS (
            SELECT g.symbol, g.from_time, g.to_time, g.status = 'filled' AS is_filled FROM old_gaps g
            WHERE g.channel = 'trade'
        ), after AS (
            SELECT g.symbol, g.from_time, g.to_time, g.status = 'filled' AS is_filled FROM new_gaps g
            WHERE g.channel = 'trade'
        )
        SELECT array_agg(g.symbol), array_agg(g.from_time), array_agg(g.to_time), min(g.from_time), max(g.to_time)
        INTO symbols, starts, ends, oldest, newest
        FROM ((TABLE before EXCEPT TABLE after) UNION (TABLE after EXCEPT TABLE before)) AS g;
    END IF;
    IF symbols IS NULL THEN
        RETURN NULL;
    END IF;
    FOR family IN
        SELECT f.name, f.timeframes,
            (SELECT min(market.interval_start(t.timeframe, oldest)) FROM unnest(f.timeframes) AS t (timeframe)) AS first
        FROM (VALUES ('candles_seconds', array['1s']),
            ('candles_intraday', array['1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h']),
            ('candles_long', array['1d', '1w', '1mo'])) AS f (name, timeframes)
    LOOP
        -- First which candles are wrong now: usually none. $5 and $6 are constants to the planner, so that
        -- chunks and partitions of other times are left out; with OFFSET 0 it looks through the key for each
        -- gap, never through whole partitions.
        FOR flip IN EXECUTE format($sql$
            SELECT s.timeframe, s.times, array_agg(s.symbol) AS symbols
            FROM (
                SELECT w.symbol, w.timeframe, array_agg(w.time ORDER BY w.time) AS times
                FROM (
                    SELECT DISTINCT g.symbol, c.timeframe, c.time
                    FROM (
                        SELECT n.*, (SELECT min(market.interval_start(t.timeframe, n.from_time))
                            FROM unnest($4) AS t (timeframe)) AS first
                        FROM unnest($1, $2, $3) AS n (symbol, from_time, to_time)
                    ) AS g
                    CROSS JOIN LATERAL (
                        SELECT c.timeframe, c.time FROM market.%I c
                        WHERE c.symbol = g.symbol AND c.timeframe = ANY ($4)
                            AND c.time >= g.first AND c.time < g.to_time AND c.time >= $5 AND c.time < $6
                            AND c.time >= market.interval_start(c.timeframe, g.from_time)
                            AND c.complete = EXISTS (
                                SELECT FROM market.gaps o WHERE o.symbol = c.symbol AND o.channel = 'trade'
                                    AND o.status <> 'filled' AND o.to_time > c.time AND o.from_time < ((c.time
                                    AT TIME ZONE 'UTC') + market.timeframe_length(c.timeframe)) AT TIME ZONE 'UTC')
                        OFFSET 0
                    ) AS c
                ) AS w GROUP BY w.symbol, w.timeframe
            ) AS s GROUP BY s.timeframe, s.times
            $sql$, family.name) USING symbols, starts, ends, family.timeframes, family.first, newest
        LOOP
            -- Markets with the same candles share a statement. Its conditions are constants, so that of a chunk
            -- in the columnstore only the rows of these markets and times are unpacked.
            EXECUTE format($sql$
                UPDATE market.%I c SET complete = NOT c.complete, revision = c.revision + 1
                WHERE c.symbol = ANY ($1) AND c.timeframe = $2 AND c.time = ANY ($3) AND c.time >= $4 AND c.time <= $5
                $sql$, family.name)
                USING flip.symbols, flip.timeframe, flip.times, flip.times[1], flip.times[cardinality(flip.times)];
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION market.gaps_mark_candles IS 'Trigger on gaps, once a statement: sets complete of the candles that a gap overlaps.';

-- Transition tables serve one operation each, and allow no list of columns.
CREATE TRIGGER gaps_mark_candles_insert AFTER INSERT ON market.gaps REFERENCING NEW TABLE AS new_gaps
    FOR EACH STATEMENT EXECUTE FUNCTION market.gaps_mark_candles();
CREATE TRIGGER gaps_mark_candles_update AFTER UPDATE ON market.gaps REFERENCING OLD TABLE AS old_gaps NEW TABLE AS new_gaps
    FOR EACH STATEMENT EXECUTE FUNCTION market.gaps_mark_candles();
CREATE TRIGGER gaps_mark_candles_delete AFTER DELETE ON market.gaps REFERENCING OLD TABLE AS old_gaps
    FOR EACH STATEMENT EXECUTE FUNCTION market.gaps_mark_candles();
