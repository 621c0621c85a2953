import Configuration
import Database
import Market
import Storage

/// The database of the configuration, as its owner: the private server, which runs as long as this is used,
/// or the server of `database.url`.
struct OwnerDatabase {
    /// The address that the roles use; it may lead through a pooler.
    let options: ConnectionOptions
    /// The server itself.
    let directOptions: ConnectionOptions

    /// Runs `body` with the database open, and lets go of it however that ends.
    static func with<R>(_ configuration: Configuration, _ body: (OwnerDatabase) async throws -> R)
        async throws -> R
    {
        try await DatabaseSchema.withOwner(configuration) { direct in
            let url = configuration.database.url
            let options = try url.map { try ConnectionOptions(url: $0) } ?? direct
            return try await body(OwnerDatabase(options: options, directOptions: direct))
        }
    }

    /// The same for a verb that reads our tables: they must be there, of whichever exchange they are.
    static func withSchema<R>(_ configuration: Configuration, _ body: (OwnerDatabase) async throws -> R)
        async throws -> R
    {
        try await with(configuration) { database in
            let connection = try await Connection.connect(database.directOptions)
            do {
                defer { try? connection.close() }
                _ = try await SchemaGate.require(on: connection)
            }
            return try await body(database)
        }
    }

    /// Where archives are: the only place, so that every verb finds them.
    static func archive(_ configuration: Configuration) -> ArchiveFolder {
        ArchiveFolder(path: configuration.data.folder + "/archive")
    }

    /// The profile of the settings, or of `--file`.
    static func profile(_ invocation: Invocation, _ configuration: Configuration) throws
        -> Storage.RetentionProfile
    {
        if let file = invocation.text("file") { return try RetentionReader.profile(readingFile: file) }
        return try RetentionProfiles.named(configuration.storage.retention.rawValue)
    }

    static let fileOption = OptionDeclaration(
        "file", .path("FILE"), "A retention profile of your own instead of storage.retention")
}
