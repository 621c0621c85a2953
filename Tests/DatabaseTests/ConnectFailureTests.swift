import Database
import Diagnostics
import Foundation
import TestKit
import Testing

@Suite struct ConnectFailureTests {
    private func failure(
        _ options: ConnectionOptions, within limit: Duration = .seconds(5)
    ) async throws -> DatabaseError {
        do {
            let connection = try await Connection.connect(options, within: limit)
            try connection.close()
        } catch {
            return error
        }
        throw Unexpected()
    }

    private struct Unexpected: Error {}

    @Test func nobodyListening() async throws {
        let port = try freePort()
        let error = try await failure(ConnectionOptions(url: "postgresql://u@127.0.0.1:\(port)/d"))
        #expect(error.code == .connectionFailed)
        #expect(error.remedy == "Start the server, or correct host and port")
        #expect(error.place == "postgresql://u@127.0.0.1:\(port)/d")
        #expect(error.isTransient)
    }

    @Test func noSocket() async throws {
        let error = try await failure(
            ConnectionOptions(parameters: ["host": "/nowhere", "dbname": "d", "user": "u"]))
        #expect(error.code == .connectionFailed)
        #expect(error.remedy?.contains("socket's folder") == true)
    }

    @Test func aServerThatAcceptsAndNeverAnswersMeetsTheDeadline() async throws {
        let silent = try SilentServer()
        let start = ContinuousClock.now
        let options = try ConnectionOptions(url: "postgresql://u@127.0.0.1:\(silent.port)/d")
        let error = try await failure(options, within: .milliseconds(300))
        #expect(error.code == .timeout)
        #expect(error.what.contains("0.3 seconds"))
        #expect(ContinuousClock.now - start < .seconds(3))
        let blocking = #expect(throws: DatabaseError.self) {
            try BlockingConnection.connect(options, within: .milliseconds(300))
        }
        #expect(blocking?.code == .timeout)
    }

    @Test func aWrongPasswordIsToldWithoutShowingIt() async throws {
        let database = try await ScratchDatabase.make()
        let error = try await failure(database.tcpOptions.setting("password", to: "hunter2"))
        #expect(error.code == .connectionFailed)
        #expect(error.sqlState == .invalidPassword)
        #expect(error.isTransient == false)
        #expect(!error.description.contains("hunter2"))
        #expect(error.remedy?.contains("percent-encode") == true)
    }

    @Test func noPasswordAtAll() async throws {
        let database = try await ScratchDatabase.make()
        let error = try await failure(database.tcpOptions.setting("password", to: ""))
        #expect(error.remedy?.contains("Give the password") == true)
    }

    @Test func aPasswordOfSpecialCharactersWorksInAUrl() async throws {
        let database = try await ScratchDatabase.make()
        let encoded = try #require(
            ScratchServer.password.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let url =
            "postgresql://yeoul:\(encoded)@127.0.0.1:\(database.server.port)/\(database.name)?application_name=x"
        let connection = try await Connection.connect(ConnectionOptions(url: url))
        let name = try await connection.query("SELECT current_setting('application_name')").single()
        #expect(try name.value(0, as: String.self) == "x")
        #expect(!connection.place.contains(encoded))
    }

    @Test func anUnknownDatabaseIsNamed() async throws {
        let database = try await ScratchDatabase.make()
        let error = try await failure(database.options.setting("dbname", to: "nowhere"))
        #expect(error.sqlState == .invalidCatalogName)
        #expect(error.what.contains("\"nowhere\""))
    }

    @Test func anUnreadableUrlIsRefusedWithoutShowingIt() throws {
        for url in ["postgresql://u:p%zz@h/d", "nonsense", "postgresql://h/d?sslmoode=require", "host=a\0b"] {
            let error = #expect(throws: DatabaseError.self) { try ConnectionOptions(url: url) }
            #expect(error?.code == .options)
            #expect(error?.remedy != nil)
            #expect(error?.description.contains("p%zz") == false)
        }
        let error = #expect(throws: DatabaseError.self) { try ConnectionOptions(parameters: ["hots": "x"]) }
        #expect(error?.what == "unknown connection keyword \"hots\"")
        #expect(error?.remedy?.contains("host") == true)
    }

    @Test func aFullServerSaysSoAndARestartedOneEndsSessions() async throws {
        let server = try await ScratchServer.start(settings: [
            "max_connections = 5", "superuser_reserved_connections = 0", "max_wal_senders = 0",
        ])
        let options = try server.options()
        var held: [Connection] = []
        var full: DatabaseError?
        while full == nil && held.count < 10 {
            do throws(DatabaseError) {
                held.append(try await Connection.connect(options))
            } catch {
                full = error
            }
        }
        #expect(full?.sqlState == .tooManyConnections)
        #expect(full?.isTransient == true)
        #expect(full?.remedy?.contains("max_connections") == true)
        try await server.restart()
        for connection in held {
            let error = await #expect(throws: DatabaseError.self) { try await connection.query("SELECT 1") }
            #expect(error?.code == .connectionLost)
            #expect(!connection.isOpen)
            let closed = await #expect(throws: DatabaseError.self) { try await connection.query("SELECT 1") }
            #expect(closed?.what == "the connection is closed")
        }
        let again = try await Connection.connect(server.options())
        try await again.query("SELECT 1")
    }

    @Test func aBackendKilledInAQueryIsALostConnection() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let other = try await database.connect()
        let process = try connection.backendProcess()
        let task = Task { try await connection.query("SELECT pg_sleep(30)") }
        let kill = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'
            """
        var isKilled = false
        for _ in 0..<500 where !isKilled {
            isKilled = try await !other.query(kill, [.int32(process)]).isEmpty
            try await Task.sleep(for: .milliseconds(10))
        }
        let error = await #expect(throws: DatabaseError.self) { try await task.value }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == .adminShutdown)
        #expect(error?.isTransient == true)
        #expect(!connection.isOpen)
    }

    @Test func theServersOwnStatementTimeoutIsNotTakenForOurs() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        try await connection.execute("SET statement_timeout = '50ms'")
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.query("SELECT pg_sleep(30)")
        }
        #expect(error?.code == .serverError)
        #expect(error?.sqlState == .queryCanceled)
        try await connection.query("SELECT 1")
    }

    @Test func aResultBeyondTheBoundIsRefusedAndTheConnectionGoesOn() async throws {
        let database = try await ScratchDatabase.make()
        var options = try database.options
        options.resultBytesMax = 1 << 20
        let connection = try await Connection.connect(options)
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.query("SELECT repeat('x', 1000) FROM generate_series(1, 10000000)")
        }
        #expect(error?.code == .limit)
        #expect(error?.remedy?.contains("COPY") == true)
        #expect(try await connection.query("SELECT 1 AS a").single().value("a", as: Int.self) == 1)
    }
}
