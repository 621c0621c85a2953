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
        if facts.engine.hasJobs { facts.aggregates = try await aggregates() }
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

    /// Those with a refresh policy: without one nothing refreshes by itself.
    private func aggregates() async throws -> [AggregateFacts] {
        let rows = try await connection.query(
            """
            SELECT a.view_name::text AS name, a.hypertable_name::text AS source,
                extract(epoch FROM (j.config ->> 'start_offset')::interval)::bigint AS window
            FROM timescaledb_information.continuous_aggregates a
            JOIN timescaledb_information.jobs j ON j.proc_name = 'policy_refresh_continuous_aggregate'
                AND (j.hypertable_schema, j.hypertable_name) IN ((a.view_schema, a.view_name),
                    (a.materialization_hypertable_schema, a.materialization_hypertable_name))
            WHERE a.hypertable_schema = 'market' ORDER BY 1
            """)
        var aggregates: [AggregateFacts] = []
        for row in rows {
            let window = try row.optional("window", as: Int64.self).map { TimeSpan(seconds: $0) }
            aggregates.append(
                AggregateFacts(
                    name: try row.value("name"), source: try row.value("source"), refreshWindow: window))
        }
        return aggregates
    }
}
