import Database
import TestKit
import Testing

@Suite struct PreparedTests {
    @Test func aStatementIsPlannedOnceASession() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        for number in Int64(0)..<20 {
            let sum = try await connection.prepared("SELECT $1 + 1", [.int64(number)]).single()
            #expect(try sum.value(0, as: Int64.self) == number + 1)
        }
        // Other types make another statement of the same text.
        _ = try await connection.prepared("SELECT $1 + 1", [.double(0.5)])
        _ = try connection.blocking.prepared("SELECT $1 + 1", [.double(0.5)])
        #expect(try await preparedCount(connection) == 2)
        #expect(try connection.hasLostPreparedStatements() == false)
    }

    @Test func aSessionKeepsABoundedNumberOfThem() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        for number in 0..<200 {
            _ = try await connection.prepared("SELECT \(number)")
            _ = try await connection.prepared("SELECT 'always in use'")
        }
        #expect(try await preparedCount(connection) == 128)
        let kept = try await connection.query(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = $1", ["SELECT 'always in use'"])
        #expect(try kept.single().value(0, as: Int.self) == 1)
    }

    @Test func aFailedStatementStaysPreparedAndAWrongOneIsNot() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.prepared("SELECT 1 / $1", [.int64(0)])
        }
        #expect(error?.sqlState == SQLState(rawValue: "22012"))
        await #expect(throws: DatabaseError.self) { try await connection.prepared("SELEC 1") }
        #expect(try await preparedCount(connection) == 1)
    }

    @Test func aVanishedStatementIsRunAgainAndNoticed() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        _ = try await connection.prepared("SELECT 5")
        try await connection.execute("DEALLOCATE ALL")
        #expect(try await connection.prepared("SELECT 5").single().value(0, as: Int.self) == 5)
        #expect(try connection.hasLostPreparedStatements())
        #expect(try await connection.prepared("SELECT 6").single().value(0, as: Int.self) == 6)
        #expect(try await preparedCount(connection) == 0)
    }

    private func preparedCount(_ connection: Connection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM pg_prepared_statements").single().value(0)
    }
}
