import Database

/// Whether the profile is applied, and whether TimescaleDB runs its jobs.
struct PoliciesCheck: DoctorCheck {
    /// A launcher, a scheduler, and two jobs at a time.
    static let workersMin = 4

    let name = "policies"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let plan = try await PolicyApplier(patient.directOptions, profile: patient.profile).plan()
        var findings: [Finding] = []
        if !plan.changes.isEmpty {
            findings.append(
                warning(
                    "the profile \(patient.profile.name) is not applied: \(plan.changes.count) differences",
                    remedy: "Run yeoul db policies plan, then yeoul db policies apply."))
        }
        findings += plan.refusals.map { error($0.what, remedy: $0.remedy ?? "Change the profile.") }
        if try await InstanceRecord.read(patient.connection)?.engine == .timescale {
            findings += try await workerFindings(patient) + jobFindings(patient)
        }
        return findings.isEmpty ? [ok("as the profile \(patient.profile.name) says")] : findings
    }

    /// A job that failed the last time, or that nobody has started for twice its interval and an hour.
    private func jobFindings(_ patient: Patient) async throws -> [Finding] {
        let rows = try await patient.connection.query(
            """
            SELECT j.job_id, j.proc_name::text AS procedure, coalesce(j.hypertable_name, '')::text AS table,
                j.scheduled, coalesce(s.last_run_status = 'Failed' AND s.job_status <> 'Running', false) AS has_failed,
                coalesce(s.total_failures, 0)::bigint AS failures,
                (SELECT e.err_message FROM timescaledb_information.job_errors e WHERE e.job_id = j.job_id
                    ORDER BY e.finish_time DESC LIMIT 1) AS reason,
                j.scheduled AND coalesce(nullif(s.last_run_started_at, '-infinity') <
                    now() - 2 * j.schedule_interval - interval '1 hour', false) AS is_late
            FROM timescaledb_information.jobs j LEFT JOIN timescaledb_information.job_stats s USING (job_id)
            WHERE j.hypertable_schema = 'market' ORDER BY 1
            """)
        var findings: [Finding] = []
        for row in rows {
            let (id, table): (Int32, String) = (try row.value("job_id"), try row.value("table"))
            let job = "job \(id) (\(try row.value("procedure", as: String.self)) of \(table))"
            if try !row.value("scheduled") {
                findings.append(
                    note("\(job) is paused", remedy: "Upkeep resumes it once nothing old is needed any more.")
                )
            } else if try row.value("has_failed") {
                let reason = try row.optional("reason", as: String.self).map { " (\($0))" } ?? ""
                findings.append(
                    error(
                        "\(job) failed the last time, \(try row.value("failures", as: Int64.self)) times in all\(reason)",
                        remedy: "Until TimescaleDB's scheduler can, yeoul db upkeep runs it. See "
                            + "timescaledb_information.job_errors; update TimescaleDB or PostgreSQL when each job fails so."
                    ))
            } else if try row.value("is_late") {
                findings.append(
                    error(
                        "\(job) does not run",
                        remedy:
                            "Raise timescaledb.max_background_workers and max_worker_processes, and look for "
                            + "long transactions. Until then yeoul db upkeep runs it."))
            }
        }
        return findings
    }

    /// Without workers no job ever starts, and none fails either.
    private func workerFindings(_ patient: Patient) async throws -> [Finding] {
        let row = try await patient.connection.query(
            """
            SELECT current_setting('timescaledb.max_background_workers')::int AS ours,
                current_setting('max_worker_processes')::int AS all
            """
        ).single()
        let (ours, all): (Int, Int) = (try row.value("ours"), try row.value("all"))
        if ours >= Self.workersMin && all > ours { return [] }
        return [
            error(
                "TimescaleDB has too few background workers: \(ours) of \(all) processes, so jobs do not run",
                remedy:
                    "Set timescaledb.max_background_workers = 16 and max_worker_processes = 32, and restart.")
        ]
    }
}
