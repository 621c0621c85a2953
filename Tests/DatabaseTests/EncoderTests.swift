import Database
import TestKit
import Testing

/// Random rows of every type, written by us, read back as text by PostgreSQL.
@Suite struct EncoderTests {
    private static let rowCount = 1_000_000
    private static let columns = [
        "number", "b", "i2", "i4", "i8", "f8", "t", "by", "ts", "n", "j", "i8s", "f8s", "texts", "ns",
    ]

    @Test func aMillionRandomRowsAreWhatPostgreSQLReads() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        try await connection.execute(
            """
            CREATE UNLOGGED TABLE t (number int8, b bool, i2 int2, i4 int4, i8 int8, f8 float8, t text, by bytea,
                ts timestamptz, n numeric, j jsonb, i8s int8[], f8s float8[], texts text[], ns numeric[])
            """)
        let written = try await connection.copyIn(CopyTable(table: "t", columns: Self.columns)) { copy in
            for number in 0..<Self.rowCount {
                RandomRow(number).write(to: &copy.row)
                try await copy.flushIfFull()
            }
        }
        #expect(written == Self.rowCount)
        // Instants as the exact number of microseconds; the rest is the server's own text.
        let statement = """
            COPY (SELECT number, b, i2, i4, i8, f8, t, by, (extract(epoch FROM ts) * 1000000)::int8, n, j, i8s, f8s, texts, ns
                  FROM t) TO STDOUT
            """
        let differing = try await connection.copyOut(statement) { reader in
            // A table has no order: each row says which it is.
            var isSeen = [Bool](repeating: false, count: Self.rowCount)
            var differing: [String] = []
            var expected: [UInt8] = []
            var rest: [UInt8] = []
            while let piece = try await reader.nextPiece() {
                rest += piece
                var start = 0
                while let end = rest[start...].firstIndex(of: 10) {
                    expected.removeAll(keepingCapacity: true)
                    let digits = rest[start..<end].prefix { $0 != 9 }
                    let number = Int(String(decoding: digits, as: UTF8.self)) ?? -1
                    if isSeen.indices.contains(number) { isSeen[number] = true }
                    RandomRow(number).appendText(to: &expected)
                    if !rest[start..<end].elementsEqual(expected) && differing.count < 5 {
                        differing.append(
                            String(decoding: rest[start..<end], as: UTF8.self) + " ≠ "
                                + String(decoding: expected, as: UTF8.self))
                    }
                    start = end + 1
                }
                rest.removeFirst(start)
            }
            #expect(isSeen.allSatisfy { $0 })
            return differing
        }
        #expect(differing == [])
    }
}

/// One row's values, each NULL now and then, with their text as PostgreSQL prints them.
private struct RandomRow {
    let number: Int
    var bool: Bool?
    var int2: Int16?
    var int4: Int32?
    var int8: Int64?
    var double: Double?
    var text: String?
    var bytes: [UInt8]?
    var microseconds: Int64?
    var numeric: Numeric?
    var json: Int64?
    var integers: [Int64?]
    var doubles: [Double?]
    var texts: [String?]
    var numerics: [Numeric?]

