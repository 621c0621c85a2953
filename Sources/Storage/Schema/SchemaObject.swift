import Database

/// A table, column, index, constraint, view or function with its definition.
package struct SchemaObject: Sendable, Hashable, Comparable {
    package var kind: String
    package var name: String
    package var definition: String

    package init(kind: String, name: String, definition: String) {
        self.kind = kind
        self.name = name
        self.definition = definition
    }

    package static func < (left: SchemaObject, right: SchemaObject) -> Bool {
        (left.kind, left.name) < (right.kind, right.name)
    }

    /// What is in our schemas now. Partitions and chunks come and go by themselves and are left out; so is
    /// the text of views and functions, which PostgreSQL prints differently from version to version.
    static let liveQuery = """
        WITH spaces AS (
            SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname IN ('market', 'trading', 'ops', 'compat')
        ), relations AS (
            SELECT c.oid, s.nspname || '.' || c.relname AS name, c.relkind FROM pg_catalog.pg_class c
            JOIN spaces s ON s.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
        )
        SELECT CASE WHEN relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind, name,
            CASE relkind WHEN 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(oid) ELSE '' END AS definition
        FROM relations
        UNION ALL
        SELECT 'column', r.name || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || CASE WHEN a.attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 'index', r.name || '.' || x.relname, pg_get_indexdef(i.indexrelid)
        FROM relations r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        UNION ALL
        SELECT 'constraint', r.name || '.' || k.conname, pg_get_constraintdef(k.oid)
        FROM relations r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
        UNION ALL
        SELECT 'function', s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
            pg_get_function_result(p.oid)
        FROM spaces s JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid
        """

    static func read(_ connection: Connection, _ query: String) async throws -> [SchemaObject] {
        let rows = try await connection.query(query)
        return try rows.map {
            SchemaObject(
                kind: try $0.value("kind"), name: try $0.value("name"), definition: try $0.value("definition")
            )
        }
    }
}
