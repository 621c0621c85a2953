import Market
import Testing

@Suite struct SymbolTests {
    @Test(arguments: ["KRW-BTC", "BTC-1INCH", "USDT-ETH", "K-A", "KRW-ABCDEFGHIJKLMNOPQRST"])
    func aMarketCodeComesBackUnchanged(text: String) throws {
        let symbol = try Symbol(text)
        #expect(symbol.description == text)
        #expect(symbol.count == text.utf8.count)
        #expect("\(symbol.quote)-\(symbol.base)" == text)
    }

    @Test(arguments: [
        "", "KRW", "-BTC", "KRW-", "KRW--BTC", "KRW-BTC-X", "krw-btc", "KRW-BT C", "KRW-BTC.5", "KRW-비트",
        "KRW-ABCDEFGHIJKLMNOPQRSTU", "KRW-A\u{0}",
    ])
    func whatIsNoMarketCodeIsRefused(text: String) {
        #expect(throws: MarketError.self) { try Symbol(text) }
    }

    @Test func theOrderIsThatOfTheBytes() throws {
        let texts = [
            "KRW-BTC", "KRW-BT", "BTC-ETH", "KRW-0X", "USDT-A", "KRW-BTCX", "KRW-LONGCOINNAME1",
            "KRW-LONGCOINNAME",
            "KRW-LONGCOINNAMEANDMORE", "KRW-LONGCOINNAMEANDMOR",
        ]
        let sorted = try texts.map { try Symbol($0) }.sorted().map(\.description)
        #expect(sorted == texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test func symbolsThatDifferInOneByteAreDifferentKeys() throws {
        var seen: [Symbol: Int] = [:]
        for (index, base) in ["A", "AA", "ABCDEFGH", "ABCDEFGI", "ABCDEFGHIJKLMNOPQRST"].enumerated() {
            seen[try Symbol("KRW-\(base)")] = index
        }
        #expect(seen.count == 5)
        #expect(seen[try Symbol("KRW-ABCDEFGI")] == 3)
    }
}
