import Market

/// Writes the rows of a COPY as an archive. It holds one block in memory, whatever the number of rows.
/// One task uses it, a call at a time.
package final class ArchiveWriter: @unchecked Sendable {
    /// Rows are collected until a block has about so many bytes.
    package static let blockRawBytes = 4 << 20

    private let file: ArchiveFile
    private let place: String
    private let fieldCount: Int
    private var rows: CopyRows
    private let content = ContentDigest()
    private var blocks: [ArchiveManifest.Block] = []
    private var rowCount = 0
    private var rawBytes = 0
    private let range: Range<Instant>

    package init(path: String, columns: [ArchiveManifest.Column], range: Range<Instant>) throws(StorageError)
    {
        guard let timeField = columns.firstIndex(where: { $0.name == "time" }) else {
            throw StorageError(.archive, "the table has no column time", place: path)
        }
        file = try ArchiveFile(path: path)
        place = path
        fieldCount = columns.count
        rows = CopyRows(fieldCount: columns.count, timeField: timeField)
        self.range = range
    }

    /// What has come of the content.
    package struct Content {
        package var rows: Int
        package var rawBytes: Int
        package var sha256: String
        package var blocks: [ArchiveManifest.Block]
        package var fileBytes: Int
    }

    package func add(_ piece: [UInt8]) throws(StorageError) {
        if let fault = rows.add(piece) {
            throw StorageError(
                .archive, "what the server sent is no binary COPY of the table: \(fault)", place: place)
        }
        if rows.bytesWaiting >= Self.blockRawBytes { try endBlock() }
    }

    /// Ends the content; the file is whole but under its temporary name.
    package func finish() throws(StorageError) -> Content {
        guard rows.isWhole else {
            throw StorageError(.archive, "the COPY ended in the middle of a row", place: place)
        }
        if let earliest = rows.earliest, let latest = rows.latest,
            earliest < range.lowerBound || latest >= range.upperBound
        {
            throw StorageError(
                .archive,
                "rows from \(earliest) to \(latest) are outside the chunk's range "
                    + "\(range.lowerBound) to \(range.upperBound)", place: place,
                remedy: "Check the chunk's bounds in the catalog; nothing was dropped.")
        }
        try endBlock(isLast: true)
        return Content(
            rows: rowCount, rawBytes: rawBytes, sha256: try content.finish(), blocks: blocks,
            fileBytes: file.bytes)
    }

    package func commit() throws(StorageError) { try file.commit() }
    package func discard() { file.discard() }

    private func endBlock(isLast: Bool = false) throws(StorageError) {
        let (bytes, count) = rows.take()
        bytes.withUnsafeBytes { content.add($0) }
        // The first frame has the header and the last the trailer, so that the whole is one COPY.
        let raw = (blocks.isEmpty ? CopyRows.header : []) + bytes + (isLast ? CopyRows.trailer : [])
        let frame = try Zstandard.compress(raw)
        blocks.append(
            .init(
                offset: file.bytes, bytes: frame.count, rawBytes: raw.count, rows: count,
                sha256: try ContentDigest.of(frame)))
        try file.write(frame)
        rowCount += count
        rawBytes += bytes.count
    }
}
