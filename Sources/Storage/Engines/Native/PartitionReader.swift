import Database
import Market

/// Reads what PostgreSQL knows of our partitions.
struct PartitionReader {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The name of a partition's index on (symbol, time); the same rule stands in the statement above.
    static func symbolIndexName(of partition: String) -> String { "\(partition.prefix(50))_symbol_time" }

    func add(to facts: inout CatalogFacts) async throws {
        // Bounds are printed in the session's zone, and read back in it.
        let rows = try await connection.query(
            """
            SELECT p.relname::text AS table, c.relname::text AS name, i.inhdetachpending AS pending,
                bound.text = 'DEFAULT' AS is_default,
                (regexp_match(bound.text, 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz AS range_start,
                (regexp_match(bound.text, 'TO \\(''([^'']+)''\\)'))[1]::timestamptz AS range_end,
                x.indisvalid AS index_is_valid
            FROM pg_inherits i
            JOIN pg_class p ON p.oid = i.inhparent
            JOIN pg_class c ON c.oid = i.inhrelid
            CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS text) AS bound
            LEFT JOIN pg_class ic ON ic.relname = left(c.relname, 50) || '_symbol_time'
                AND ic.relnamespace = c.relnamespace
            LEFT JOIN pg_index x ON x.indexrelid = ic.oid AND x.indrelid = c.oid
            WHERE p.relnamespace = 'market'::regnamespace AND p.relkind = 'p'
            """)
        for row in rows {
            let table: String = try row.value("table")
            if try row.optional("is_default", as: Bool.self) == true {
                facts.timeTables[table]?.hasDefaultPartition = true
                continue
            }
            guard let range = try row.instantRange() else { continue }
            let index = try row.optional("index_is_valid", as: Bool.self)
            facts.timeTables[table]?.chunks.append(
                ChunkFacts(
                    schema: "market", name: try row.value("name"), range: range,
                    attachment: try row.value("pending") ? .detachPending : .attached,
                    symbolIndex: index.map { $0 ? .valid : .invalid } ?? .none))
        }
        try await addDetached(to: &facts)
    }

    /// Partitions that upkeep detached and had not dropped when it ended; their comment says what they were.
    private func addDetached(to facts: inout CatalogFacts) async throws {
        let rows = try await connection.query(
            """
            SELECT c.relname::text AS name, obj_description(c.oid, 'pg_class') AS mark
            FROM pg_class c
            WHERE c.relnamespace = 'market'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
                AND starts_with(obj_description(c.oid, 'pg_class'), $1)
            """, [.text(DetachMark.prefix)])
        for row in rows {
            guard let mark = DetachMark(text: try row.value("mark")) else { continue }
            facts.timeTables[mark.table]?.chunks.append(
                ChunkFacts(
                    schema: "market", name: try row.value("name"), range: mark.range,
                    attachment: .detached))
        }
    }
}
