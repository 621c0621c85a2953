import Market
import Testing

@Suite struct TickTableTests {
    @Test(arguments: [
        ("109165000", "1000"), ("1000000", "1000"), ("999999", "500"), ("100000", "100"), ("50000", "50"),
        ("10000", "10"),
        ("5000", "5"), ("4999", "1"), ("100", "1"), ("99.9", "0.1"), ("10", "0.1"), ("9", "0.01"),
        ("1", "0.01"),
        ("0.5", "0.001"), ("0.05", "0.0001"), ("0.005", "0.00001"), ("0.0005", "0.000001"),
        ("0.00005", "0.0000001"),
        ("0.000005", "0.00000001"), ("0", "0.00000001"),
    ])
    func aWonPriceHasTodaysStep(price: String, tick: String) throws {
        let table = TickTable.table(for: try Symbol("KRW-BTC"), at: try Instant("2026-03-11T00:00:00Z"))
        #expect(try table.tick(at: Decimal8(price)).description == tick)
    }

    @Test func theStepsBeforeTheReformWereOthers() throws {
        let symbol = try Symbol("KRW-XRP")
        func tick(_ price: String, _ symbol: Symbol, _ time: String) throws -> String {
            try TickTable.table(for: symbol, at: Instant(time)).tick(at: Decimal8(price)).description
        }
        #expect(try tick("150", symbol, "2025-07-30T23:59:59+09:00") == "0.1")
        #expect(try tick("150", symbol, "2025-07-31T00:00:00+09:00") == "1")
        #expect(try tick("1500", symbol, "2024-01-28T00:00:00Z") == "5")
        #expect(try tick("1500", symbol, "2024-02-01T00:00:00Z") == "1")
        let dollar = try Symbol("KRW-USDT")
        #expect(try tick("1400", dollar, "2025-03-20T23:59:59+09:00") == "1")
        #expect(try tick("1400", dollar, "2025-03-21T00:00:00+09:00") == "0.5")
        #expect(try tick("1400", dollar, "2025-08-01T00:00:00Z") == "1")
        #expect(try tick("1500000", symbol, "2025-01-01T00:00:00Z") == "500")
    }

    @Test func otherQuoteCurrenciesHaveTheirOwnSteps() throws {
        let now = try Instant("2026-03-11T00:00:00Z")
        let dollar = TickTable.table(for: try Symbol("USDT-BTC"), at: now)
        #expect(try dollar.tick(at: Decimal8("70000")).description == "0.01")
        #expect(try dollar.tick(at: Decimal8("5")).description == "0.001")
        #expect(try dollar.tick(at: Decimal8("0.00005")).description == "0.00000001")
        let bitcoin = TickTable.table(for: try Symbol("BTC-ETH"), at: now)
        #expect(try bitcoin.tick(at: Decimal8("0.03")).description == "0.00000001")
    }

    @Test func aPriceIsRoundedDownToItsStep() throws {
        let table = TickTable.table(for: try Symbol("KRW-BTC"), at: try Instant("2026-03-11T00:00:00Z"))
        #expect(try table.roundedDown(Decimal8("109165999.5")).description == "109165000")
        #expect(try table.isMultiple(Decimal8("14.7")) && !table.isMultiple(Decimal8("15.01")))
    }
}
