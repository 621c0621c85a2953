import Configuration
import Database
import Diagnostics
import Foundation
import Network
import Operations
import Storage
import Web

/// The role `serve`: pages, API and stream from the database, and its status file.
final class WebRole: Sendable {
    let server: WebServer
    private let pool: Pool
    private let publisher: RolePublisher

    /// `options` may lead through a pooler, `direct` to the server itself.
    static func start(
        _ configuration: Configuration, folder: String, options: ConnectionOptions,
        direct: ConnectionOptions, logger: Logger?
    ) async throws -> WebRole {
        let connection = try await Connection.connect(options)
        let record: InstanceRecord?
        do {
            record = try await InstanceRecord.read(connection)
            try connection.close()
        } catch {
            try? connection.close()
            throw error
        }
        guard let record else {
            throw StorageError(
                .olderSchema, "the database has no schema of Yeoul", place: options.place,
                remedy: "Run `yeoul db migrate`")
        }
        return try WebRole(configuration, folder, options, direct, record.engine, logger)
    }

    private init(
        _ configuration: Configuration, _ folder: String, _ options: ConnectionOptions,
        _ direct: ConnectionOptions, _ engine: EngineName, _ logger: Logger?
    ) throws {
        var settings = PoolSettings()
        settings.size = configuration.database.pool.size
        settings.overflow = configuration.database.pool.overflow
        settings.waitLimit = .milliseconds(configuration.database.pool.waitMilliseconds)
        settings.recycleAfter = .milliseconds(configuration.database.pool.recycleMilliseconds)
        let pool = Pool(options, settings)
        let statusFolder = RoleStatusFolder(dataFolder: folder)
        let server = try WebServer(
            Self.settings(configuration),
            database: MarketDatabase(pool: pool, engine: engine, statusFolder: statusFolder),
            listening: direct, logger: logger)
        self.pool = pool
        self.server = server
        publisher = RolePublisher(role: "serve", folder: statusFolder, logger: logger) {
            ("running", [], [])
        }
    }

    /// Where the page is, for people.
    var url: String {
        let host = server.address.host
        let shown = host == "0.0.0.0" || host == "::" ? RolePublisher.hostName() : host
        return "http://\(shown.contains(":") ? "[\(shown)]" : shown):\(server.address.port)/"
    }

    func stop() {
        server.stop()
        publisher.stop()
        pool.close()
    }

    static func settings(_ configuration: Configuration) -> WebSettings {
        var settings = WebSettings()
        settings.host = configuration.web.host
        settings.port = UInt16(configuration.web.port)
        settings.token = configuration.web.token
        settings.folder = configuration.web.folder ?? folderBesideProgram
        settings.connectionsMax = configuration.web.connections
        settings.version = Version.number
        settings.commit = Version.commit
        return settings
    }

    /// What `make build` put beside the program: the charts' library. Nil when there is nothing.
    private static var folderBesideProgram: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return nil }
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "yeoul-web")
        return FileManager.default.fileExists(atPath: folder.path) ? folder.path : nil
    }
}
