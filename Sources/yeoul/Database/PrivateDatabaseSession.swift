import Configuration
import Database
import Diagnostics
import Network
import Operations

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
    /// The roles that run meanwhile; nil: the database alone.
    var roles: Supervisor?
    /// What watches over the roles.
    var watch: UpWatch?
    /// Where the page will be when one of the roles serves it.
    var pageURL: String?
    /// When there is one, the page is served from here.
    var pageLogger: Logger?
    /// What is captured meanwhile in this process, in the place of roles.
    var market: DemoMarket?

    func run(_ output: Output) async throws {
        let interruption = Interruption()
        try output.line("Starting a private PostgreSQL in \(folder) …")
        guard let lease = try await open(interruption) else {
            try output.line("Stopped before it had begun.")
            return
        }
        let began = ContinuousClock.now
        let keeper = ServerKeeper(lease, of: cluster) { text, _ in
            try? output.write((output.isTerminal ? "\r\u{1B}[K" : "") + "note: \(text)\n")
        }
        do {
            for notice in lease.notices { try output.line("note: \(notice)") }
            let server = try await PrivateDatabase.describe(lease.address)
            let page = try await servePage(lease)
            defer { page?.stop() }
            try output.write(banner(lease, server, page))
            let summary =
                try await market?.run(lease, until: interruption, seconds: seconds, output) ?? []
            if market == nil { try await stay(interruption, output) }
            // Its connections go before the server does.
            page?.stop()
            await keeper.stop()
            let uptime = ContinuousClock.now - began
            // It may have gone meanwhile; then its last description is the best there is.
            let last = (try? await PrivateDatabase.describe(lease.address)) ?? server
            let isStopped = try await lease.close()
            try output.write(
                ending(last, summary, uptimeSeconds: uptime.components.seconds, isStopped: isStopped))
        } catch {
            await keeper.stop()
            _ = try? await lease.close()
            throw error
        }
    }

    /// Until a signal, or the end of `seconds`; the roles have ended then.
    private func stay(_ interruption: Interruption, _ output: Output) async throws {
        guard let roles, let watch else { return await interruption.wait(seconds: seconds) }
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        let isGood = try await watch.run(roles, output) {
            interruption.isInterrupted || end.map { ContinuousClock.now >= $0 } ?? false
        }
        guard isGood else { throw Self.roleFailed }
    }

    static let roleFailed = ProgramError(
        "a role cannot run, or did not end",
        remedy: "Its own words above say why; correct that and start again.")

    /// At the configured port, or at another one when that is taken, such as by a demo that was started with this
    /// one.
    private func servePage(_ lease: ClusterLease) async throws -> WebRole? {
        guard let pageLogger else { return nil }
        let options = try ConnectionOptions(url: lease.address.url(.reader))
        func start(_ configuration: Configuration) async throws -> WebRole {
            try await WebRole.start(
                configuration, folder: cluster.layout.dataFolder, options: options, direct: options,
                logger: pageLogger)
        }
        do {
            return try await start(configuration)
        } catch is NetworkError {
            var other = configuration
            other.web.port = 0
            return try await start(other)
        }
    }

    /// nil: a signal came first.
    private func open(_ interruption: Interruption) async throws -> ClusterLease? {
        let opening = Task {
            try await DatabaseSchema.open(cluster, configuration, storingFrom: profile)
        }
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

    private func banner(_ lease: ClusterLease, _ server: ServerDescription, _ page: WebRole?) -> String {
        let pageLine =
            (page?.url ?? pageURL).map { url in
                "  page      \(url)\n  API       \(url)docs   metrics: \(url)metrics\n"
            } ?? ""
        let end = seconds.map { "by itself after \($0) s, or Ctrl-C" } ?? "Ctrl-C"
        return """

            Yeoul's \(name) runs.

            \(pageLine)\
              database  PostgreSQL \(server.version), \(server.engine), process \(lease.pid)
              folder    \(folder)

              look      psql "$(\(yeoul) db url\(folderFlag))"
              tables    \(yeoul) db psql\(folderFlag) -- -c '\\d+ market.*'
              address   127.0.0.1:\(lease.address.port), database \(ClusterAddress.database); \
            passwords: \(yeoul) db url --tcp --json\(folderFlag)
              status    \(yeoul) status\(folderFlag)
              all verbs \(yeoul) help
              end       \(end)


            """
    }

    private func ending(
        _ server: ServerDescription, _ summary: [(name: String, text: String)], uptimeSeconds: Int64,
        isStopped: Bool
    ) -> String {
        let fate = isStopped ? "stopped" : "left running, others use it"
        let lines = summary.map { item in
            "  \(item.name)" + String(repeating: " ", count: max(1, 10 - item.name.count)) + item.text + "\n"
        }
        let start = summary.isEmpty ? "" : lines.joined()
        let next =
            summary.isEmpty
            ? ""
            : """
              next      \(yeoul) db start\(folderFlag) && \(yeoul) db psql\(folderFlag) -- -c \
            "SELECT symbol, count(*), min(price), max(price) FROM transactions GROUP BY 1 ORDER BY 2 DESC LIMIT 10"

            """
        return """

            The \(name) ran \(uptimeSeconds) s.

            \(start)\
              database  PostgreSQL \(server.version), \(fate)
              engine    \(server.engine)
              size      \(ServerDescription.shown(bytes: server.databaseBytes))
              folder    \(folder) stays; remove it to begin anew
            \(next)\


            """
    }
}
