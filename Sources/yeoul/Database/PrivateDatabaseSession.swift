import Configuration
import Database
import Diagnostics

/// The private database held open in the foreground: opened and migrated, described, kept until a signal
/// or the end of `seconds`, and told of at the end.
struct PrivateDatabaseSession {
    /// What runs, as the banner and the summary call it: "demo" or "database".
    let name: String
    let cluster: PrivateCluster
    let configuration: Configuration
    let profile: ExchangeProfile
    let seconds: Int?
    /// What the printed commands need to find this data folder; empty when they find it by themselves.
    let folderFlag: String

    func run(_ output: Output) async throws {
        let interruption = Interruption()
        try output.line("Starting a private PostgreSQL in \(folder) …")
        guard let lease = try await open(interruption) else {
            try output.line("Stopped before it had begun.")
            return
        }
        let began = ContinuousClock.now
        do {
            for notice in lease.notices { try output.line("note: \(notice)") }
            let server = try await PrivateDatabase.describe(lease.address)
            try output.write(banner(lease, server))
            await interruption.wait(seconds: seconds)
            let uptime = ContinuousClock.now - began
            // It may have gone meanwhile; then its last description is the best there is.
            let last = (try? await PrivateDatabase.describe(lease.address)) ?? server
            let isStopped = try await lease.close()
            try output.write(
                ending(last, uptimeSeconds: uptime.components.seconds, isStopped: isStopped))
        } catch {
            _ = try? await lease.close()
            throw error
        }
    }

    /// nil: a signal came first.
    private func open(_ interruption: Interruption) async throws -> ClusterLease? {
        let opening = Task { try await DatabaseSchema.open(cluster, configuration, profile: profile) }
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

    /// The program as the reader's shell finds it: a path when it was started by one, as in a checkout.
    private var yeoul: String {
        let given = CommandLine.arguments.first ?? "yeoul"
        return given.contains("/") ? given : "yeoul"
    }

    private var folder: String { ControlCharacters.escaped(cluster.layout.dataFolder) }

    private func banner(_ lease: ClusterLease, _ server: ServerDescription) -> String {
        let end = seconds.map { "by itself after \($0) s, or Ctrl-C" } ?? "Ctrl-C"
        return """

            Yeoul's \(name) runs.

              database  PostgreSQL \(server.version), \(server.engine), process \(lease.pid)
              folder    \(folder)

              look      psql "$(\(yeoul) db url\(folderFlag))"
              tables    \(yeoul) db psql\(folderFlag) -- -c '\\d+ market.*'
              address   127.0.0.1:\(lease.address.port), database \(ClusterAddress.database); \
            passwords: \(yeoul) db url --tcp --json\(folderFlag)
              settings  \(yeoul) config show
              all verbs \(yeoul) help
              end       \(end)


            """
    }

    private func ending(_ server: ServerDescription, uptimeSeconds: Int64, isStopped: Bool) -> String {
        let fate = isStopped ? "stopped" : "left running, others use it"
        return """

            The \(name) ran \(uptimeSeconds) s.

              database  PostgreSQL \(server.version), \(fate)
              engine    \(server.engine)
              size      \(ServerDescription.shown(bytes: server.databaseBytes))
              folder    \(folder) stays; remove it to begin anew


            """
    }
}
