import Market
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [
        ("109165000.0", "109165000"), ("109867000", "109867000"), ("9.101e-05", "0.00009101"),
        ("0.00509799", "0.00509799"), ("-703000.0", "-703000"), ("1E3", "1000"), ("1.5e+2", "150"),
        ("0", "0"),
        ("-0.0", "0"), ("0e99999999999", "0"), ("30925891.29839369", "30925891.29839369"),
        ("92233720368547758.08", "92233720368547758.08"),
        ("1234567890123456789.12345678", "1234567890123456789.12345678"),
        ("0.10000000000000000", "0.1"), ("1e-8", "0.00000001"), ("100e-10", "0.00000001"),
        ("12345678", "12345678"),
        ("123456789", "123456789"), ("1.00000000", "1"),
        ("0.000000000000000000000000000000000000001e31", "0.00000001"),
        ("10000000000000000000000000000000000000000e-20", "100000000000000000000"),
    ])
    func aJSONNumberIsHeldExactly(text: String, printed: String) throws {
        #expect(try Decimal8(text).description == printed)
        #expect(try Decimal8(rounding: scan(text)).description == printed)
    }

    @Test(arguments: [
        "0.000000001", "1.123456789", "1e-9", "1e-400", "12345678901234567890123456789012345678901e-40",
    ])
    func moreDecimalsThanAreHeldIsRefused(text: String) {
        #expect(throws: NumberFault.notExact) { try Decimal8(scan(text)) }
        #expect(throws: MarketError.self) { try Decimal8(text) }
    }

    @Test(arguments: [
        "1e31", "1701411834604692317316873037159", "1e99999", "-2000000000000000000000000000000",
    ])
    func aNumberTooLargeIsRefused(text: String) {
        #expect(throws: NumberFault.outOfRange) { try Decimal8(scan(text)) }
        #expect(throws: NumberFault.outOfRange) { try Decimal8(rounding: scan(text)) }
    }

    @Test(arguments: [
        "", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "1.e5", "e5", "0x10", "1 ", "NaN", "Infinity",
        "1,5", "--1",
    ])
    func whatIsNoJSONNumberIsRefused(text: String) {
        #expect(throws: MarketError.self) { try Decimal8(text) }
        #expect(throws: MarketError.self) { try ExactDecimal(text) }
    }

    @Test func theLargestAndSmallestValuesComeBack() throws {
        let values: [Int128] = [.max, .max - 1, .min + 1, 1, -1, 99_999_999, 100_000_000]
        for unscaled in values {
            let narrow = Decimal8(unscaled: unscaled)
            #expect(try Decimal8(narrow.description) == narrow)
            let wide = Decimal16(unscaled: unscaled)
            #expect(try Decimal16(wide.description) == wide)
        }
        #expect(Decimal8(unscaled: .min).description == "-1701411834604692317316873037158.84105728")
    }

    @Test func anyValueComesBackFromItsText() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bits =
                UInt128.random(in: 0...UInt128.max, using: &random)
                >> UInt128.random(in: 1...127, using: &random)
            let value = Decimal8(unscaled: Bool.random() ? Int128(bits) : -Int128(bits))
            #expect(try Decimal8(value.description) == value)
            let wide = Decimal16(unscaled: value.unscaled)
            #expect(try Decimal16(wide.description) == wide)
        }
    }

    @Test func exponentAndPlainTextMeanTheSame() throws {
        for _ in 0..<5_000 {
            let digits = UInt64.random(in: 0...999_999_999_999)
            let exponent = Int.random(in: -8...6)
            let plain = Decimal8(unscaled: Int128(digits) * power(exponent + 8))
            #expect(try Decimal8("\(digits)e\(exponent)") == plain)
            #expect(try Decimal8(plain.description) == plain)
        }
    }

    @Test func aSumIsRoundedHalfToEven() throws {
        #expect(try Decimal16(rounding: scan("0.00000000000000005")).description == "0")
        #expect(try Decimal16(rounding: scan("0.00000000000000015")).description == "0.0000000000000002")
        #expect(
            try Decimal16(rounding: scan("0.000000000000000150000000000000000000000000000000000000001"))
                .description
                == "0.0000000000000002")
        #expect(try Decimal16(rounding: scan("0.00000000000000025")).description == "0.0000000000000002")
        #expect(
            try Decimal16(rounding: scan("0.000000000000000250000000000000000000000000000000000000001"))
                .description
                == "0.0000000000000003")
        #expect(try Decimal16(rounding: scan("-1.2345678901234567e-05")).description == "-0.0000123456789012")
        #expect(try Decimal16(rounding: scan("1e-400")).isZero)
    }

    @Test func aProductIsExactAndOverflowIsNil() throws {
        let price = try Decimal8("109847000.12345678")
        let volume = try Decimal8("0.00509799")
        #expect(price.multiplied(by: volume)?.description == "559998.9081593814298722")
        #expect(Decimal8(unscaled: .max).multiplied(by: Decimal8(unscaled: 2)) == nil)
        #expect(Decimal8(unscaled: .max).adding(Decimal8(unscaled: 1)) == nil)
        #expect(Decimal8(unscaled: .min).subtracting(Decimal8(unscaled: 1)) == nil)
        #expect(Decimal8(unscaled: .min).magnitude == nil)
        #expect(Decimal8(unscaled: .max).widened == nil)
        #expect(price.widened?.narrowed == price)
        #expect(Decimal16(unscaled: 1).narrowed == nil)
    }

    @Test func theAverageIsRoundedHalfToEvenAtTwelveDecimals() throws {
        func average(_ value: String, _ volume: String) throws -> String? {
            try Decimal16.average(value: Decimal16(value), volume: Decimal16(volume))?.description
        }
        #expect(try average("2", "3") == "0.666666666667")
        #expect(try average("1", "3") == "0.333333333333")
        #expect(try average("-2", "3") == "-0.666666666667")
        #expect(try average("0.000000000001", "2") == "0")
        #expect(try average("0.000000000003", "2") == "0.000000000002")
        #expect(try average("164899503.14206", "1.5933512") == "103492251.514957907585")
        // The quotient of a day of the cheapest coin: more than 128 bits in between.
        #expect(try average("1000000000000000", "99999999999999.12345678") == "10")
        #expect(try average("1", "0") == nil)
        #expect(Decimal16.average(value: Decimal16(unscaled: .max), volume: Decimal16(unscaled: 1)) == nil)
    }

    @Test func postgresGetsUnscaledAndScale() throws {
        let volume = try Decimal8("1.5")
        #expect(volume.unscaled == 150_000_000 && volume.scale == 8)
        #expect(try Decimal16("-1.5").unscaled == -15_000_000_000_000_000 && Decimal16.scale == 16)
    }

    @Test func aBalanceKeepsAllItsDigits() throws {
        #expect(
            try ExactDecimal("1386929.37231066771348207123").description == "1386929.37231066771348207123")
        #expect(throws: MarketError.self) { try ExactDecimal(String(repeating: "1", count: 65)) }
    }

    @Test func scanningStopsAtTheEndAndBehindTheNumber() throws {
        // Digits follow behind the given end: they must not be read.
        let bytes = Array("123456789012".utf8)
        try bytes.withUnsafeBytes { buffer in
            for end in 1...bytes.count {
                var at = 0
                let base = try #require(buffer.baseAddress)
                let number = try NumberText.scan(base, &at, end: end)
                #expect(at == end)
                #expect(number.mantissa == UInt128(String("123456789012".prefix(end))))
            }
        }
    }

    private func scan(_ text: String) throws -> NumberText {
        var copy = text
        return try copy.withUTF8 { bytes in
            var at = 0
            let base = try #require(UnsafeRawPointer(bytes.baseAddress))
            let number = try NumberText.scan(base, &at, end: bytes.count)
            #expect(at == bytes.count)
            return number
        }
    }

    private func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
