import Database
import Market

/// Brings archived rows back into their table. Rows that are there stay as they are, so it can be done
/// again, also after it was interrupted.
package struct ArchiveRestorer: Sendable {
    package struct Outcome: Sendable, Equatable {
        package var rowsRead = 0
        package var rowsAdded = 0

        package init(rowsRead: Int = 0, rowsAdded: Int = 0) {
            self.rowsRead = rowsRead
            self.rowsAdded = rowsAdded
        }
    }

    private let limit: Duration

    package init(within limit: Duration = .seconds(300)) {
        self.limit = limit
    }

    /// Restores one archive, a block a transaction. The whole file is checked before its first row goes in.
    package func restore(
        _ entry: ArchiveFolder.Entry, on connection: Connection, progress: (Outcome) -> Void,
        beforeFirstRow: () throws -> Void
    ) async throws -> Outcome {
        let manifest = entry.manifest
        try await checkColumns(manifest, entry.dataPath, on: connection)
        let path = entry.dataPath
        try await ArchiveThread.run { try ArchiveReader.verify(manifest, dataPath: path) }
        try beforeFirstRow()

        // On `native` nobody else makes the partition; on `timescale` this does nothing.
        try await connection.query(
            "SELECT ops.ensure_partitions($1, $2, $3)",
            [
                .text(manifest.table), .timestamp(microseconds: entry.range.lowerBound.microseconds),
                .timestamp(microseconds: entry.range.upperBound.microseconds),
            ], within: limit)
        let names = try manifest.columns.map { try quotedIdentifier($0.name) }.joined(separator: ", ")
        let table = try quotedIdentifier("market", manifest.table)
        try await connection.execute(
            """
            DROP TABLE IF EXISTS pg_temp.restored_rows;
            CREATE TEMPORARY TABLE restored_rows AS SELECT \(names) FROM \(table) WITH NO DATA
            """, within: limit)
        var outcome = Outcome()
        let reader = try ArchiveReader(manifest, dataPath: entry.dataPath)
        while let block = try await ArchiveThread.run({ try reader.nextBlock() }) {
            let added = try await add(block.bytes, names, table, on: connection)
            outcome.rowsRead += block.rows
            outcome.rowsAdded += added
            progress(outcome)
        }
        try await connection.execute("DROP TABLE pg_temp.restored_rows", within: limit)
        return outcome
    }

    private func add(
        _ rows: [UInt8], _ names: String, _ table: String, on connection: Connection
    ) async throws -> Int {
        try await connection.transaction(within: limit) { connection in
            try await connection.execute("TRUNCATE pg_temp.restored_rows", within: limit)
            _ = try await connection.copyIn(
                raw: "COPY pg_temp.restored_rows FROM STDIN (FORMAT binary)", within: limit
            ) { writer in
                try await writer.send(CopyRows.header + rows + CopyRows.trailer)
            }
            return try await connection.query(
                "INSERT INTO \(table) (\(names)) SELECT \(names) FROM pg_temp.restored_rows ON CONFLICT DO NOTHING",
                within: limit
            ).affectedRows
        }
    }

    /// Columns may have been added since; none may be gone or of another type.
    private func checkColumns(
        _ manifest: ArchiveManifest, _ place: String, on connection: Connection
    ) async throws {
        guard PolicyTables.time.contains(manifest.table) else {
            throw StorageError(
                .archive, "\(manifest.table) is no time table of ours", place: place,
                remedy: Spelling.remedy(for: manifest.table, among: PolicyTables.time))
        }
        let present = try await Archiver.columns(of: "market", manifest.table, on: connection)
        let types = Dictionary(present.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        for column in manifest.columns {
            guard let type = types[column.name] else {
                throw StorageError(
                    .archive, "the table \(manifest.table) has no column \(column.name) any more",
                    place: place,
                    remedy: "Restore with the program version that wrote the archive (\(manifest.createdAt))."
                )
            }
            guard type == column.type else {
                throw StorageError(
                    .archive, "\(manifest.table).\(column.name) is \(type) now, it was \(column.type)",
                    place: place,
                    remedy: "Restore with the program version that wrote the archive (\(manifest.createdAt))."
                )
            }
        }
    }
}
