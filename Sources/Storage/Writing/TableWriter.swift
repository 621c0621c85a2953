import Database
import Market

/// Writes rows of one kind into one table, inside a transaction that the caller has begun.
package struct TableWriter<Row: StoredRow>: Sendable {
    package let table: TimeTable
    private let direct: CopyTable
    private let pending: CopyTable
    private let pendingName: String
    private let insertion: String

    package init(_ table: TimeTable) throws(DatabaseError) {
        self.table = table
        pendingName = "pending_" + table.name
        direct = try CopyTable(schema: "market", table: table.name, columns: Row.columns)
        pending = try CopyTable(schema: "pg_temp", table: pendingName, columns: Row.columns + ["ordinal"])
        let columns = Row.columns.joined(separator: ", ")
        let keys = Row.keyColumns.joined(separator: ", ")
        let keysOfPending = Row.keyColumns.map { "p.\($0)" }.joined(separator: ", ")
        insertion = """
            WITH inserted AS (
                INSERT INTO \(table.qualifiedName) (\(columns)) SELECT \(columns) FROM pg_temp.\(pendingName)
                ORDER BY ordinal ON CONFLICT DO NOTHING RETURNING \(keys)
            )
            SELECT min(p.ordinal) FROM inserted JOIN pg_temp.\(pendingName) p USING (\(keys))
            GROUP BY \(keysOfPending) ORDER BY 1
            """
    }

    /// Binary COPY: the fast way. A row that is stored already fails it with a unique violation.
    @discardableResult
    package func copy(_ rows: some Sequence<Row>, on connection: BlockingConnection) throws -> Int {
        try connection.copyIn(direct) { writer in
            for row in rows {
                writer.row.beginRow()
                row.encode(into: &writer.row)
                try writer.flushIfFull()
            }
        }
    }

    /// Writes the rows that are not stored yet, and returns their indexes, ascending. Of equal keys in
    /// `rows` the first is taken.
    package func insertNew(_ rows: [Row], on connection: BlockingConnection) throws -> [Int] {
        guard !rows.isEmpty else { return [] }
        try fillPending(rows, on: connection)
        return try connection.query(insertion).map { Int(try $0.value(0, as: Int32.self)) }
    }

    /// Writes the rows, each in the place of the one that is stored under its key. Of equal keys in `rows`
    /// the last is taken.
    package func upsert(_ rows: [Row], on connection: BlockingConnection) throws {
        guard !rows.isEmpty else { return }
        try fillPending(rows, on: connection)
        try connection.query(replacement)
    }

    /// Copies the rows, numbered, into a temporary table.
    private func fillPending(_ rows: [Row], on connection: BlockingConnection) throws {
        try connection.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS \(pendingName)
                (LIKE \(table.qualifiedName) INCLUDING DEFAULTS, ordinal integer) ON COMMIT DELETE ROWS;
            TRUNCATE pg_temp.\(pendingName)
            """)
        _ = try connection.copyIn(pending) { writer in
            for (index, row) in rows.enumerated() {
                writer.row.beginRow()
                row.encode(into: &writer.row)
                writer.row.writeInt32(Int32(index))
                try writer.flushIfFull()
            }
        }
    }

    private var replacement: String {
        let columns = Row.columns.joined(separator: ", ")
        let keys = Row.keyColumns.joined(separator: ", ")
        let changes = Row.columns.filter { !Row.keyColumns.contains($0) }.map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO \(table.qualifiedName) (\(columns))
            SELECT DISTINCT ON (\(keys)) \(columns) FROM pg_temp.\(pendingName) ORDER BY \(keys), ordinal DESC
            ON CONFLICT (\(keys)) DO UPDATE SET \(changes.joined(separator: ", "))
            """
    }
}
