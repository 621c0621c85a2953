-- verify: (SELECT prosecdef FROM pg_proc WHERE oid = 'ops.ensure_partitions'::regproc)
--
-- Partitions of the `native` engine. Writers may make them (and nothing else), so the function runs
-- with the owner's rights. A partition is made standalone and then attached: that waits for no insert
-- and no reader. On `timescale` there is nothing to do, chunks come by themselves.

-- The ranges of a table's partitions.
CREATE FUNCTION ops.partition_ranges(name text)
RETURNS TABLE (partition_name text, covers tstzrange)
LANGUAGE sql STABLE SET search_path = pg_catalog SET "TimeZone" = 'UTC' AS $$
    SELECT c.relname::text,
        tstzrange((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
            (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('market.%I', name)::regclass AND c.relkind = 'r'
        AND pg_get_expr(c.relpartbound, c.oid) LIKE 'FOR VALUES FROM (''%'
$$;
COMMENT ON FUNCTION ops.partition_ranges IS 'The partitions of a time table and what they cover; empty on the timescale engine.';

-- Makes the partitions that cover [from_time, to_time) and are missing; says how many.
CREATE FUNCTION ops.ensure_partitions(name text, from_time timestamptz, to_time timestamptz)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET "TimeZone" = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    partitions_max CONSTANT integer := 200;
    ahead_max CONSTANT interval := '400 days';
    origin CONSTANT timestamptz := '2000-01-03 00:00+00';
    slot interval;
    slot_start timestamptz;
    piece tstzrange;
    part text;
    made integer := 0;
BEGIN
    SELECT part_length INTO slot FROM ops.time_tables WHERE table_name = name;
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
            EXECUTE format('CREATE TABLE market.%I (LIKE market.%I INCLUDING ALL)', part, name);
            EXECUTE format('ALTER TABLE market.%I ATTACH PARTITION market.%I FOR VALUES FROM (%L) TO (%L)',
                name, part, lower(piece), upper(piece));
        END LOOP;
        slot_start := slot_start + slot;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION ops.ensure_partitions IS 'Makes the missing partitions of a time table for [from_time, to_time) and says how many; 0 on the timescale engine. At most 200 a call.';
REVOKE ALL ON FUNCTION ops.ensure_partitions FROM PUBLIC;
