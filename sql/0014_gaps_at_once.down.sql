DROP TRIGGER gaps_mark_candles_insert ON market.gaps;
DROP TRIGGER gaps_mark_candles_update ON market.gaps;
DROP TRIGGER gaps_mark_candles_delete ON market.gaps;
DROP FUNCTION market.gaps_mark_candles;

CREATE FUNCTION market.gaps_mark_candles() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    families CONSTANT text[][] := array[['candles_seconds', '1s'], ['candles_intraday', '1m'],
        ['candles_intraday', '3m'], ['candles_intraday', '5m'], ['candles_intraday', '10m'],
        ['candles_intraday', '15m'], ['candles_intraday', '30m'], ['candles_intraday', '1h'],
        ['candles_intraday', '4h'], ['candles_long', '1d'], ['candles_long', '1w'], ['candles_long', '1mo']];
    family text[];
    gap record;
BEGIN
    FOR gap IN
        SELECT OLD.symbol, OLD.channel, OLD.from_time, OLD.to_time WHERE TG_OP <> 'INSERT'
        UNION SELECT NEW.symbol, NEW.channel, NEW.from_time, NEW.to_time WHERE TG_OP <> 'DELETE'
    LOOP
        CONTINUE WHEN gap.channel <> 'trade';
        FOREACH family SLICE 1 IN ARRAY families LOOP
            EXECUTE format($sql$
                UPDATE market.%I c SET complete = NOT c.complete, revision = c.revision + 1
                WHERE c.symbol = $1 AND c.timeframe = $2
                    AND c.time >= market.interval_start($2, $3) AND c.time < $4
                    AND c.complete = EXISTS (
                        SELECT FROM market.gaps g WHERE g.symbol = c.symbol AND g.channel = 'trade'
                            AND g.status <> 'filled' AND g.to_time > c.time AND g.from_time <
                            ((c.time AT TIME ZONE 'UTC') + market.timeframe_length($2)) AT TIME ZONE 'UTC')
                $sql$, family[1]) USING gap.symbol, family[2], gap.from_time, gap.to_time;
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION market.gaps_mark_candles IS 'Trigger on gaps: sets complete of the candles that a gap overlaps.';
CREATE TRIGGER gaps_mark_candles AFTER INSERT OR DELETE OR UPDATE OF status, from_time, to_time ON market.gaps
    FOR EACH ROW EXECUTE FUNCTION market.gaps_mark_candles();
