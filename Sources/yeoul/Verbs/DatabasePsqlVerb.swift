import Configuration
import Database
import Glibc

/// `yeoul db psql`
struct DatabasePsqlVerb: Verb {
    let name = "psql"
    let summary = "Open psql on the database, as the reading role"
    let details = """
        Starts the private database when it does not run, for as long as psql does. What follows -- goes to psql. Ends \
        with 0 when psql does, with 4 when psql had no connection or lost it, and with 1 when something else failed.
        """
    let examples = [
        Example("yeoul db psql", "look into the database"),
        Example("yeoul db psql -- -c \"SELECT now()\"", "one statement"),
        Example("yeoul db psql --role owner", "with all rights"),
    ]
    let options = [
        OptionDeclaration(
            "role", .choice(ClusterRole.allCases.map(\.rawValue)), "reader unless given")
    ]
    let positionals = [
        PositionalDeclaration(
            "arguments", isRequired: false, isRepeatable: true, "Arguments of psql, after --")
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        if let url = configuration.database.url {
            guard !invocation.has("role") else {
                throw ClusterError(
                    .notPrivate, "--role is for the private database, and another server is configured",
                    place: "database.url", remedy: "Leave --role out, or unset database.url")
            }
            return try check(try await Psql(url: url, arguments: invocation.positionals).run())
        }
        let cluster = try PrivateDatabase.cluster(configuration, for: "open")
        let role = invocation.text("role").flatMap(ClusterRole.init) ?? .reader
        let lease = try await DatabaseSchema.open(cluster, configuration)
        let status: Int32
        do {
            status = try await Psql(lease, role: role, arguments: invocation.positionals).run()
        } catch {
            _ = try? await lease.close()
            throw error
        }
        try await lease.close()
        try check(status)
    }

    /// psql's numbers mean other things than ours.
    private func check(_ status: Int32) throws {
        switch status {
        case 0: return
        // Its reader went away, as in `yeoul db psql … | head`.
        case 128 + SIGPIPE: throw Output.ReaderGone()
        case 2:
            throw ProgramError(
                "psql lost its connection, or had none", remedy: "What it said stands above.",
                exitCode: .database)
        default:
            throw ProgramError("psql ended with status \(status)", remedy: "What it said stands above.")
        }
    }
}
