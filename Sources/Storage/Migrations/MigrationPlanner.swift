/// Decides what a database needs, from the files and from what it remembers. No connection.
package struct MigrationPlanner: Sendable {
    private let files: [Migration]
    private let recorded: [RecordedMigration]
    private let engine: EngineDecision

    package init(_ set: MigrationSet, recorded: [RecordedMigration], engine: EngineDecision) {
        files = set.migrations
        self.recorded = recorded.sorted { $0.number < $1.number }
        self.engine = engine
    }

    package var currentNumber: Int { recorded.last?.number ?? 0 }

    /// The steps to the newest version.
    package func stepsUp() throws(StorageError) -> [MigrationStep] {
        try checkHistory()
        if let half = recorded.first(where: { $0.state == .running }) {
            throw StorageError(
                .halfApplied, "the migration \(half.number) \(half.name) was begun and has not ended",
                place: "ops.schema_migrations",
                remedy: "It cannot run in a transaction. Take it back with `yeoul db rollback --to "
                    + "\(half.number - 1)`, then run `yeoul db migrate` again")
        }
        return files.filter { $0.number > currentNumber }.map {
            $0.applies(to: engine) ? .apply($0) : .skip($0)
        }
    }

    /// The steps back to a version, the newest first; 0 takes everything away.
    package func stepsDown(to target: Int, deletingData: Bool) throws(StorageError) -> [MigrationStep] {
        try checkHistory()
        guard (0...currentNumber).contains(target) else {
            throw StorageError(
                .badTarget, "the schema is at version \(currentNumber), no rollback leads to \(target)",
                remedy: "Name a version from 0 to \(currentNumber); `yeoul db migrate` goes forward")
        }
        var steps: [MigrationStep] = []
        for record in recorded.reversed() where record.number > target {
            let migration = files[record.number - 1]
            steps.append(record.state == .skipped ? .forget(migration) : .revert(migration))
        }
        let deleting = steps.filter {
            if case .revert(let migration) = $0 { migration.down.deletesData } else { false }
        }
        guard deletingData || deleting.isEmpty else {
            throw StorageError(
                .deletesData,
                "the rollback to \(target) deletes data: \(deleting.map(\.migration.title).joined(separator: ", "))",
                remedy: "Back up first, then repeat it with --delete-data")
        }
        return steps
    }

    /// What was applied must be what the files say.
    private func checkHistory() throws(StorageError) {
        for (index, record) in recorded.enumerated() {
            guard record.number == index + 1 else {
                throw StorageError(
                    .unexpected, "the database lacks the migration \(index + 1) but has \(record.number)",
                    place: "ops.schema_migrations", remedy: "Restore the table from a backup")
            }
            guard record.number <= files.count else {
                throw StorageError(
                    .newerSchema,
                    "the schema has version \(currentNumber), this program knows \(files.count)",
                    place: "ops.schema_migrations", remedy: "Use the newer program that migrated it")
            }
            let file = files[index]
            guard record.checksum == file.up.checksum, record.name == file.name else {
                throw StorageError(
                    .editedMigration, "the migration \(file.title) was edited after it had been applied",
                    place: "sql/",
                    remedy: "Bring the old text back and put the change into a new migration")
            }
        }
    }
}
