import Database
import TestKit
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error {}

    @Test func aTransactionIsKeptWhenItsBodyReturns() async throws {
        let (database, connection) = try await scratch()
        let answer = try await connection.transaction { connection in
            try await connection.query("INSERT INTO t VALUES ($1)", [1])
            return "kept"
        }
        #expect(answer == "kept")
        #expect(try await count(connection) == 1)
        withExtendedLifetime(database) {}
    }

    @Test func aTransactionIsRolledBackWhenItsBodyThrows() async throws {
        let (database, connection) = try await scratch()
        await #expect(throws: Refusal.self) {
            try await connection.transaction { connection in
                try await connection.query("INSERT INTO t VALUES ($1)", [1])
                throw Refusal()
            }
        }
        #expect(try await count(connection) == 0)
        #expect(try connection.transactionState() == .idle)
        withExtendedLifetime(database) {}
    }

    @Test func aCommitThatTheServerTurnedIntoARollbackIsAnError() async throws {
        let (database, connection) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { connection in
                _ = try? await connection.query("SELECT 1/0")
            }
        }
        #expect(error?.code == .transactionAborted)
        withExtendedLifetime(database) {}
    }

    @Test func aTransactionInsideAnotherIsRefused() async throws {
        let (database, connection) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { connection in
                try await connection.transaction { _ in }
            }
        }
        #expect(error?.code == .misuse)
        #expect(try connection.transactionState() == .idle)
        withExtendedLifetime(database) {}
    }

    @Test func aReadOnlyTransactionSaysSo() async throws {
        let (database, connection) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction(TransactionMode(isReadOnly: true)) { connection in
                try await connection.query("INSERT INTO t VALUES ($1)", [1])
            }
        }
        #expect(error?.sqlState == .readOnlyTransaction)
        #expect(error?.remedy?.contains("primary") == true)
        withExtendedLifetime(database) {}
    }

    @Test func aTransactionThatWaitsTooLongIsEndedByTheServer() async throws {
        let (database, connection) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction(TransactionMode(idleMillisecondsMax: 300)) { connection in
                try await connection.query("INSERT INTO t VALUES ($1)", [1])
                try await Task.sleep(for: .seconds(2))
                try await connection.query("INSERT INTO t VALUES ($1)", [2])
            }
        }
        #expect(error != nil && !connection.isOpen)
        withExtendedLifetime(database) {}
    }

    @Test func aDuplicateNamesItsConstraint() async throws {
        let (database, connection) = try await scratch()
        try await connection.execute("INSERT INTO t VALUES (1)")
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.query("INSERT INTO t VALUES ($1)", [1])
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.server?.constraint == "t_pkey")
        #expect(error?.what.contains("(a)=(1)") == true)
        #expect(error?.isTransient == false)
        withExtendedLifetime(database) {}
    }

    @Test func ofTwoTransactionsInDeadlockOneIsToldToRunAgain() async throws {
        let (database, connection) = try await scratch()
        try await connection.execute("INSERT INTO t VALUES (1), (2)")
        let other = try await database.connect()
        @Sendable func lockBoth(_ connection: Connection, _ first: Int64, _ second: Int64) async
            -> DatabaseError?
        {
            do {
                try await connection.transaction { connection in
                    try await connection.query("SELECT FROM t WHERE a = $1 FOR UPDATE", [.int64(first)])
                    try await Task.sleep(for: .milliseconds(150))
                    try await connection.query("SELECT FROM t WHERE a = $1 FOR UPDATE", [.int64(second)])
                }
                return nil
            } catch {
                return error as? DatabaseError
            }
        }
        async let one = lockBoth(connection, 1, 2)
        async let two = lockBoth(other, 2, 1)
        let errors = await [one, two].compactMap { $0 }
        #expect(errors.count == 1)
        #expect(errors.first?.sqlState == .deadlockDetected)
        #expect(errors.first?.isTransient == true)
        #expect(try connection.transactionState() == .idle)
        withExtendedLifetime(database) {}
    }

    @Test func aLostAnswerToCommitIsNotTakenForAFailure() async throws {
        let (database, connection) = try await scratch()
        try await connection.execute(
            """
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER last AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION die();
            """)
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { connection in
                try await connection.query("INSERT INTO t VALUES ($1)", [7])
            }
        }
        #expect(error?.code == .commitUnknown)
        #expect(error?.isTransient == false)
        #expect(error?.sqlState == .adminShutdown)
        #expect(!connection.isOpen)
        withExtendedLifetime(database) {}
    }

    private func scratch() async throws -> (ScratchDatabase, Connection) {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        try await connection.execute("CREATE TABLE t (a int8 PRIMARY KEY)")
        return (database, connection)
    }

    private func count(_ connection: Connection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM t").single().value(0)
    }
}
