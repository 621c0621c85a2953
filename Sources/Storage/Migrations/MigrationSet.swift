/// All migrations that the program knows, numbered from 1 without a gap.
package struct MigrationSet: Sendable, Equatable {
    package let migrations: [Migration]

    package var newestNumber: Int { migrations.last?.number ?? 0 }

    /// The migrations in `sql/` when the program was built.
    package static func embedded() throws(StorageError) -> MigrationSet {
        try MigrationSet(
            files: EmbeddedFiles.all.filter { $0.path.description.hasPrefix("sql/") }.map {
                (String($0.path.description.dropFirst(4)), $0.text.description)
            })
    }

    /// Pairs `0001_name.up.sql` with `0001_name.down.sql`.
    package init(files: [(name: String, text: String)]) throws(StorageError) {
        var halves: [Int: [String: (name: String, script: MigrationScript)]] = [:]
        for file in files {
            let parts = file.name.split(separator: ".", omittingEmptySubsequences: false)
            let stem = parts.first?.split(separator: "_", maxSplits: 1) ?? []
            guard parts.count == 3, parts[1] == "up" || parts[1] == "down", parts[2] == "sql",
                stem.count == 2,
                stem[0].count == 4, let number = Int(stem[0]), number > 0
            else {
                throw StorageError(
                    .migrationFiles, "`\(file.name)` is no name of a migration", place: "sql/\(file.name)",
                    remedy: "Name it like 0001_name.up.sql, with 0001_name.down.sql beside it")
            }
            let script = try MigrationScript(file.text, file: "sql/\(file.name)")
            guard
                halves[number, default: [:]].updateValue((String(stem[1]), script), forKey: String(parts[1]))
                    == nil
            else { throw Self.fault("two files have the number \(stem[0])", file.name) }
        }
        var migrations: [Migration] = []
        for (index, number) in halves.keys.sorted().enumerated() {
            guard number == index + 1 else {
                throw Self.fault("the migration number \(index + 1) is missing before \(number)", "")
            }
            guard let up = halves[number]?["up"], let down = halves[number]?["down"], up.name == down.name
            else {
                throw Self.fault("the migration number \(number) lacks its up or its down file", "")
            }
            migrations.append(Migration(number: number, name: up.name, up: up.script, down: down.script))
        }
        self.migrations = migrations
    }

    private static func fault(_ what: String, _ file: String) -> StorageError {
        StorageError(
            .migrationFiles, what, place: "sql/\(file)",
            remedy: "Number the files from 0001, each up and down")
    }
}
