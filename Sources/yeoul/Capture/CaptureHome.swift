import Capture
import Configuration
import Database
import Derivation
import Diagnostics
import Journal
import Storage

/// The database that a capture writes to: the private server, held open for as long, or that of the settings.
struct CaptureHome: Sendable {
    /// As the role that writes, perhaps through a pooler.
    let options: ConnectionOptions
    let directOptions: ConnectionOptions
    let lease: ClusterLease?
    private let keeper: ServerKeeper?

    static func open(_ configuration: Configuration, logger: Logger) async throws -> CaptureHome {
        guard let url = configuration.database.url else {
            let cluster = try PrivateCluster(PrivateDatabase.settings(configuration))
            let lease = try await DatabaseSchema.open(
                cluster, configuration, storingFrom: configuration.exchange.profile)
            let keeper = ServerKeeper(lease, of: cluster) { text, isBad in
                if isBad { logger.critical(text) } else { logger.info(text) }
            }
            return try CaptureHome(lease, keeper: keeper)
        }
        let direct = try ConnectionOptions(url: configuration.database.directURL ?? url)
        do {
            _ = try await DatabaseSchema.require(
                configuration, direct, storingFrom: configuration.exchange.profile)
        } catch let error as DatabaseError where error.isTransient {
            // The journal takes what comes until the database is there; then it is looked at again.
        }
        return CaptureHome(
            options: try ConnectionOptions(url: url), directOptions: direct, lease: nil)
    }

    /// The private server, which is open already.
    init(_ lease: ClusterLease, keeper: ServerKeeper? = nil) throws {
        options = try ConnectionOptions(url: lease.address.url(.ingest))
        directOptions = options
        self.lease = lease
        self.keeper = keeper
    }

    private init(options: ConnectionOptions, directOptions: ConnectionOptions, lease: ClusterLease?) {
        self.options = options
        self.directOptions = directOptions
        self.lease = lease
        keeper = nil
    }

    func close() async throws {
        await keeper?.stop()
        try await lease?.close()
    }

    /// What the capture of the configuration is made of.
    static func parts(
        _ configuration: Configuration, _ home: CaptureHome, logger: Logger
    ) throws -> CaptureParts {
        let access = try ExchangeAccess(configuration, logger: logger)
        let source = try CaptureSource(configuration, access)
        let folder = configuration.data.folder
        let instance = DatabaseSchema.instance(
            configuration.exchange.profile, folderID: try DataFolderIdentity.establish(in: folder))
        var parts = CaptureParts(
            selection: source.selection, plan: source.plan, sessions: source.sessions,
            quotation: access.client, budget: access.budget, journalFolder: configuration.journal.folder,
            commit: CommitSettings(
                options: home.options, instance: instance,
                schemaVersion: try MigrationSet.embedded().newestNumber,
                quarantineFolder: folder + "/quarantine"),
            directOptions: home.directOptions)
        parts.journal = JournalSettings(configuration.journal)
        parts.intake.orderBookLevels = configuration.capture.bookLevels
        parts.proof = ProofParts.Settings()
        if configuration.derivation.enabled {
            let time = parts.time
            parts.participants.append(
                Derivation(try DerivationSettings(configuration.derivation)) { time.now })
        }
        return parts
    }
}
