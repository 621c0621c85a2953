-- deletes-data: true
--
-- Takes everything back. Roles stay: other databases of the server may use them.

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I RESET search_path', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'the search path of the database stays: only its owner may reset it';
END $$;
DROP SCHEMA compat;
DROP SCHEMA market;
DROP TABLE ops.audit_log, ops.bot_status, ops.bot_config, ops.system_logs, ops.role_status, ops.leases,
    ops.journal_positions, ops.skipped_steps, ops.schema_objects, ops.schema_migrations, ops.instance;
DROP FUNCTION ops.describe, ops.meanings;
DROP SCHEMA ops;
