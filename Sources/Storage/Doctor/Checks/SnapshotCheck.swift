import Database

/// What keeps old row versions alive: with hot rows, tables grow and commits slow down while it lasts.
struct SnapshotCheck: DoctorCheck {
    static let warnSeconds: Int64 = 300
    static let errorSeconds: Int64 = 3_600

    let name = "snapshots"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let rows = try await patient.connection.query(
            """
            SELECT 'session ' || pid || ' of ' || coalesce(usename, '?') || coalesce(nullif(' (' ||
                    application_name || ')', ' ()'), '') AS who,
                extract(epoch FROM now() - xact_start)::bigint AS seconds,
                'SELECT pg_terminate_backend(' || pid || ')' AS remedy
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                AND xact_start < now() - make_interval(secs => $1)
            UNION ALL
            SELECT 'the prepared transaction ' || gid, extract(epoch FROM now() - prepared)::bigint,
                'COMMIT PREPARED or ROLLBACK PREPARED ' || quote_literal(gid)
            FROM pg_prepared_xacts WHERE prepared < now() - make_interval(secs => $1)
            ORDER BY seconds DESC LIMIT 10
            """, [.double(Double(Self.warnSeconds))])
        var findings = try await slotFindings(patient)
        for row in rows {
            let seconds: Int64 = try row.value("seconds")
            let who: String = try row.value("who")
            let what =
                "\(who) holds a snapshot since \(seconds / 60) minutes: old row versions pile up, "
                + "and provisional indicators come every ten seconds"
            let remedy = "End it: \(try row.value("remedy", as: String.self))"
            findings.append(
                seconds >= Self.errorSeconds ? error(what, remedy: remedy) : warning(what, remedy: remedy))
        }
        return findings.isEmpty
            ? [ok("no transaction is older than \(Self.warnSeconds / 60) minutes")] : findings
    }

    /// A slot that nobody reads keeps old rows and all write-ahead log for its reader.
    private func slotFindings(_ patient: Patient) async throws -> [Finding] {
        let rows = try await patient.connection.query(
            """
            SELECT slot_name::text AS slot FROM pg_replication_slots
            WHERE NOT active AND NOT temporary ORDER BY 1 LIMIT 10
            """)
        return try rows.map { row in
            let slot: String = try row.value("slot")
            return warning(
                "nobody reads the replication slot \(slot): it keeps old rows and write-ahead log",
                remedy:
                    "Start its reader, or end it: SELECT pg_drop_replication_slot(\(SQLText.literal(slot)))")
        }
    }
}
