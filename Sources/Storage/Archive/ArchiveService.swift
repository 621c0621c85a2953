import Database
import Market

/// What people do with archives: `yeoul db archive list|verify|restore`.
package struct ArchiveService: Sendable {
    private let folder: ArchiveFolder

    package init(_ folder: ArchiveFolder) {
        self.folder = folder
    }

    /// The archives of a table, or of all, that overlap a range.
    package func list(
        table: String? = nil, from: Instant? = nil, to: Instant? = nil
    ) throws(StorageError) -> [ArchiveFolder.Entry] {
        if let table, !PolicyTables.time.contains(table) {
            throw StorageError(
                .archive, "\(table) is no time table",
                remedy: Spelling.remedy(for: table, among: PolicyTables.time))
        }
        return try folder.entries(table: table).filter { entry in
            (from.map { entry.range.upperBound > $0 } ?? true)
                && (to.map { entry.range.lowerBound < $0 } ?? true)
        }
    }

    /// Reads an archive wholly; an error says where it is damaged.
    package func verify(_ entry: ArchiveFolder.Entry) throws(StorageError) {
        try ArchiveReader.verify(entry.manifest, dataPath: entry.dataPath)
    }

    /// Brings an archive back and keeps upkeep from dropping it again for a while.
    package func restore(
        _ entry: ArchiveFolder.Entry, on connection: Connection, now: Instant,
        keep: TimeSpan = RestoredRanges.keepStandard, progress: (ArchiveRestorer.Outcome) -> Void = { _ in }
    ) async throws -> ArchiveRestorer.Outcome {
        try await ArchiveRestorer().restore(
            entry, on: connection, progress: progress,
            beforeFirstRow: {
                // Before the first row, so that no upkeep comes in between.
                try RestoredRanges(folder).add(
                    table: entry.manifest.table, range: entry.range, until: now.adding(seconds: keep.seconds),
                    now: now)
            })
    }
}
