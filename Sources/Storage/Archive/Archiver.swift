import Database
import Market

/// Writes chunks into the archive. An archive counts once its manifest is there, and that is written only
/// after the data file has been read back and found whole.
package struct Archiver: Sendable {
    /// Parts of one range at most: late rows that come in again and again point to something else.
    static let partsMax = 1_000

    private let folder: ArchiveFolder
    private let limit: Duration

    package init(_ folder: ArchiveFolder, within limit: Duration = .seconds(600)) {
        self.folder = folder
        self.limit = limit
    }

    /// Reads the chunk and makes sure that an archive holds exactly its rows: one that was written before, or
    /// a new one. What the chunk was then is returned, so that the one who drops it can see that it still is.
    package func archive(
        _ chunk: ChunkFacts, of table: String, on connection: Connection, now: Instant
    ) async throws -> RowFingerprint {
        let known = try parts(table, chunk.range)
        let part = (known.last?.manifest.part ?? 0) + 1
        guard part <= Self.partsMax else {
            throw StorageError(
                .archive, "\(table) has \(Self.partsMax) archives of \(chunk.range.lowerBound)",
                place: folder.path,
                remedy: "Find out what writes into a range that old.")
        }
        let name = ArchiveName(table: table, range: chunk.range, part: part)
        let path = "\(try folder.folder(for: table))/\(name.dataFile)"
        let columns = try await Self.columns(of: chunk.schema, chunk.name, on: connection)
        let writer = try ArchiveWriter(path: path, columns: columns, range: chunk.range)
        do {
            let (print, content) = try await copy(chunk, columns, to: writer, connection)
            guard content.rows == print.rows else {
                throw StorageError(.archive, "\(content.rows) rows were read of \(print.rows)", place: path)
            }
            if content.rows == 0 {
                writer.discard()
            } else if let same = known.first(where: {
                $0.manifest.contentSHA256 == content.sha256 && $0.manifest.columns == columns
            }) {
                writer.discard()
                // Whoever drops rows for it must know that it can be read.
                try await ArchiveThread.run {
                    try ArchiveReader.verify(same.manifest, dataPath: same.dataPath)
                }
            } else {
                let version = try connection.serverVersion()
                let manifest = manifest(name, content, columns, version, now)
                try await ArchiveThread.run { try Self.commit(writer, manifest, path) }
            }
            return print
        } catch {
            writer.discard()
            throw error
        }
    }

    private static func commit(
        _ writer: ArchiveWriter, _ manifest: ArchiveManifest, _ path: String
    ) throws {
        try writer.commit()
        try ArchiveReader.verify(manifest, dataPath: path)
        let file = try ArchiveFile(path: String(path.dropLast(".copy.zst".count)) + ".json")
        try file.write(try ManifestText.write(manifest))
        try file.commit()
    }

    /// One snapshot gives both the count and the rows.
    private func copy(
        _ chunk: ChunkFacts, _ columns: [ArchiveManifest.Column], to writer: ArchiveWriter,
        _ connection: Connection
    ) async throws -> (RowFingerprint, ArchiveWriter.Content) {
        let mode = TransactionMode(isolation: .repeatableRead, isReadOnly: true)
        return try await connection.transaction(mode) { connection in
            let print = try await RowFingerprint.read(
                connection, schema: chunk.schema, table: chunk.name, columns: columns, within: limit)
            let names = try columns.map { try quotedIdentifier($0.name) }.joined(separator: ", ")
            let source = try quotedIdentifier(chunk.schema, chunk.name)
            let order = try await Self.keyColumns(of: chunk.schema, chunk.name, on: connection)
                .map { try quotedIdentifier($0) }.joined(separator: ", ")
            let sorted = order.isEmpty ? "" : " ORDER BY \(order)"
            let statement = "COPY (SELECT \(names) FROM \(source)\(sorted)) TO STDOUT (FORMAT binary)"
            try await connection.copyOut(statement, within: limit) { reader in
                while let piece = try await reader.nextPiece() {
                    try requireRoom()
                    try await ArchiveThread.run { try writer.add(piece) }
                }
            }
            return (print, try await ArchiveThread.run { try writer.finish() })
        }
    }

    private func requireRoom() throws(StorageError) {
        guard let free = folder.freeBytes(), free < folder.reserveBytes else { return }
        throw StorageError(
            .archive,
            "the archive's disk has \(free >> 20) MB left; \(folder.reserveBytes >> 20) MB are kept free",
            place: folder.path, remedy: "Make room on the disk or move the archive; nothing was dropped.")
    }

    /// The manifests of a range, the oldest first.
    private func parts(_ table: String, _ range: Range<Instant>) throws(StorageError) -> [ArchiveFolder.Entry]
    {
        try folder.entries(table: table).filter { $0.range == range }
    }

    private func manifest(
        _ name: ArchiveName, _ content: ArchiveWriter.Content,
        _ columns: [ArchiveManifest.Column], _ serverVersion: Int, _ now: Instant
    ) -> ArchiveManifest {
        ArchiveManifest(
            table: name.table, from: name.range.lowerBound.description, to: name.range.upperBound.description,
            part: name.part, columns: columns, content: content, serverVersion: serverVersion,
            createdAt: now.description)
    }

    static func columns(
        of schema: String, _ table: String, on connection: Connection
    ) async throws -> [ArchiveManifest.Column] {
        let rows = try await connection.query(
            """
            SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attgenerated = ''
            ORDER BY a.attnum
            """, [.text(schema), .text(table)])
        return try rows.map { .init(name: try $0.value("name"), type: try $0.value("type")) }
    }

    /// The columns of the primary key in its order: sorted rows compress better, and the same rows give the
    /// same bytes.
    private static func keyColumns(
        of schema: String, _ table: String, on connection: Connection
    ) async throws -> [String] {
        let rows = try await connection.query(
            """
            SELECT a.attname::text AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
            CROSS JOIN LATERAL unnest(k.indkey) WITH ORDINALITY AS key (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum
            WHERE n.nspname = $1 AND c.relname = $2 ORDER BY key.place
            """, [.text(schema), .text(table)])
        return try rows.map { try $0.value("name") }
    }
}
