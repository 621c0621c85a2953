import Configuration
import Database
import Diagnostics
import Storage

/// `yeoul up`
struct UpVerb: Verb {
    let name = "up"
    let summary = "Run Yeoul with your configuration, until Ctrl-C"
    let details = """
        Starts the private database and brings its schema up to date. With database.url it checks instead that \
        the server there holds this data folder's schema, and refuses with the command to run when it does not.
        """
    let examples = [
        Example("yeoul up", "until Ctrl-C"),
        Example("yeoul up --data-folder /srv/yeoul", "with another data folder"),
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        guard let url = configuration.database.url else {
            let session = PrivateDatabaseSession(
                name: "database", cluster: try PrivateCluster(PrivateDatabase.settings(configuration)),
                configuration: configuration, profile: configuration.exchange.profile, seconds: nil,
                folderFlag: "")
            return try await session.run(invocation.output)
        }
        let interruption = Interruption()
        let record = try await DatabaseSchema.require(
            configuration, ConnectionOptions(url: configuration.database.directURL ?? url))
        try invocation.output.line(
            "The database holds schema \(record.schemaVersion) on engine \(record.engine.rawValue). "
                + "End with Ctrl-C.")
        await interruption.wait()
        try invocation.output.line("Ended.")
    }
}
