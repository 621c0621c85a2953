import Database
import Market

/// Reads what TimescaleDB knows of our tables. Only views that are the same in all versions are used.
struct HypertableReader {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func add(to facts: inout CatalogFacts) async throws {
        try await addLengths(to: &facts)
        try await addChunks(to: &facts)
        try await addColumnstore(to: &facts)
        try await addJobs(to: &facts)
        if facts.engine.hasJobs {
            facts.aggregates = try await aggregates()
            facts.failedJobs = try await failedJobs()
        }
    }

    private func addLengths(to facts: inout CatalogFacts) async throws {
        let rows = try await connection.query(
            """
            SELECT hypertable_name::text AS table, extract(epoch FROM time_interval)::bigint AS length
            FROM timescaledb_information.dimensions
            WHERE hypertable_schema = 'market' AND time_interval IS NOT NULL
            """)
        for row in rows {
            facts.timeTables[try row.value("table")]?.hypertableChunk = TimeSpan(
                seconds: try row.value("length"))
        }
    }

    private func addChunks(to facts: inout CatalogFacts) async throws {
        let rows = try await connection.query(
            """
            SELECT hypertable_name::text AS table, chunk_schema::text AS schema, chunk_name::text AS name,
                range_start, range_end, coalesce(is_compressed, false) AS is_compressed
            FROM timescaledb_information.chunks WHERE hypertable_schema = 'market'
            """)
        for row in rows {
            let (start, end): (Timestamp, Timestamp) = (
                try row.value("range_start"), try row.value("range_end")
            )
            guard start.microseconds < end.microseconds else { continue }
            facts.timeTables[try row.value("table")]?.chunks.append(
                ChunkFacts(
                    schema: try row.value("schema"), name: try row.value("name"),
                    range: Instant(
                        microseconds: start.microseconds)..<Instant(microseconds: end.microseconds),
                    isCompressed: try row.value("is_compressed")))
        }
    }

    private func addColumnstore(to facts: inout CatalogFacts) async throws {
        let rows = try await connection.query(
            """
            SELECT h.hypertable_name::text AS table, s.attname::text AS column,
                s.segmentby_column_index IS NOT NULL AS is_segment, s.orderby_asc AS is_ascending
            FROM timescaledb_information.hypertables h
            LEFT JOIN timescaledb_information.compression_settings s
                ON s.hypertable_schema = h.hypertable_schema AND s.hypertable_name = h.hypertable_name
            WHERE h.hypertable_schema = 'market' AND h.compression_enabled
            ORDER BY h.hypertable_name, s.segmentby_column_index, s.orderby_column_index
            """)
        for row in rows {
            let table: String = try row.value("table")
            facts.timeTables[table]?.isColumnstoreEnabled = true
            guard let column = try row.optional("column", as: String.self) else { continue }
            if try row.value("is_segment") {
                facts.timeTables[table]?.segmentBy.append(column)
            } else {
                let isAscending = try row.optional("is_ascending", as: Bool.self) ?? true
                facts.timeTables[table]?.orderBy.append(.init(column, isDescending: !isAscending))
            }
        }
    }

    private func addJobs(to facts: inout CatalogFacts) async throws {
        let rows = try await connection.query(
            """
            SELECT job_id, hypertable_name::text AS table, scheduled, proc_name::text AS procedure,
                extract(epoch FROM coalesce(config ->> 'compress_after', config ->> 'drop_after')::interval)::bigint
                    AS after
            FROM timescaledb_information.jobs
            WHERE hypertable_schema = 'market' AND proc_name IN ('policy_compression', 'policy_retention')
            """)
        for row in rows {
            guard let after = try row.optional("after", as: Int64.self) else { continue }
            let job = JobFacts(
                id: try row.value("job_id"), after: TimeSpan(seconds: after),
                isScheduled: try row.value("scheduled"))
            let table: String = try row.value("table")
            if try row.value("procedure", as: String.self) == "policy_retention" {
                facts.timeTables[table]?.retention = job
            } else {
                facts.timeTables[table]?.compression = job
            }
        }
    }

    /// Failed the last time, or not started for twice its interval and an hour.
    private func failedJobs() async throws -> [FailedJob] {
        let rows = try await connection.query(
            """
            SELECT j.job_id, j.proc_name::text AS procedure, j.hypertable_name::text AS table
            FROM timescaledb_information.jobs j JOIN timescaledb_information.job_stats s USING (job_id)
            WHERE j.hypertable_schema IN ('market', '_timescaledb_internal') AND j.scheduled
                AND (s.last_run_status = 'Failed' AND s.job_status <> 'Running'
                    OR nullif(s.last_run_started_at, '-infinity') < now() - 2 * j.schedule_interval - interval '1 hour')
            ORDER BY 1
            """)
        return try rows.map { row in
            FailedJob(
                id: try row.value("job_id"), procedure: try row.value("procedure"),
                table: try row.value("table"))
        }
    }

    /// Those with a refresh policy: without one nothing refreshes by itself. Jobs of an aggregate stand under
    /// its name, or that of its table in older versions; one that reads another is named after that.
    private func aggregates() async throws -> [AggregateFacts] {
        let rows = try await connection.query(
            """
            WITH aggregates AS (
                SELECT view_name::text AS name, hypertable_schema, hypertable_name, materialization_hypertable_schema,
                    materialization_hypertable_name, array[(view_schema, view_name)::text,
                        (materialization_hypertable_schema, materialization_hypertable_name)::text] AS names
                FROM timescaledb_information.continuous_aggregates WHERE view_schema = 'market'),
            jobs AS (SELECT *, (hypertable_schema, hypertable_name)::text AS name FROM timescaledb_information.jobs)
            SELECT a.name, coalesce(parent.name, a.hypertable_name::text) AS source,
                extract(epoch FROM (refresh.config ->> 'start_offset')::interval)::bigint AS window,
                drops.job_id, drops.scheduled,
                extract(epoch FROM (drops.config ->> 'drop_after')::interval)::bigint AS drop_after
            FROM aggregates a
            JOIN jobs refresh ON refresh.proc_name = 'policy_refresh_continuous_aggregate'
                AND refresh.name = ANY(a.names)
            LEFT JOIN jobs drops ON drops.proc_name = 'policy_retention' AND drops.name = ANY(a.names)
            LEFT JOIN aggregates parent
                ON (parent.materialization_hypertable_schema, parent.materialization_hypertable_name)
                    = (a.hypertable_schema, a.hypertable_name)
            ORDER BY 1
            """)
        return try rows.map { row in
            var facts = AggregateFacts(
                name: try row.value("name"), source: try row.value("source"),
                refreshWindow: try row.optional("window", as: Int64.self).map { TimeSpan(seconds: $0) })
            if let after = try row.optional("drop_after", as: Int64.self) {
                facts.retention = JobFacts(
                    id: try row.value("job_id"), after: TimeSpan(seconds: after),
                    isScheduled: try row.value("scheduled"))
            }
            return facts
        }
    }
}
