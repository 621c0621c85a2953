import Configuration
import Database
import Diagnostics

/// `yeoul demo`
struct DemoVerb: Verb {
    let name = "demo"
    let summary = "Show Yeoul at work, in a folder of its own, until Ctrl-C"
    let details = """
        Runs the built-in exchange, 40 made-up markets, and captures it into a private database: no account, \
        no key, no network. Uses the folder of --data-folder, or else your data folder with "-demo" at its \
        end, and only what is in it. Its page is at web.port, or at another port when that is taken.
        """
    let examples = [
        Example("yeoul demo", "until Ctrl-C"),
        Example("yeoul demo --seconds 30", "ends by itself"),
    ]
    let options = [OptionDeclaration("seconds", .integer(1...86_400), "End after so many seconds")]

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        let cluster = try PrivateCluster(Self.settings(resolved))
        var configuration = try resolved.typed()
        configuration.data.folder = cluster.layout.dataFolder
        configuration.journal.folder = cluster.layout.dataFolder + "/journal"
        var session = PrivateDatabaseSession(
            name: "demo", cluster: cluster, configuration: configuration, profile: .builtIn,
            seconds: invocation.integer("seconds"),
            folderFlag: ResolvedConfiguration.folderFlag(cluster.layout.dataFolder),
            market: DemoMarket(
                configuration: configuration, logger: try invocation.quietLogger("capture", resolved)))
        session.pageLogger = try invocation.quietLogger("web", resolved)
        try await session.run(invocation.output)
    }

    /// Never the user's own data: the demo's folder, unless one was named for it.
    static func settings(_ resolved: ResolvedConfiguration) throws -> ClusterSettings {
        var settings = PrivateDatabase.settings(try resolved.typed())
        let folder = resolved.settings.first { $0.setting.key == "data.folder" }
        if case .flag? = folder?.source {} else { settings.dataFolder += "-demo" }
        return settings
    }
}