    init(_ number: Int) {
        self.number = number
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: number))
        // One draw decides which are NULL, since a draw a field would take most of the time.
        let nulls = random.next() & random.next() & random.next()
        func some<T>(_ bit: UInt64, _ value: T) -> T? { nulls >> bit & 1 == 1 ? nil : value }
        let bits = random.next()
        bool = some(0, bits & 1 == 1)
        int2 = some(1, Int16(truncatingIfNeeded: bits >> 1))
        int4 = some(2, Int32(truncatingIfNeeded: bits >> 17))
        int8 = some(3, Int64(bitPattern: random.next() >> (bits >> 58)))
        // A quotient has all kinds of digits; it is printed by the shortest text on both sides.
        double = some(4, Double(Int64(truncatingIfNeeded: random.next() % 2_000_000)) / 128)
        text = some(5, Self.words[Int(bits >> 20 & 15)] + Self.words[Int(bits >> 24 & 15)])
        bytes = some(6, [UInt8(truncatingIfNeeded: bits >> 30), 0, 0xAB])
        // From the year 1677 to 2262.
        microseconds = some(7, Int64(bitPattern: random.next()) / 1000)
        numeric = some(8, Self.numeric(random.next(), random.next()))
        json = some(9, Int64(bits >> 40))
        integers = (0..<Int64(bits >> 50 & 3)).map { $0 == 1 ? nil : Int64(bits >> 10) - $0 }
        doubles = (0..<Int(bits >> 52 & 3)).map { $0 == 0 ? nil : Double(bits >> 44 & 0xFF) / 4 }
        texts = (0..<Int(bits >> 54 & 3)).map { $0 == 2 ? nil : "x\($0)" }
        numerics = (0..<Int(bits >> 56 & 3)).map {
            $0 == 2 ? nil : Self.numeric(random.next() >> 40, UInt64($0))
        }
    }

    private static let words = [
        "", "KRW-BTC", "매수", "a b", "tab\t", "line\n", "back\\slash", "quote\"'", "🤖", "\r", "NULL", "\\N",
        "{}",
        ",", "é", "long text that goes over fifteen bytes",
    ]

    private static func numeric(_ value: UInt64, _ more: UInt64) -> Numeric {
        var unscaled = Int128(Int64(bitPattern: value) >> Int64(more % 60))
        if more & 1024 != 0 { unscaled *= Int128(more >> 12) }
        if more & 2048 != 0 { unscaled = unscaled / 1_000_000 * 1_000_000 }
        return Numeric(unscaled: unscaled, scale: Int(more >> 5 % 20))
    }

    func write(to row: inout RowEncoder) {
        row.beginRow()
        row.writeInt64(Int64(number))
        if let bool { row.writeBool(bool) } else { row.writeNull() }
        if let int2 { row.writeInt16(int2) } else { row.writeNull() }
        if let int4 { row.writeInt32(int4) } else { row.writeNull() }
        if let int8 { row.writeInt64(int8) } else { row.writeNull() }
        if let double { row.writeDouble(double) } else { row.writeNull() }
        if let text { row.writeText(text) } else { row.writeNull() }
        if let bytes { row.writeBytes(bytes) } else { row.writeNull() }
        if let microseconds { row.writeTimestamp(microseconds: microseconds) } else { row.writeNull() }
        if let numeric {
            row.writeNumeric(unscaled: numeric.unscaled, scale: numeric.scale)
        } else {
            row.writeNull()
        }
        if let json { row.writeJsonb("{\"n\": \(json), \"a\": [1, null]}") } else { row.writeNull() }
        row.writeInt64Array(integers)
        row.writeDoubleArray(doubles)
        row.writeTextArray(texts)
        row.writeNumericArray(numerics)
    }

    func appendText(to line: inout [UInt8]) {
        func field(_ text: String?) {
            line += (text ?? "\\N").utf8
            line.append(9)
        }
        func array<T>(_ values: [T?], _ text: (T) -> String) -> String {
            "{" + values.map { $0.map(text) ?? "NULL" }.joined(separator: ",") + "}"
        }
        field("\(number)")
        field(bool.map { $0 ? "t" : "f" })
        field(int2.map { "\($0)" })
        field(int4.map { "\($0)" })
        field(int8.map { "\($0)" })
        field(double.map(Self.text))
        field(text.map(Self.escaped))
        field(bytes.map { bytes in "\\\\x" + bytes.map { Self.hex($0) }.joined() })
        field(microseconds.map { "\($0)" })
        field(numeric.map(NumericTests.text))
        field(json.map { "{\"a\": [1, null], \"n\": \($0)}" })
        field(array(integers) { "\($0)" })
        field(array(doubles, Self.text))
        field(array(texts) { $0 })
        field(array(numerics, NumericTests.text))
        line.removeLast()
    }

    private static func text(_ double: Double) -> String {
        let text = "\(double)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\t": escaped += "\\t"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
