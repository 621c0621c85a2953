import Database

/// What a server offers, as its catalog says.
package struct EngineFacts: Sendable, Equatable {
    /// 150020 is 15.20.
    package var serverVersion: Int
    /// TimescaleDB's version in the server's files; nil without it.
    package var available: ExtensionVersion?
    /// TimescaleDB's version in this database; nil before CREATE EXTENSION.
    package var installed: ExtensionVersion?
    /// The schema that its functions are in.
    package var extensionSchema: String?
    /// Whether the server loaded its library at start.
    package var isPreloaded: Bool
    /// `timescale` (community) or `apache`; nil until the extension is there.
    package var license: String?

    package init(
        serverVersion: Int, available: ExtensionVersion? = nil, installed: ExtensionVersion? = nil,
        extensionSchema: String? = nil, isPreloaded: Bool = false, license: String? = nil
    ) {
        self.serverVersion = serverVersion
        self.available = available
        self.installed = installed
        self.extensionSchema = extensionSchema
        self.isPreloaded = isPreloaded
        self.license = license
    }

    /// Reads them. shared_preload_libraries is hidden from ordinary users, so a setting that only the
    /// loaded library defines tells instead.
    package static func read(_ connection: Connection) async throws -> EngineFacts {
        let row = try await connection.query(
            """
            SELECT (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS available,
                e.extversion AS installed, n.nspname::text AS schema,
                EXISTS (SELECT FROM pg_settings WHERE name = 'timescaledb.disable_load') AS preloaded,
                CASE WHEN e.oid IS NOT NULL THEN current_setting('timescaledb.license', true) END AS license
            FROM (VALUES (1)) AS one (row)
            LEFT JOIN pg_extension e ON e.extname = 'timescaledb'
            LEFT JOIN pg_namespace n ON n.oid = e.extnamespace
            """
        ).single()
        return EngineFacts(
            serverVersion: try connection.serverVersion(),
            available: try row.optional("available", as: String.self).flatMap { ExtensionVersion($0) },
            installed: try row.optional("installed", as: String.self).flatMap { ExtensionVersion($0) },
            extensionSchema: try row.optional("schema"), isPreloaded: try row.value("preloaded"),
            license: try row.optional("license"))
    }
}
