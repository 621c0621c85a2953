-- verify: market.is_complete('KRW-BTC', '-infinity', 'infinity') IS NOT NULL
--
-- What derived data and readers ask of the account of gaps, and the one way to correct a stored trade.

CREATE FUNCTION market.is_complete(of_symbol text, from_time timestamptz, to_time timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT NOT EXISTS (
        SELECT FROM market.gaps g
        WHERE g.symbol = of_symbol AND g.channel = 'trade' AND g.status <> 'filled'
            AND g.from_time < is_complete.to_time AND g.to_time > is_complete.from_time);
END;
COMMENT ON FUNCTION market.is_complete IS 'True when no open or unfillable gap in the trades overlaps [from_time, to_time).';

-- Writers may not change a stored trade. This is for proof, which found that the exchange says otherwise;
-- what stood there stays readable in the audit log, and what was derived from it is computed again.
CREATE FUNCTION market.correct_trade(of_symbol text, at_time timestamptz, id bigint, new_price numeric, new_volume numeric, new_side text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    old market.transactions;
BEGIN
    SELECT * INTO old FROM market.transactions t
        WHERE t.time = at_time AND t.symbol = of_symbol COLLATE "C" AND t.sequential_id = id FOR UPDATE;
    IF NOT FOUND OR (old.price = new_price AND old.volume = new_volume AND old.side = new_side) THEN
        RETURN false;
    END IF;
    UPDATE market.transactions t SET price = new_price, volume = new_volume, side = new_side
        WHERE t.time = at_time AND t.symbol = of_symbol COLLATE "C" AND t.sequential_id = id;
    INSERT INTO ops.audit_log (actor, action, target, detail) VALUES (session_user, 'correct_trade', of_symbol,
        jsonb_build_object('time', at_time, 'sequential_id', id, 'old_price', old.price, 'old_volume', old.volume,
            'old_side', old.side, 'price', new_price, 'volume', new_volume, 'side', new_side));
    INSERT INTO market.repairs (symbol, timeframe, from_time, done_until)
        SELECT c.symbol, c.timeframe, c.time, c.time FROM market.candles c
        WHERE c.symbol = of_symbol COLLATE "C" AND c.source <> 'exchange'
            AND c.time = market.interval_start(c.timeframe, at_time)
    ON CONFLICT (symbol, timeframe, from_time)
        DO UPDATE SET done_until = excluded.done_until, closed_at = NULL, opened_at = now();
    RETURN true;
END $$;
COMMENT ON FUNCTION market.correct_trade IS 'Writes the exchange''s price, volume and side over those of a stored trade, notes the old ones in ops.audit_log, and opens repairs of the candles that hold it. False when there is no such trade or nothing to change.';
REVOKE ALL ON FUNCTION market.correct_trade FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yeoul_ingest') THEN
        GRANT EXECUTE ON FUNCTION market.correct_trade TO yeoul_ingest;
    END IF;
END $$;
