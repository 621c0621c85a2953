import Database

/// Reads what keeps old versions of rows alive. A role sees this of all sessions without a right of its own;
/// since when they run is hidden from it.
enum HorizonReader {
    static func read(on connection: BlockingConnection) throws -> SnapshotHorizon {
        // Vacuum's own snapshot keeps nothing alive.
        let row = try connection.prepared(
            """
            SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, coalesce(max(age(held)), 0)::bigint
            FROM (
                SELECT backend_xmin FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
                    AND (datid IS NULL OR datid IN (
                        0, (SELECT oid FROM pg_database WHERE datname = current_database())))
                UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()
                UNION ALL SELECT xmin FROM pg_replication_slots
            ) AS holders (held)
            """, []
        ).single()
        let next: Int64 = try row.value(0)
        return SnapshotHorizon(next: next, oldest: next - (try row.value(1)))
    }
}
