import Configuration
import Storage

/// `yeoul db rollback`
struct DatabaseRollbackVerb: Verb {
    let name = "rollback"
    let summary = "Take migrations back, down to a version"
    let details = """
        Refuses when it would delete data, unless --delete-data is given. The private database is migrated \
        again at its next start: use the older program then.
        """
    let examples = [
        Example("yeoul db rollback --to 8", "go back to version 8"),
        Example("yeoul db rollback --to 0 --delete-data", "take the whole schema away, with its data"),
    ]
    let options = [
        OptionDeclaration("to", .integer(0...9_999), "The version to go back to; 0 takes everything away"),
        OptionDeclaration("delete-data", "Agree to the loss of data"), .json,
    ]

    func run(_ invocation: Invocation) async throws {
        guard let target = invocation.integer("to") else {
            throw UsageError("--to is missing: name the version to go back to", path: ["db", name])
        }
        let configuration = try invocation.configuration()
        let report = try await DatabaseSchema.withOwner(configuration) { options in
            try await DatabaseSchema.migrator(
                configuration, options, storingFrom: configuration.exchange.profile
            )
            .rollback(to: target, deletingData: invocation.has("delete-data"))
        }
        try invocation.output.write(
            invocation.wantsJSON ? MigrationText.json(report) : MigrationText.text(report))
    }
}
