-- verify: to_regprocedure('ops.grant_roles()') IS NOT NULL
--
-- Roles with least privilege. They belong to the whole server, so they are made only when missing and
-- never dropped here. Without CREATEROLE (RDS and Supabase give it, some servers do not) the step is
-- noted in ops.skipped_steps; once an administrator made the roles, the next `yeoul db migrate` grants.
-- No role has a password: set one with ALTER ROLE … PASSWORD to log in over TCP.

CREATE FUNCTION ops.grant_roles() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    wanted CONSTANT text[] := array['yeoul_ingest', 'yeoul_trader', 'yeoul_reader'];
    role_name text;
    setting text;
BEGIN
    DELETE FROM ops.skipped_steps WHERE step LIKE 'role %';
    FOREACH role_name IN ARRAY wanted LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    INSERT INTO ops.skipped_steps (step, reason, remedy) VALUES ('role ' || role_name,
                        'the migrating role may not create roles',
                        format('As an administrator run: CREATE ROLE %I LOGIN; then yeoul db migrate again.', role_name));
                    CONTINUE;
            END;
        END IF;
        -- Readers must not hold back vacuum: hot rows bloat while an old snapshot lives.
        FOREACH setting IN ARRAY CASE role_name
            WHEN 'yeoul_ingest' THEN array['idle_in_transaction_session_timeout = ''60s''', 'lock_timeout = ''10s''']
            WHEN 'yeoul_trader' THEN array['statement_timeout = ''60s''', 'idle_in_transaction_session_timeout = ''30s''']
            ELSE array['statement_timeout = ''60s''', 'idle_in_transaction_session_timeout = ''30s''',
                'default_transaction_read_only = on'] END
        LOOP
            BEGIN
                EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %s', role_name, current_database(), setting);
            EXCEPTION WHEN insufficient_privilege THEN
                INSERT INTO ops.skipped_steps (step, reason, remedy) VALUES ('role ' || role_name || ': time limits',
                    'the migrating role may not alter it',
                    format('As an administrator run: ALTER ROLE %I IN DATABASE %I SET %s;', role_name, current_database(), setting))
                ON CONFLICT (step) DO UPDATE SET remedy = ops.skipped_steps.remedy || ' ' || excluded.remedy;
            END;
        END LOOP;
        EXECUTE format('GRANT USAGE ON SCHEMA market, ops, compat TO %I', role_name);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA market, compat TO %I', role_name);
        EXECUTE format('GRANT SELECT ON ops.instance, ops.schema_migrations, ops.schema_objects, ops.skipped_steps,
            ops.time_tables, ops.journal_positions, ops.leases, ops.role_status, ops.bot_config, ops.bot_status
            TO %I', role_name);
        -- Of a later migration.
        IF to_regclass('ops.rate_budgets') IS NOT NULL THEN
            EXECUTE format('GRANT SELECT ON ops.rate_budgets TO %I', role_name);
            CONTINUE WHEN role_name = 'yeoul_reader';
            EXECUTE format('GRANT INSERT, UPDATE ON ops.rate_budgets TO %I', role_name);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yeoul_ingest') THEN
        GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA market TO yeoul_ingest;
        -- A stored trade is never changed or taken away by a writer; only partitions go, by the owner.
        REVOKE UPDATE, DELETE ON market.transactions, market.tickers, market.orderbooks FROM yeoul_ingest;
        GRANT INSERT, DELETE ON ops.journal_positions TO yeoul_ingest;
        GRANT INSERT, UPDATE ON ops.leases, ops.role_status TO yeoul_ingest;
        GRANT INSERT ON ops.system_logs TO yeoul_ingest;
        GRANT EXECUTE ON FUNCTION ops.ensure_partitions TO yeoul_ingest;
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO yeoul_ingest', current_database());
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yeoul_trader') THEN
        GRANT SELECT, INSERT ON ops.system_logs, ops.audit_log TO yeoul_trader;
        GRANT INSERT, UPDATE ON ops.bot_config, ops.bot_status, ops.role_status, ops.leases TO yeoul_trader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yeoul_reader') THEN
        GRANT SELECT ON ops.system_logs TO yeoul_reader;
    END IF;
END $$;
COMMENT ON FUNCTION ops.grant_roles IS 'Makes the roles yeoul_ingest, yeoul_trader and yeoul_reader where it may, and grants them what they need. Runs after every migration; may be run again.';
REVOKE ALL ON FUNCTION ops.grant_roles FROM PUBLIC;
SELECT ops.grant_roles();
