import Database
import TestKit
import Testing

@Suite struct CopyInTests {
    private struct Refusal: Error {}
    private static let table = "CREATE TABLE t (a int8 PRIMARY KEY, b text)"

    private func scratch() async throws -> (ScratchDatabase, Connection, CopyTable) {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        try await connection.execute(Self.table)
        return (database, connection, try CopyTable(table: "t", columns: ["a", "b"]))
    }

    private func count(_ connection: Connection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM t").single().value(0)
    }

    @Test func rowsArriveWhateverTheFlushes() async throws {
        let (database, connection, table) = try await scratch()
        for round in 0..<3 {
            let first = Int64(round) * 30_000
            let rows = try await connection.copyIn(table) { copy in
                for number in first..<(first + 30_000) {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeText("row \(number)")
                    try await copy.flushIfFull()
                }
            }
            #expect(rows == 30_000)
        }
        let sum = try await connection.query("SELECT sum(a), count(*) FROM t WHERE b = 'row ' || a").single()
        #expect(try sum.value(0, as: String.self) == "\(89_999 * 90_000 / 2)")
        #expect(try sum.value(1, as: Int.self) == 90_000)
        withExtendedLifetime(database) {}
    }

    @Test func theBlockingFormWritesTheSame() async throws {
        let (database, connection, table) = try await scratch()
        let rows = try connection.blocking.transaction { blocking in
            try blocking.copyIn(table) { copy in
                for number in Int64(0)..<30_000 {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeNull()
                    try copy.flushIfFull()
                }
            }
        }
        #expect(rows == 30_000)
        #expect(try await count(connection) == 30_000)
        let error = #expect(throws: DatabaseError.self) {
            try connection.blocking.copyIn(table) { copy in
                copy.row.beginRow()
                copy.row.writeInt64(0)
                copy.row.writeNull()
            }
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(throws: Refusal.self) { try connection.blocking.copyIn(table) { _ in throw Refusal() } }
        #expect(try await count(connection) == 30_000)
        withExtendedLifetime(database) {}
    }

    @Test func aDuplicateRefusesTheWholeCopyAndTheConnectionGoesOn() async throws {
        let (database, connection, table) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(table) { copy in
                for number: Int64 in [1, 2, 1] {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeText("x" as StaticString)
                }
            }
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.server?.constraint == "t_pkey")
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func whenTheBodyThrowsNothingIsWritten() async throws {
        let (database, connection, table) = try await scratch()
        await #expect(throws: Refusal.self) {
            try await connection.copyIn(table) { copy in
                copy.row.beginRow()
                copy.row.writeInt64(1)
                copy.row.writeNull()
                try await copy.flush()
                throw Refusal()
            }
        }
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test(arguments: [1, 3])
    func aWrongNumberOfFieldsIsRefused(fields: Int) async throws {
        let (database, connection, table) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(table) { copy in
                copy.row.beginRow()
                for _ in 0..<fields { copy.row.writeInt64(1) }
            }
        }
        #expect(error?.code == .encoding)
        #expect(error?.what.hasPrefix("row 1 ") == true)
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func anotherOperationInsideACopyIsRefused() async throws {
        let (database, connection, table) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(table) { _ in try await connection.query("SELECT 1") }
        }
        #expect(error?.code == .misuse)
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func aCopyThatIsNoneIsRefused() async throws {
        let (database, connection, _) = try await scratch()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(raw: "SELECT 1") { _ in }
        }
        #expect(error?.code == .misuse)
        // And a COPY that nobody feeds.
        await #expect(throws: DatabaseError.self) { try await connection.execute("COPY t FROM STDIN") }
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func aServerThatTakesNoMoreMeetsTheDeadline() async throws {
        let (database, connection, table) = try await scratch()
        let other = try await database.connect()
        try await other.execute("BEGIN")
        try await other.query("INSERT INTO t VALUES ($1)", [1])
        // The server waits for the other transaction at the first row, and reads nothing on.
        let start = ContinuousClock.now
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(table, within: .milliseconds(300)) { copy in
                for number in Int64(1)..<1_000_000 {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeText("some text so that the socket is full soon" as StaticString)
                    try await copy.flushIfFull()
                }
            }
        }
        #expect(error?.code == .timeout)
        #expect(ContinuousClock.now - start < .seconds(5))
        try await other.execute("ROLLBACK")
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func aCancelledTaskEndsItsCopy() async throws {
        let (database, connection, table) = try await scratch()
        let task = Task {
            try await connection.copyIn(table) { copy in
                for number in Int64(0)... {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeNull()
                    try await copy.flushIfFull()
                }
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        let error = await #expect(throws: DatabaseError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await count(connection) == 0)
        withExtendedLifetime(database) {}
    }

    @Test func aBackendKilledInACopyIsALostConnection() async throws {
        let (database, connection, table) = try await scratch()
        let backend = try connection.backendProcess()
        let other = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyIn(table) { copy in
                for number in Int64(0)... {
                    copy.row.beginRow()
                    copy.row.writeInt64(number)
                    copy.row.writeNull()
                    try await copy.flushIfFull()
                    if number == 50_000 {
                        try await other.query("SELECT pg_terminate_backend($1)", [.int32(backend)])
                    }
                }
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == .adminShutdown)
        #expect(!connection.isOpen)
        #expect(try await count(other) == 0)
        withExtendedLifetime(database) {}
    }
}
