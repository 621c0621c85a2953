import Database
import Foundation
import Network
import Operations
import Storage
import TestKit
import Web

/// A server of pages and API over a database of its own, which is filled unless told otherwise.
final class WebFixture: Sendable {
    let database: ScratchDatabase
    let folder: TemporaryFolder
    let server: WebServer
    let pool: Pool
    private let http: HTTPClient

    private init(
        _ database: ScratchDatabase, _ folder: TemporaryFolder, _ server: WebServer, _ pool: Pool
    ) throws {
        self.database = database
        self.folder = folder
        self.server = server
        self.pool = pool
        http = try HTTPClient()
    }

    static func make(
        isFilled: Bool = true, _ change: (inout WebSettings) -> Void = { _ in }
    ) async throws -> WebFixture {
        let template = try await (isFilled ? filled : empty).value
        let database = try await ScratchDatabase.make(template: template.name)
        let folder = try TemporaryFolder(named: "yeoul-web")
        let pool = Pool(try database.options)
        var settings = WebSettings()
        settings.port = 0
        change(&settings)
        let server = try WebServer(
            settings,
            database: MarketDatabase(
                pool: pool, engine: .native, statusFolder: RoleStatusFolder(dataFolder: folder.path)),
            listening: try database.options)
        return try WebFixture(database, folder, server, pool)
    }

    deinit {
        server.stop()
        pool.close()
    }

    var origin: String { "http://127.0.0.1:\(server.address.port)" }

    func get(
        _ path: String, _ headers: HTTPHeaders = HTTPHeaders(), method: String = "GET", body: [UInt8] = []
    ) async throws -> HTTPAnswer {
        try await http.perform(
            HTTPCall(try Address(origin + path), method: method, headers: headers, body: body))
    }

    /// The answer's JSON.
    func json(_ path: String) async throws -> [String: Any] {
        let answer = try await get(path)
        let value = try JSONSerialization.jsonObject(with: Data(answer.body))
        return value as? [String: Any] ?? [:]
    }

    /// Makes the market go on by a step.
    func tick() async throws {
        let connection = try await database.connect()
        try await connection.execute(try Repository.text(of: "Tests/WebTests/Fixtures/tick.sql"))
        try connection.close()
    }

    /// Runs statements in the fixture's database.
    func execute(_ script: String) async throws {
        let connection = try await database.connect()
        try await connection.execute(script)
        try connection.close()
    }

    // Migrating and filling take seconds, copying does not.
    private static let empty = Task { try await template(script: nil) }
    private static let filled = Task {
        try await template(script: try Repository.text(of: "Tests/WebTests/Fixtures/market.sql"))
    }

    private static func template(script: String?) async throws -> ScratchDatabase {
        let scratch = try await ScratchDatabase.make()
        let instance = Instance(exchange: "upbit", isSimulated: true, dataFolderID: "test-folder")
        _ = try await Migrator(
            try scratch.options, instance: instance, engine: .native, program: "test", set: .embedded()
        ).migrate()
        if let script {
            let connection = try await scratch.connect()
            try await connection.execute(script)
            try connection.close()
        }
        let connection = try await Connection.connect(scratch.server.options())
        let name = try quotedIdentifier(scratch.name)
        try await connection.execute("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try await connection.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
            [.text(scratch.name)])
        try connection.close()
        return scratch
    }
}
