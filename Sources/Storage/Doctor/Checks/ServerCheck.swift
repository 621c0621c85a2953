import Database

/// The server's version and the settings that decide whether what is committed stays.
struct ServerCheck: DoctorCheck {
    let name = "server"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let row = try await patient.connection.query(
            """
            SELECT current_setting('server_version') AS version, current_setting('fsync')::bool AS fsync,
                current_setting('full_page_writes')::bool AS full_page_writes,
                current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('data_checksums')::bool AS checksums,
                current_setting('autovacuum')::bool AS autovacuum,
                current_setting('max_locks_per_transaction')::int AS locks,
                pg_is_in_recovery() AS is_replica,
                (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()) AS age
            """
        ).single()
        let number = try patient.connection.serverVersion() / 10_000
        let version: String = try row.value("version")
        var findings: [Finding] = []
        if (15...18).contains(number) {
            findings.append(ok("PostgreSQL \(version) at \(patient.connection.place)"))
        } else {
            findings.append(
                error("PostgreSQL \(version) is not supported", remedy: "Use PostgreSQL 15 to 18."))
        }
        if try row.value("is_replica") {
            findings.append(
                error(
                    "the server is a replica: it only reads",
                    remedy: "Set database.url to the primary server."))
        }
        findings += try durability(row)
        if try !row.value("autovacuum") {
            findings.append(
                error(
                    "autovacuum is off",
                    remedy: "Set autovacuum = on: tables grow without it, and stop at the end."))
        }
        if try row.value("age", as: Int.self) > 1_500_000_000 {
            findings.append(
                error(
                    "transaction ids run out",
                    remedy: "Run VACUUM (FREEZE) now; look for what holds it back below."))
        }
        if try row.value("locks", as: Int.self) < 128 {
            findings.append(
                warning(
                    "max_locks_per_transaction is below 128: a query over many partitions may fail",
                    remedy: "Set it to 512 and restart the server."))
        }
        return findings
    }

    private func durability(_ row: Row) throws -> [Finding] {
        var findings: [Finding] = []
        for setting in ["fsync", "full_page_writes"] where try !row.value(setting) {
            findings.append(
                error(
                    "\(setting) is off: a crash of the machine may destroy the database",
                    remedy: "Set \(setting) = on."))
        }
        if try row.value("synchronous_commit", as: String.self) == "off" {
            findings.append(
                warning(
                    "synchronous_commit is off: a crash loses the last commits; the journal brings them back",
                    remedy: "Set synchronous_commit = on, or keep the journal longer than a crash takes."))
        }
        if try !row.value("checksums") {
            findings.append(
                note(
                    "the cluster has no data checksums: damage on the disk is not noticed",
                    remedy: "Stop the server and run pg_checksums --enable."))
        }
        return findings
    }
}
