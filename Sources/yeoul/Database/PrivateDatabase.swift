import Configuration
import Database

/// The private server as the configuration describes it.
enum PrivateDatabase {
    static func settings(_ configuration: Configuration) -> ClusterSettings {
        ClusterSettings(
            dataFolder: configuration.data.folder, account: configuration.database.account,
            port: configuration.database.port, profile: profile(configuration.database.profile),
            programs: configuration.database.programs)
    }

    private static func profile(_ profile: DatabaseProfile) -> ClusterProfile {
        switch profile {
        case .default: .default
        case .small: .small
        }
    }

    /// Refuses when the configuration names another server. `verb` stands in the message.
    static func cluster(_ configuration: Configuration, for verb: String) throws -> PrivateCluster {
        guard configuration.database.url == nil else {
            throw ClusterError(
                .notPrivate, "there is no private database to \(verb): another server is configured",
                place: "database.url",
                remedy: "Care for that server with its own tools, or unset database.url")
        }
        return try PrivateCluster(settings(configuration))
    }

    /// "PostgreSQL 15.20 with TimescaleDB 2.28.3", as the server says itself.
    static func describe(_ address: ClusterAddress) async throws -> ServerDescription {
        let options = try ConnectionOptions(url: address.url(.reader))
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let row = try await connection.query(
            """
            SELECT current_setting('server_version') AS version,
                (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS timescale,
                pg_database_size(current_database()) AS bytes
            """
        ).single()
        let version = try row.value("version", as: String.self)
        return ServerDescription(
            version: String(version.prefix { $0 != " " }),
            timescaleVersion: try row.optional("timescale", as: String.self),
            databaseBytes: try row.value("bytes", as: Int64.self))
    }
}
