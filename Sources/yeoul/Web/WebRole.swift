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
    /// To see whether the server answers.
    private let http: HTTPClient?
    private static let answerMillisecondsMax: Int64 = 5_000

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
        let pool = Pool(options, PoolSettings(configuration.database.pool))
        let statusFolder = RoleStatusFolder(dataFolder: folder)
        let server = try WebServer(
            Self.settings(configuration),
            database: MarketDatabase(pool: pool, engine: engine, statusFolder: statusFolder),
            listening: direct, logger: logger)
        self.pool = pool
        self.server = server
        http = try? HTTPClient()
        publisher = RolePublisher(role: "serve", folder: statusFolder, logger: logger) {
            ("running", [], ProcessMetrics.families())
        }
    }

    /// Where the page is, for people.
    var url: String { Self.url(server.address.host, Int(server.address.port)) }

    /// Where it will be; nil when the system chooses the port.
    static func expectedURL(_ configuration: Configuration) -> String? {
        configuration.web.port == 0 ? nil : url(configuration.web.host, configuration.web.port)
    }

    private static func url(_ host: String, _ port: Int) -> String {
        let shown = host == "0.0.0.0" || host == "::" ? RolePublisher.hostName() : host
        return "http://\(shown.contains(":") ? "[\(shown)]" : shown):\(port)/"
    }

    /// Whether the server answers a request now, with whatever.
    func answers() async -> Bool {
        let host = server.address.host
        let reached = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
        let shown = reached.contains(":") ? "[\(reached)]" : reached
        guard let http, let address = try? Address("http://\(shown):\(server.address.port)/icon.svg")
        else { return false }
        let call = HTTPCall(address, totalMillisecondsMax: Self.answerMillisecondsMax)
        return (try? await http.perform(call)) != nil
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
