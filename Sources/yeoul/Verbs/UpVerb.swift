import Configuration
import Database
import Diagnostics
import Operations
import Storage
import Web

/// `yeoul up`
struct UpVerb: Verb {
    let name = "up"
    let summary = "Run Yeoul with your configuration, until Ctrl-C"
    let details = """
        Starts the private database and brings its schema up to date. With database.url it checks instead that \
        the server there holds this data folder's schema, and refuses with the command to run when it does not. \
        Then it runs `yeoul capture` and `yeoul serve`, each as a process of its own: one that ends is started \
        again after a pause, and the other goes on. Ctrl-C or SIGTERM ends them in order, within ten seconds.
        """
    let examples = [
        Example("yeoul up", "until Ctrl-C"),
        Example("yeoul up --data-folder /srv/yeoul", "with another data folder"),
    ]

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        let configuration = try resolved.typed()
        try RoleSettings.check(configuration)
        let supervisor = try RoleProcesses.ofConfiguration(
            Self.roles, invocation, try invocation.logger("up", resolved))
        let watch = UpWatch(
            Self.roles, folder: RoleStatusFolder(dataFolder: configuration.data.folder),
            manager: ServiceManager(environment: invocation.environment))
        guard let url = configuration.database.url else {
            var session = PrivateDatabaseSession(
                name: "database", cluster: try PrivateCluster(PrivateDatabase.settings(configuration)),
                configuration: configuration, profile: configuration.exchange.profile, seconds: nil,
                folderFlag: resolved.folderFlag)
            session.pageURL = WebRole.expectedURL(configuration)
            session.roles = supervisor
            session.watch = watch
            return try await session.run(invocation.output)
        }
        let interruption = Interruption()
        let record = try await DatabaseSchema.require(
            configuration, ConnectionOptions(url: configuration.database.directURL ?? url),
            storingFrom: configuration.exchange.profile)
        try invocation.output.line(
            "The database holds schema \(record.schemaVersion) on engine \(record.engine.rawValue). "
                + "End with Ctrl-C.")
        if let page = WebRole.expectedURL(configuration) {
            try invocation.output.line("Page: \(page)   API: \(page)docs   Metrics: \(page)metrics")
        }
        let isGood = try await watch.run(supervisor, invocation.output) { interruption.isInterrupted }
        guard isGood else { throw PrivateDatabaseSession.roleFailed }
        try invocation.output.line("Ended.")
    }

    /// In the order of their start, as far as this program has them.
    private static let roles = ["capture", "serve"].filter { name in
        VerbTable.verbs.contains { $0.name == name }
    }
}
