import Database
import TestKit
import Testing

/// What pgbouncer does to sessions, and that we see it.
@Suite(.enabled(if: ScratchPooler.isInstalled, "pgbouncer is not installed")) struct PoolerTests {
    @Test func aDirectConnectionIsTakenForOne() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        #expect(try await PoolerProbe.path(of: connection) == .direct)
        try await PoolerProbe.refuseTransactionPooler(connection, for: "LISTEN")
    }

    @Test(arguments: [1, 4]) func aTransactionPoolerIsNamedWithTheRemedy(sessions: Int) async throws {
        let database = try await ScratchDatabase.make()
        let pooler = try await ScratchPooler.start(before: database, mode: .transaction, sessions: sessions)
        let connection = try await Connection.connect(pooler.options)
        #expect(try await PoolerProbe.path(of: connection) == .transactionPooler)
        let error = await #expect(throws: DatabaseError.self) {
            try await PoolerProbe.refuseTransactionPooler(connection, for: "the lease")
        }
        #expect(error?.code == .pooler)
        #expect(error?.remedy?.contains("database.direct_url") == true)
        withExtendedLifetime(pooler) {}
    }

    @Test(arguments: [1, 4]) func aSessionPoolerIsNotTakenForOne(sessions: Int) async throws {
        let database = try await ScratchDatabase.make()
        let pooler = try await ScratchPooler.start(before: database, mode: .session, sessions: sessions)
        let connection = try await Connection.connect(pooler.options)
        #expect(try await PoolerProbe.path(of: connection) == .sessionPooler)
        withExtendedLifetime(pooler) {}
    }

    @Test func preparedStatementsLostInAPoolerAreRunAgain() async throws {
        let database = try await ScratchDatabase.make()
        let pooler = try await ScratchPooler.start(before: database, mode: .transaction)
        let connection = try await Connection.connect(pooler.options)
        _ = try await connection.prepared("SELECT 3")
        // Another transaction takes the session that has the statement.
        let other = try await Connection.connect(pooler.options)
        try await other.transaction { other in
            try await other.query("SELECT 1")
            #expect(try await connection.prepared("SELECT 3").single().value(0, as: Int.self) == 3)
        }
        #expect(try connection.hasLostPreparedStatements())
        // Everything else works through a pooler.
        try await connection.execute("CREATE TABLE t (a int8)")
        let rows = try await connection.copyIn(CopyTable(table: "t", columns: ["a"])) { copy in
            copy.row.beginRow()
            copy.row.writeInt64(1)
        }
        #expect(rows == 1)
        withExtendedLifetime(pooler) {}
    }

    @Test func aListenerIsRefusedByATransactionPooler() async throws {
        let database = try await ScratchDatabase.make()
        let pooler = try await ScratchPooler.start(before: database, mode: .transaction)
        let listener = try NotificationListener(pooler.options, channels: ["news"])
        let error = await #expect(throws: DatabaseError.self) { for try await _ in listener {} }
        #expect(error?.code == .pooler)
        withExtendedLifetime(pooler) {}
    }
}
