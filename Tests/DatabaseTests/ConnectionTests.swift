import Database
import TestKit
import Testing

@Suite struct ConnectionTests {
    @Test func everyTypeComesBackAsItWasSent() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let row = try await connection.query(
            """
            SELECT $1 AS b, $2 AS i2, $3 AS i4, $4 AS i8, $5 AS f8, $6 AS t, $7 AS by, $8 AS ts, $9 AS n,
                   $10 AS j, $11::interval = '90 min' AS inferred, $12 AS i8s, $13 AS f8s, $14 AS ts_array,
                   $15 AS ns, $16::int4 AS nothing, $17 AS texts, $18 AS bs
            """,
            [
                true, .int16(-2), .int32(70_000), 9_007_199_254_740_993, 0.1, "값 'quoted'", .bytes([0, 255]),
                .timestamp(microseconds: 1_700_000_000_123_456), .numeric(unscaled: -123_450, scale: 4),
                .jsonb(#"{"a": [1, 2]}"#), .inferred("1h30m"), .int64Array([1, nil, -3]),
                .doubleArray([1.5, -0.0]), .timestampArray([Timestamp(microseconds: 0)]),
                .numericArray([Numeric(unscaled: 1, scale: 8), nil]), nil, .textArray(["a,b", "", nil]),
                .boolArray([true, nil]),
            ]
        ).single()
        #expect(try row.value("b", as: Bool.self))
        #expect(try row.value("i2", as: Int16.self) == -2)
        #expect(try row.value("i4", as: Int32.self) == 70_000)
        #expect(try row.value("i8", as: Int64.self) == 9_007_199_254_740_993)
        #expect(try row.value("f8", as: Double.self) == 0.1)
        #expect(try row.value("t", as: String.self) == "값 'quoted'")
        #expect(try row.value("by", as: [UInt8].self) == [0, 255])
        #expect(try row.value("ts", as: Timestamp.self).microseconds == 1_700_000_000_123_456)
        #expect(try row.value("n", as: Numeric.self) == Numeric(unscaled: -12345, scale: 3))
        #expect(try row.value("n", as: String.self) == "-12.345")
        #expect(try row.value("j", as: String.self) == #"{"a": [1, 2]}"#)
        #expect(try row.value("inferred", as: Bool.self))
        #expect(try row.value("i8s", as: [Int64?].self) == [1, nil, -3])
        #expect(try row.value("f8s", as: [Double].self) == [1.5, 0])
        #expect(try row.value("ts_array", as: [Timestamp].self) == [Timestamp(microseconds: 0)])
        #expect(try row.value("ns", as: [Numeric?].self) == [Numeric(unscaled: 1, scale: 8), nil])
        #expect(try row.value("texts", as: [String?].self) == ["a,b", "", nil])
        #expect(try row.value("bs", as: [Bool?].self) == [true, nil])
        #expect(try row.optional("nothing", as: Int32.self) == nil)
    }

    @Test func theBlockingFormDoesTheSame() async throws {
        let database = try await ScratchDatabase.make()
        let options = try database.options
        let connection = try BlockingConnection.connect(options)
        try connection.execute("CREATE TABLE t (a int8); INSERT INTO t SELECT generate_series(1, 1000)")
        let rows = try connection.query("SELECT a FROM t WHERE a > $1 ORDER BY a", [995])
        #expect(try rows.map { try $0.value(0, as: Int64.self) } == [996, 997, 998, 999, 1000])
        let limit = Duration.milliseconds(100)
        let error = #expect(throws: DatabaseError.self) {
            try connection.query("SELECT pg_sleep(30)", within: limit)
        }
        #expect(error?.code == .timeout)
        #expect(try connection.query("SELECT 1 AS one").single().value("one", as: Int.self) == 1)
        try connection.close()
    }

    @Test func aWrongTypeOrNullOrColumnIsNamed() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let row = try await connection.query("SELECT 'x' AS name, NULL::int8 AS empty, 'NaN'::numeric AS n")
            .single()
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "nothing"
            } catch {
                return "\(error)"
            }
        }
        #expect(message { _ = try row.value("name", as: Int64.self) }.contains("column \"name\", row 0"))
        #expect(message { _ = try row.value("name", as: Int64.self) }.contains("of type text"))
        #expect(message { _ = try row.value("empty", as: Int64.self) }.contains("is NULL"))
        #expect(message { _ = try row.value("nmae", as: Int64.self) }.contains("It has: name, empty, n"))
        #expect(message { _ = try row.value("n", as: Numeric.self) }.contains("NaN"))
        #expect(try row.value("n", as: String.self) == "NaN")
    }

    @Test func aScriptReportsTheLineThatFailed() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.execute("CREATE TABLE a (x int);\n\nCREATE TABEL b (y int);\n")
        }
        #expect(error?.code == .serverError)
        #expect(error?.sqlState == SQLState(rawValue: "42601"))
        #expect(error?.place?.contains("line 3 of the statement: CREATE TABEL b") == true)
        // The script was one transaction.
        let found = try await connection.query("SELECT to_regclass('a') IS NULL AS gone").single()
        #expect(try found.value("gone", as: Bool.self))
    }

    @Test func aDeadlineCancelsTheStatementAndTheConnectionGoesOn() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let start = ContinuousClock.now
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.query("SELECT pg_sleep(30)", within: .milliseconds(100))
        }
        #expect(error?.code == .timeout)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try await connection.query("SELECT 1 AS one").single().value("one", as: Int.self) == 1)
    }

    @Test func aCancelledTaskCancelsItsStatement() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let other = try await database.connect()
        let task = Task { try await connection.query("SELECT pg_sleep(30)") }
        try await waitUntilActive(1, seenBy: other)
        task.cancel()
        let error = await #expect(throws: DatabaseError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await waitUntilActive(0, seenBy: other)
        #expect(try await connection.query("SELECT 1 AS one").single().value("one", as: Int.self) == 1)
    }

    @Test func twoTasksOnOneConnectionAreRefused() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let other = try await database.connect()
        let task = Task { try await connection.query("SELECT pg_sleep(30)") }
        try await waitUntilActive(1, seenBy: other)
        let error = await #expect(throws: DatabaseError.self) { try await connection.query("SELECT 1") }
        #expect(error?.code == .misuse)
        #expect(throws: DatabaseError.self) { try connection.close() }
        task.cancel()
        _ = try? await task.value
        try await connection.query("SELECT 1")
    }

    /// Waits until so many other sessions of the database sleep in a statement.
    private func waitUntilActive(_ count: Int, seenBy connection: Connection) async throws {
        let statement = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event = 'PgSleep'
            """
        for _ in 0..<500 {
            if try await connection.query(statement).single().value(0, as: Int.self) == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("not \(count) sleeping sessions within 5 s")
    }
}
