import Database
import TestKit
import Testing

@Suite struct CopyOutTests {
    @Test func whatACopyGaveIsTakenByAnother() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        try await connection.execute(
            """
            CREATE TABLE t AS SELECT a, 'text ' || a AS b FROM generate_series(1, 50000) a;
            CREATE TABLE copied (LIKE t)
            """)
        let other = try await database.connect()
        let rows = try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { reader in
            var pieces: [[UInt8]] = []
            while let piece = try await reader.nextPiece() { pieces.append(piece) }
            #expect(pieces.count > 3)
            return try await other.copyIn(raw: "COPY copied FROM STDIN (FORMAT binary)") { writer in
                for piece in pieces { try await writer.send(piece) }
            }
        }
        #expect(rows == 50_000)
        let same = try await connection.query("SELECT count(*) FROM t JOIN copied USING (a, b)").single()
        #expect(try same.value(0, as: Int.self) == 50_000)
    }

    @Test func rowsAreReadOneByOne() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let statement = """
            COPY (SELECT a::int8, a / 4.0, CASE WHEN a % 2 = 0 THEN 'even' END, a % 3 = 0,
                         to_timestamp(a), ARRAY[a, a + 1]::int8[] FROM generate_series(1, 20000) a)
            TO STDOUT (FORMAT binary)
            """
        let count = try await connection.copyOut(statement) { reader in
            var number: Int64 = 0
            while let row = try await reader.nextRow() {
                number += 1
                #expect(try row.value(0, as: Int64.self) == number)
                let quarter = try row.value(1, as: Numeric.self)
                #expect(quarter.unscaled * 4 == Int128(number) * power(10, quarter.scale))
                #expect(try row.optional(2, as: String.self) == (number % 2 == 0 ? "even" : nil))
                #expect(try row.value(3, as: Bool.self) == (number % 3 == 0))
                #expect(try row.value(4, as: Timestamp.self).microseconds == number * 1_000_000)
                #expect(try row.value(5, as: [Int64].self) == [number, number + 1])
            }
            return number
        }
        #expect(count == 20_000)
    }

    @Test func whatIsNotReadIsCancelled() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let start = ContinuousClock.now
        try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { reader in
            let piece = try await reader.nextPiece()
            #expect(piece?.isEmpty == false)
        }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(try await connection.query("SELECT 1 AS one").single().value("one", as: Int.self) == 1)
    }

    @Test func anErrorInTheMiddleIsTold() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyOut(
                "COPY (SELECT 1 / (9999 - a) FROM generate_series(1, 10000) a) TO STDOUT"
            ) {
                reader in
                while try await reader.nextPiece() != nil {}
            }
        }
        #expect(error?.sqlState == SQLState(rawValue: "22012"))
        try await connection.query("SELECT 1")
    }

    @Test func aSilentServerMeetsTheDeadline() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyOut("COPY (SELECT pg_sleep(30)) TO STDOUT", within: .milliseconds(100)) {
                reader in
                while try await reader.nextPiece() != nil {}
            }
        }
        #expect(error?.code == .timeout, "\(String(describing: error))")
        try await connection.query("SELECT 1")
    }

    @Test func aBackendKilledInACopyIsALostConnection() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let other = try await database.connect()
        let backend = try connection.backendProcess()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { reader in
                _ = try await reader.nextPiece()
                try await other.query("SELECT pg_terminate_backend($1)", [.int32(backend)])
                while try await reader.nextPiece() != nil {}
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(!connection.isOpen)
    }

    @Test func aTextCopyIsNotReadAsRows() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.copyOut("COPY (SELECT 'PGCOPY') TO STDOUT") { reader in
                _ = try await reader.nextRow()
            }
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test func rowsAreFoundWhereverThePiecesEnd() throws {
        var encoder = RowEncoder(fields: 2)
        encoder.beginRow()
        encoder.writeInt64(7)
        encoder.writeNull()
        encoder.beginRow()
        encoder.writeText("seven")
        encoder.writeBool(true)
        let header: [UInt8] = [80, 71, 67, 79, 80, 89, 10, 255, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let bytes = header + Array(encoder.bytes) + [255, 255]
        for size in 1...bytes.count {
            var decoder = CopyDecoder()
            var rows: [CopyRow] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                try decoder.add(Array(bytes[start..<min(start + size, bytes.count)]))
                while let row = try decoder.next() { rows.append(row) }
            }
            try decoder.finish()
            #expect(rows.count == 2)
            #expect(try rows[0].value(0, as: Int64.self) == 7)
            #expect(try rows[0].optional(1, as: Int64.self) == nil)
            #expect(try rows[1].value(0, as: String.self) == "seven")
            #expect(try rows[1].value(1, as: Bool.self))
        }
        for cut in 0..<bytes.count {
            var decoder = CopyDecoder()
            try decoder.add(Array(bytes[..<cut]))
            while try decoder.next() != nil {}
            #expect(throws: DatabaseError.self) { try decoder.finish() }
        }
    }

    private func power(_ base: Int128, _ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }
}
