import Configuration
import Database
import Storage

/// The schema of the configured database.
enum DatabaseSchema {
    /// Migrates a server of the configuration. `options` lead to the server itself, as the schema's owner.
    static func migrator(
        _ configuration: Configuration, _ options: ConnectionOptions,
        storingFrom profile: ExchangeProfile? = nil
    ) async throws -> Migrator {
        try await migrator(configuration, profile, folder: configuration.data.folder, options)
    }

    private static func migrator(
        _ configuration: Configuration, _ profile: ExchangeProfile?, folder: String,
        _ options: ConnectionOptions
    ) async throws -> Migrator {
        let engine: EngineChoice =
            switch configuration.storage.engine {
            case .auto: .automatic
            case .timescale: .timescale
            case .native: .native
            }
        let identity = try DataFolderIdentity.establish(in: folder)
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let expected = expected(
            configuration, profile, folderID: identity, found: try await InstanceRecord.read(connection))
        return Migrator(
            options, instance: expected, engine: engine, program: Version.text, set: try .embedded())
    }

    /// What a database of the profile is for.
    static func instance(_ profile: ExchangeProfile, folderID: String) -> Instance {
        Instance(
            exchange: profile == .builtIn ? "upbit" : profile.rawValue, isSimulated: profile == .builtIn,
            dataFolderID: folderID)
    }

    /// What a database must be for. Whoever stores names the exchange; without one, as of a verb that asks no
    /// exchange, it is the one that the database has, and the settings' when it has none yet.
    private static func expected(
        _ configuration: Configuration, _ profile: ExchangeProfile?, folderID: String,
        found: InstanceRecord?
    ) -> Instance {
        var expected = instance(profile ?? configuration.exchange.profile, folderID: folderID)
        if profile == nil, let found = found?.instance {
            expected.exchange = found.exchange
            expected.isSimulated = found.isSimulated
        }
        return expected
    }

    /// Starts or joins the private server and brings its schema up to date. Another server is migrated by
    /// `yeoul db migrate` only, when its owner wants it.
    static func open(
        _ cluster: PrivateCluster, _ configuration: Configuration, storingFrom profile: ExchangeProfile? = nil
    ) async throws -> ClusterLease {
        let lease = try await cluster.open()
        do {
            let options = try ConnectionOptions(url: lease.address.url(.owner))
            _ = try await migrator(configuration, profile, folder: cluster.layout.dataFolder, options)
                .migrate()
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
        _ configuration: Configuration, _ options: ConnectionOptions,
        storingFrom profile: ExchangeProfile? = nil
    ) async throws -> InstanceRecord {
        let identity = try DataFolderIdentity.establish(in: configuration.data.folder)
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let record = try await SchemaGate.require(on: connection)
        try record.check(is: expected(configuration, profile, folderID: identity, found: record))
        return record
    }

    /// Runs `body` with the way to the configured server as the schema's owner; the private one runs for
    /// as long. Only who `mayMake` a private one gets one where there is none.
    static func withOwner<R>(
        _ configuration: Configuration, mayMake: Bool = false,
        _ body: (ConnectionOptions) async throws -> R
    ) async throws -> R {
        if let url = configuration.database.directURL ?? configuration.database.url {
            return try await body(ConnectionOptions(url: url))
        }
        let cluster = try PrivateDatabase.cluster(configuration, for: "open")
        if !mayMake { try cluster.requireMade() }
        let lease = try await cluster.open()
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
