/// What an archive file holds, in a JSON file beside it.
package struct ArchiveManifest: Codable, Hashable, Sendable {
    package struct Column: Codable, Hashable, Sendable {
        package var name: String
        /// As PostgreSQL's format_type prints it.
        package var type: String

        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    /// One zstd frame of the file: whole rows, so that it can be restored by itself.
    package struct Block: Codable, Hashable, Sendable {
        package var offset: Int
        package var bytes: Int
        package var rawBytes: Int
        package var rows: Int
        /// SHA-256 of the frame.
        package var sha256: String
    }

    package init(
        table: String, from: String, to: String, part: Int, columns: [Column],
        content: ArchiveWriter.Content, serverVersion: Int, createdAt: String
    ) {
        format = Self.currentFormat
        self.table = table
        self.from = from
        self.to = to
        self.part = part
        rows = content.rows
        self.columns = columns
        rawBytes = content.rawBytes
        fileBytes = content.fileBytes
        contentSHA256 = content.sha256
        blocks = content.blocks
        self.serverVersion = serverVersion
        self.createdAt = createdAt
    }

    package static let currentFormat = 1
    /// A manifest of more blocks, or a block of more bytes, is refused.
    static let blocksMax = 1_000_000
    static let blockRawBytesMax = CopyRows.rowBytesMax + (16 << 20)

    package var format: Int
    package var table: String
    /// The half-open range of the chunk, ISO 8601.
    package var from: String
    package var to: String
    /// A range that got late rows after it was archived has several parts; the newest has the largest number.
    package var part: Int
    package var rows: Int
    package var columns: [Column]
    package var rawBytes: Int
    package var fileBytes: Int
    /// SHA-256 of the rows as COPY gave them, without its header and trailer.
    package var contentSHA256: String
    package var blocks: [Block]
    package var serverVersion: Int
    package var createdAt: String
}
