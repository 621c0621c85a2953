import Database
import TestKit
import Testing

@Suite struct NumericTests {
    /// Edges of the groups of four, of 64 and of 128 bits, and of the point's place.
    private static let edges: [Int128] = [
        0, 1, 9, 10, 100, 999, 1000, 9999, 10_000, 10_001, 99_999_999, 100_000_000, 123_456_789,
        Int128(Int64.max), Int128(UInt64.max), Int128(UInt64.max) + 1, Int128.max, Int128.min,
        100_000_000_000_000_000_000, 10_000_000_000_000_000_000_000_000_000_000_000_000,
    ]

    private static func samples() -> [Numeric] {
        var samples: [Numeric] = []
        for edge in edges {
            for scale in 0...20 {
                samples.append(Numeric(unscaled: edge, scale: scale))
                if edge != .min { samples.append(Numeric(unscaled: -edge, scale: scale)) }
            }
        }
        samples.append(Numeric(unscaled: 12, scale: 100))
        var random = SeededRandom(seed: 20_261_121)
        for _ in 0..<20_000 {
            let bits = Int.random(in: 1...127, using: &random)
            let magnitude = Int128(
                truncatingIfNeeded: UInt128.random(in: 0...UInt128.max, using: &random) >> (128 - bits))
            samples.append(
                Numeric(
                    unscaled: Bool.random(using: &random) ? magnitude : -magnitude,
                    scale: .random(in: 0...38, using: &random)))
        }
        return samples
    }

    /// Digits by way of text, which shares nothing with the encoder.
    static func text(_ numeric: Numeric) -> String {
        var digits = String(numeric.unscaled.magnitude)
        if digits.count <= numeric.scale {
            digits = String(repeating: "0", count: numeric.scale + 1 - digits.count) + digits
        }
        var text = String(digits.dropLast(numeric.scale))
        var decimals = digits.suffix(numeric.scale)
        while decimals.last == "0" { decimals.removeLast() }
        if !decimals.isEmpty { text += "." + decimals }
        return (numeric.unscaled < 0 ? "-" : "") + text
    }

    @Test func theBytesAreThoseOfPostgreSQL() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let samples = Self.samples()
        let rows = try await connection.query(
            "SELECT numeric_send(trim_scale(n::numeric)) FROM unnest($1) WITH ORDINALITY AS u (n, i) ORDER BY i",
            [.textArray(samples.map { Self.text($0) })])
        #expect(rows.count == samples.count)
        for (sample, row) in zip(samples, rows) {
            var encoder = RowEncoder(fields: 1)
            encoder.beginRow()
            encoder.writeNumeric(unscaled: sample.unscaled, scale: sample.scale)
            // After the number of fields and the length.
            let ours = Array(encoder.bytes.dropFirst(6))
            let theirs = try row.value(0, as: [UInt8].self)
            #expect(ours == theirs, "\(sample)")
        }
    }

    @Test func whatWasSentIsReadExactly() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let samples = Self.samples()
        let row = try await connection.query("SELECT $1, $1::text[]", [.numericArray(samples)]).single()
        let values = try row.value(0, as: [Numeric].self)
        let texts = try row.value(0, as: [String].self)
        let theirs = try row.value(1, as: [String].self)
        #expect(values.count == samples.count)
        for (index, sample) in samples.enumerated() {
            let expected = Self.text(sample)
            #expect(theirs[index] == expected)
            #expect(texts[index] == expected)
            #expect(Self.text(values[index]) == expected)
        }
    }

    @Test func trailingZerosOfAColumnAreKeptInTheScale() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let row = try await connection.query(
            "SELECT 1.50::numeric(20,8) AS padded, 0.00::numeric(5,2) AS zero, 1e20::numeric AS large"
        ).single()
        #expect(try row.value("padded", as: Numeric.self) == Numeric(unscaled: 150_000_000, scale: 8))
        #expect(try row.value("padded", as: String.self) == "1.50000000")
        #expect(try row.value("zero", as: Numeric.self) == Numeric(unscaled: 0, scale: 2))
        #expect(try row.value("zero", as: String.self) == "0.00")
        #expect(
            try row.value("large", as: Numeric.self)
                == Numeric(unscaled: 100_000_000_000_000_000_000, scale: 0))
    }

    @Test func numbersThatDoNotFitAreRefusedAndStillReadableAsText() async throws {
        let database = try await ScratchDatabase.make()
        let connection = try await database.connect()
        let row = try await connection.query(
            "SELECT 1e39::numeric AS large, 'Infinity'::numeric AS infinite, -1e-30::numeric AS small"
        ).single()
        let error = #expect(throws: DatabaseError.self) { try row.value("large", as: Numeric.self) }
        #expect(error?.code == .decoding)
        #expect(error?.remedy?.contains("text") == true)
        #expect(try row.value("large", as: String.self) == "1" + String(repeating: "0", count: 39))
        #expect(throws: DatabaseError.self) { try row.value("infinite", as: Numeric.self) }
        #expect(try row.value("infinite", as: String.self) == "Infinity")
        #expect(try row.value("small", as: Numeric.self) == Numeric(unscaled: -1, scale: 30))
        let refused = await #expect(throws: DatabaseError.self) {
            try await connection.query("SELECT $1", [.numeric(unscaled: 1, scale: -1)])
        }
        #expect(refused?.code == .encoding)
    }
}
