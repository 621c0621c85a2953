import Configuration
import Database
import Storage

/// The schema of the configured database.
enum DatabaseSchema {
    /// Migrates a server of the configuration. `options` lead to the server itself, as the schema's owner.
    static func migrator(_ configuration: Configuration, _ options: ConnectionOptions) throws -> Migrator {
        try migrator(
            configuration, configuration.exchange.profile, folder: configuration.data.folder, options)
    }

    private static func migrator(
        _ configuration: Configuration, _ profile: ExchangeProfile, folder: String,
        _ options: ConnectionOptions
    ) throws -> Migrator {
        let engine: EngineChoice =
            switch configuration.storage.engine {
            case .auto: .automatic
            case .timescale: .timescale
            case .native: .native
            }
        return Migrator(
            options, instance: instance(profile, folderID: try DataFolderIdentity.establish(in: folder)),
            engine: engine, program: Version.text, set: try .embedded())
    }

    /// What a database of the profile is for.
    static func instance(_ profile: ExchangeProfile, folderID: String) -> Instance {
        Instance(
            exchange: profile == .builtIn ? "upbit" : profile.rawValue, isSimulated: profile == .builtIn,
            dataFolderID: folderID)
    }

    /// Starts or joins the private server and brings its schema up to date. Another server is migrated by
    /// `yeoul db migrate` only, when its owner wants it.
    static func open(
        _ cluster: PrivateCluster, _ configuration: Configuration, profile: ExchangeProfile? = nil,
        keepRunning: Bool = false
    ) async throws -> ClusterLease {
        let lease = try await cluster.open(keepRunning: keepRunning)
        do {
            let options = try ConnectionOptions(url: lease.address.url(.owner))
            _ = try await migrator(
                configuration, profile ?? configuration.exchange.profile, folder: cluster.layout.dataFolder,
                options
            ).migrate()
        } catch {
            _ = try? await lease.close()
            // Whoever gave up asks for no account of the statement that it hit.
            try Task.checkCancellation()
            throw error
        }
        return lease
    }

    /// The record of a server that holds this configuration's schema; an error with what to do otherwise.
    static func require(
        _ configuration: Configuration, _ options: ConnectionOptions
    ) async throws -> InstanceRecord {
        let identity = try DataFolderIdentity.establish(in: configuration.data.folder)
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        return try await SchemaGate.require(
            instance(configuration.exchange.profile, folderID: identity), on: connection)
    }

    /// Runs `body` with the way to the configured server as the schema's owner; the private one runs for
    /// as long.
    static func withOwner<R>(
        _ configuration: Configuration, _ body: (ConnectionOptions) async throws -> R
    ) async throws -> R {
        if let url = configuration.database.directURL ?? configuration.database.url {
            return try await body(ConnectionOptions(url: url))
        }
        let lease = try await PrivateDatabase.cluster(configuration, for: "open").open()
        let output: R
        do {
            output = try await body(ConnectionOptions(url: lease.address.url(.owner)))
        } catch {
            _ = try? await lease.close()
            throw error
        }
        try await lease.close()
        return output
    }
}
