import Configuration
import Storage

/// `yeoul db migrate`
struct DatabaseMigrateVerb: Verb {
    let name = "migrate"
    let summary = "Bring the database's schema up to date"
    let details = """
        Applies the migrations that the program carries and the database lacks, each in a transaction with its \
        check. Safe to run at any time, also while others write. The private database does it by itself.
        """
    let examples = [
        Example("yeoul db migrate", "apply what is missing"),
        Example("yeoul db migrate --json", "for a program"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let report = try await DatabaseSchema.withOwner(configuration, mayMake: true) { options in
            try await DatabaseSchema.migrator(
                configuration, options, storingFrom: configuration.exchange.profile
            ).migrate()
        }
        try invocation.output.write(
            invocation.wantsJSON ? MigrationText.json(report) : MigrationText.text(report))
    }
}
