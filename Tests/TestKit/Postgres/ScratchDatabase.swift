import Database

/// A database for one test in the shared server, dropped when this value goes.
package final class ScratchDatabase: Sendable {
    package let name: String
    package let server: ScratchServer

    private init(name: String, server: ScratchServer) {
        self.name = name
        self.server = server
    }

    /// With a template, a copy of that database, which must have no sessions.
    package static func make(template: String? = nil) async throws -> ScratchDatabase {
        let server = try await ScratchServer.shared()
        let name = server.newDatabaseName()
        let connection = try await Connection.connect(server.options())
        let copying = try template.map { try " TEMPLATE \(quotedIdentifier($0))" } ?? ""
        try await connection.execute("CREATE DATABASE \(quotedIdentifier(name))\(copying)")
        try connection.close()
        return ScratchDatabase(name: name, server: server)
    }

    deinit {
        let (name, server) = (name, server)
        Task.detached {
            let connection = try await Connection.connect(server.options())
            try await connection.execute("DROP DATABASE \(quotedIdentifier(name)) WITH (FORCE)")
        }
    }

    /// By the server's socket, as its owner.
    package var options: ConnectionOptions {
        get throws { try server.options(database: name) }
    }

    /// By loopback TCP with the password.
    package var tcpOptions: ConnectionOptions {
        get throws { try server.tcpOptions(database: name) }
    }

    package func connect() async throws -> Connection {
        try await Connection.connect(options)
    }
}
