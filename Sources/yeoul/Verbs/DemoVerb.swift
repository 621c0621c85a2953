import Configuration
import Database
import Diagnostics

/// `yeoul demo`
struct DemoVerb: Verb {
    let name = "demo"
    let summary = "Show Yeoul at work, in a folder of its own, until Ctrl-C"
    let details = """
        Uses the folder of --data-folder, or else your data folder with "-demo" at its end, and only a private \
        database in it.
        """
    let examples = [
        Example("yeoul demo", "until Ctrl-C"),
        Example("yeoul demo --seconds 30", "ends by itself"),
    ]
    let options = [OptionDeclaration("seconds", .integer(1...86_400), "End after so many seconds")]

    func run(_ invocation: Invocation) async throws {
        let interruption = Interruption()
        let resolved = try invocation.resolvedConfiguration()
        let configuration = try resolved.typed()
        let cluster = try PrivateCluster(Self.settings(resolved))
        let seconds = invocation.integer("seconds")
        try invocation.output.line("Starting a private PostgreSQL in \(Self.folder(cluster)) …")
        guard let lease = try await Self.open(cluster, configuration, interruption) else {
            try invocation.output.line("Stopped before it had begun.")
            return
        }
        let began = ContinuousClock.now
        do {
            for notice in lease.notices { try invocation.output.line("note: \(notice)") }
            let server = try await PrivateDatabase.describe(lease.address)
            try invocation.output.write(Self.banner(cluster, lease, server, seconds: seconds))
            await interruption.wait(seconds: seconds)
            let uptime = ContinuousClock.now - began
            // It may have gone meanwhile; then its last description is the best there is.
            let last = (try? await PrivateDatabase.describe(lease.address)) ?? server
            let isStopped = try await lease.close()
            try invocation.output.write(
                Self.ending(cluster, last, uptimeSeconds: uptime.components.seconds, isStopped: isStopped))
        } catch {
            _ = try? await lease.close()
            throw error
        }
    }

    /// nil: a signal came first.
    private static func open(
        _ cluster: PrivateCluster, _ configuration: Configuration, _ interruption: Interruption
    ) async throws -> ClusterLease? {
        let opening = Task { try await DatabaseSchema.open(cluster, configuration, profile: .builtIn) }
        let watch = Task {
            await interruption.wait()
            opening.cancel()
        }
        defer { watch.cancel() }
        do {
            return try await opening.value
        } catch is CancellationError {
            return nil
        }
    }

    /// Never the user's own data: the demo's folder, unless one was named for it.
    static func settings(_ resolved: ResolvedConfiguration) throws -> ClusterSettings {
        var settings = PrivateDatabase.settings(try resolved.typed())
        let folder = resolved.settings.first { $0.setting.key == "data.folder" }
        if case .flag? = folder?.source {} else { settings.dataFolder += "-demo" }
        return settings
    }

    private static func folder(_ cluster: PrivateCluster) -> String {
        ControlCharacters.escaped(cluster.layout.dataFolder)
    }

    private static func banner(
        _ cluster: PrivateCluster, _ lease: ClusterLease, _ server: ServerDescription, seconds: Int?
    ) -> String {
        let end = seconds.map { "by itself after \($0) s, or Ctrl-C" } ?? "Ctrl-C"
        let folder = folder(cluster)
        return """

            Yeoul's demo runs.

              database  PostgreSQL \(server.version), \(server.engine), process \(lease.pid)
              folder    \(folder)

              look      psql "$(yeoul db url --data-folder '\(folder)')"
              address   127.0.0.1:\(lease.address.port), database \(ClusterAddress.database); \
            passwords: yeoul db url --tcp --json --data-folder '\(folder)'
              settings  yeoul config show
              all verbs yeoul help
              end       \(end)


            """
    }

    private static func ending(
        _ cluster: PrivateCluster, _ server: ServerDescription, uptimeSeconds: Int64, isStopped: Bool
    ) -> String {
        let fate = isStopped ? "stopped" : "left running, others use it"
        return """

            The demo ran \(uptimeSeconds) s.

              database  PostgreSQL \(server.version), \(fate)
              engine    \(server.engine)
              size      \(ServerDescription.shown(bytes: server.databaseBytes))
              folder    \(folder(cluster)) stays; remove it to begin anew


            """
    }
}
