import Configuration
import Database
import Diagnostics
import Operations
import Web

/// `yeoul serve`
struct ServeVerb: Verb {
    let name = "serve"
    let summary = "Serve the page, the API and the metrics, until Ctrl-C"
    let details = """
        Reads the database only, so it may run beside a capture or alone. Listens at web.host and web.port; \
        anything but this machine's own address needs web.token. It ends with Ctrl-C or SIGTERM.
        """
    let examples = [
        Example("yeoul serve", "at http://127.0.0.1:8000/"),
        Example("yeoul serve --set web.port=9000", "at another port"),
    ]

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        let configuration = try resolved.typed()
        // Before a database is started for nothing.
        try WebRole.settings(configuration).check()
        let interruption = Interruption()
        let logger = try invocation.logger("web", resolved)
        if let url = configuration.database.url {
            let direct = try ConnectionOptions(url: configuration.database.directURL ?? url)
            _ = try await DatabaseSchema.require(configuration, direct)
            return try await serve(
                configuration, try ConnectionOptions(url: url), direct, configuration.data.folder, logger,
                interruption, invocation)
        }
        let cluster = try PrivateCluster(PrivateDatabase.settings(configuration))
        let lease = try await DatabaseSchema.open(cluster, configuration)
        do {
            let options = try ConnectionOptions(url: lease.address.url(.reader))
            try await serve(
                configuration, options, options, cluster.layout.dataFolder, logger, interruption, invocation)
        } catch {
            _ = try? await lease.close()
            throw error
        }
        try await lease.close()
    }

    private func serve(
        _ configuration: Configuration, _ options: ConnectionOptions, _ direct: ConnectionOptions,
        _ folder: String, _ logger: Logger, _ interruption: Interruption, _ invocation: Invocation
    ) async throws {
        let role = try await WebRole.start(
            configuration, folder: folder, options: options, direct: direct, logger: logger)
        defer { role.stop() }
        try invocation.output.line("Yeoul's page: \(role.url)   API: \(role.url)docs   End with Ctrl-C.")
        let manager = ServiceManager(environment: invocation.environment)
        let heartbeat = Heartbeat()
        let watchdog = manager?.watch { heartbeat.isAlive }
        defer { watchdog?.cancel() }
        manager?.ready("Serving \(role.url)")
        while !interruption.isInterrupted {
            // Without a watchdog nobody wants to know.
            let isAlive = if watchdog == nil { true } else { await role.answers() }
            if isAlive { heartbeat.beat() }
            await interruption.wait(seconds: 1)
        }
        manager?.stopping()
        try invocation.output.line("Ended.")
    }
}
