import Market
import Testing
import Upbit

@Suite struct ProfileTests {
    @Test(arguments: Profile.names)
    func everyNameIsAProfile(name: String) throws {
        let profile = try Profile.named(name, builtInPort: 8_123)
        #expect(profile.name == name)
        #expect(profile.isSimulated == (name == "built-in"))
        #expect(profile.webSocketURL.hasPrefix(name == "built-in" ? "ws://127.0.0.1:8123/" : "wss://"))
        #expect(profile.offers(.trade) && profile.offers(.minute1))
    }

    @Test func anUnknownNameIsRefusedWithTheKnownOnes() {
        let error = #expect(throws: UpbitError.self) { try Profile.named("binance", builtInPort: 1) }
        #expect(error?.remedy?.contains("upbit-sg") == true)
    }

    @Test func limitsAreThoseOfTheExchange() {
        #expect(Profile.upbit.rates[.candles].first?.callsMax == 10)
        #expect(Profile.bithumb.rates[.candles].first?.callsMax == 150)
        #expect(Profile.bithumb.rates[.webSocketConnect].first?.callsMax == 10)
        #expect(Profile.upbit.rates[.webSocketMessage].map(\.callsMax) == [5, 100])
        #expect(!Profile.bithumb.offers(.candle(.minute1)) && Profile.upbit.offers(.candle(.second1)))
        #expect(!Profile.upbit.offers(.candle(.day1)) && !Profile.bithumb.offers(.second1))
    }
}
