-- verify: (SELECT fill_percent = 70 FROM ops.time_tables WHERE table_name = 'candles_intraday')
--
-- Room beside the open candles. Each commit writes a new version of them. While somebody's snapshot keeps the
-- old ones alive, a version that finds room in its page needs no entry in the index, and whoever writes the
-- next one goes past the entries. Upserts beside 400 versions take 0.6 of the time, for 6 % more space.

ALTER TABLE ops.time_tables ADD COLUMN fill_percent integer CHECK (fill_percent BETWEEN 10 AND 100);
COMMENT ON COLUMN ops.time_tables.fill_percent IS 'How full new rows make a page, in %; absent: full.';
UPDATE ops.time_tables SET fill_percent = 70 WHERE table_name = 'candles_intraday';

DO $do$
DECLARE
    part text;
BEGIN
    IF current_setting('yeoul.engine') <> 'native' THEN
        ALTER TABLE market.candles_intraday SET (fillfactor = 70);
        RETURN;
    END IF;
    FOR part IN SELECT partition_name FROM ops.partition_ranges('candles_intraday') LOOP
        EXECUTE format('ALTER TABLE market.%I SET (fillfactor = 70)', part);
    END LOOP;
END $do$;

CREATE OR REPLACE FUNCTION ops.ensure_partitions(name text, from_time timestamptz, to_time timestamptz)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET "TimeZone" = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    partitions_max CONSTANT integer := 200;
    ahead_max CONSTANT interval := '400 days';
    origin CONSTANT timestamptz := '2000-01-03 00:00+00';
    slot interval;
    room text;
    slot_start timestamptz;
    piece tstzrange;
    part text;
    made integer := 0;
BEGIN
    SELECT part_length, coalesce(' WITH (fillfactor = ' || fill_percent || ')', '') INTO slot, room
        FROM ops.time_tables WHERE table_name = name;
    IF slot IS NULL THEN
        RAISE EXCEPTION '% is not a time table', name USING ERRCODE = 'undefined_table';
    END IF;
    IF (SELECT engine FROM ops.instance) <> 'native' THEN RETURN 0; END IF;
    IF from_time IS NULL OR to_time IS NULL OR from_time < origin
        OR to_time > now() + ahead_max OR to_time <= from_time THEN
        RAISE EXCEPTION 'no partitions of % from % to %', name, from_time, to_time
            USING ERRCODE = 'datetime_field_overflow', HINT = 'Times lie between 2000 and 400 days from now.';
    END IF;
    slot_start := date_bin(slot, from_time, origin);
    -- Quick way out without the lock: the usual case is that all are there.
    IF tstzmultirange(tstzrange(slot_start, to_time)) <@
        (SELECT range_agg(covers) FROM ops.partition_ranges(name)) THEN RETURN 0; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('yeoul partitions of ' || name, 0));
    WHILE slot_start < to_time LOOP
        -- What is left of the slot when older partitions of another length reach into it.
        FOR piece IN
            SELECT unnest(tstzmultirange(tstzrange(slot_start, slot_start + slot))
                - coalesce((SELECT range_agg(covers) FROM ops.partition_ranges(name)), '{}'::tstzmultirange))
        LOOP
            made := made + 1;
            IF made > partitions_max THEN
                RAISE EXCEPTION 'more than % partitions of % in one call', partitions_max, name
                    USING ERRCODE = 'program_limit_exceeded', HINT = 'Call it for a shorter time.';
            END IF;
            part := name || '_p' || to_char(lower(piece), 'YYYYMMDD')
                || CASE WHEN lower(piece) = date_trunc('day', lower(piece)) THEN ''
                    ELSE to_char(lower(piece), '"t"HH24MI') END;
            EXECUTE format('CREATE TABLE market.%I (LIKE market.%I INCLUDING ALL)', part, name) || room;
            EXECUTE format('ALTER TABLE market.%I ATTACH PARTITION market.%I FOR VALUES FROM (%L) TO (%L)',
                name, part, lower(piece), upper(piece));
        END LOOP;
        slot_start := slot_start + slot;
    END LOOP;
    RETURN made;
END $$;
