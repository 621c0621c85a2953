-- The roles stay: other databases of the server may use them.

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY array['yeoul_ingest', 'yeoul_trader', 'yeoul_reader'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA market, ops, compat FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON SCHEMA market, ops, compat FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON FUNCTION ops.ensure_partitions FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), role_name);
        BEGIN
            EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', role_name, current_database());
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'the settings of % in this database stay: an administrator may reset them', role_name;
        END;
    END LOOP;
END $$;
DROP FUNCTION ops.grant_roles;
