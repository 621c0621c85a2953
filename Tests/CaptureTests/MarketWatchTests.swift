import Capture
import Market
import Testing
import Upbit

@Suite struct MarketWatchTests {
    private func listing(_ code: String, name: String? = nil, hasWarning: Bool = false) throws
        -> MarketListing
    {
        let symbol = try Symbol(code)
        return MarketListing(
            symbol: symbol, koreanName: name ?? symbol.base, englishName: name ?? symbol.base,
            hasWarning: hasWarning)
    }

    private func list(_ codes: String...) throws -> [MarketListing] { try codes.map { try listing($0) } }

    @Test func aNewMarketIsSeenAtOnceAndAGoneOneAfterTwoLists() throws {
        var watch = MarketWatch()
        let first = try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-XRP"))
        #expect(first == (try list("KRW-BTC", "KRW-ETH", "KRW-XRP")).map { .listed($0) })
        #expect(try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-XRP")).isEmpty)
        #expect(try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-SOL")) == [.listed(listing("KRW-SOL"))])
        #expect(watch.listings.count == 4, "one list alone takes nothing away")
        #expect(
            try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-SOL")) == [.delisted(try Symbol("KRW-XRP"))])
        #expect(try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-SOL", "KRW-XRP")).count == 1, "relisted")
    }

    @Test func aMarketThatFlickersStays() throws {
        var watch = MarketWatch()
        _ = try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-XRP"))
        for _ in 0..<5 {
            #expect(try watch.heard(list("KRW-BTC", "KRW-ETH")).isEmpty)
            #expect(try watch.heard(list("KRW-BTC", "KRW-ETH", "KRW-XRP")).isEmpty)
        }
    }

    @Test func theSameNamesUnderAnotherCodeAreARenaming() throws {
        var watch = MarketWatch()
        _ = try watch.heard([
            listing("KRW-BTC"), listing("KRW-OLD", name: "Coin"), listing("BTC-OLD", name: "Coin"),
        ])
        let changes = try watch.heard([
            listing("KRW-BTC"), listing("KRW-NEW", name: "Coin"), listing("BTC-OLD", name: "Coin"),
        ])
        #expect(
            changes == [.renamed(from: try Symbol("KRW-OLD"), try listing("KRW-NEW", name: "Coin"))])
        #expect(watch.listings.keys.sorted().map(\.description) == ["BTC-OLD", "KRW-BTC", "KRW-NEW"])
    }

    @Test func aWarningIsAChange() throws {
        var watch = MarketWatch()
        _ = try watch.heard(list("KRW-BTC"))
        let warned = try listing("KRW-BTC", hasWarning: true)
        #expect(try watch.heard([warned]) == [.changed(warned)])
        #expect(try watch.heard([warned]).isEmpty)
    }

    @Test func aListWithoutMostMarketsIsNotBelievedAtOnce() throws {
        var watch = MarketWatch()
        _ = try watch.heard(list("KRW-A", "KRW-B", "KRW-C", "KRW-D"))
        #expect(throws: CaptureError.self) { try watch.heard([]) }
        #expect(throws: CaptureError.self) { try watch.heard(list("KRW-A")) }
        #expect(watch.listings.count == 4)
        #expect(try watch.heard(list("KRW-A", "KRW-B", "KRW-C", "KRW-D")).isEmpty)
        for _ in 1..<MarketWatch.implausibleMax {
            #expect(throws: CaptureError.self) { try watch.heard(list("KRW-A")) }
        }
        #expect(try watch.heard(list("KRW-A")).count == 3)
        #expect(watch.listings.count == 1, "what is said again and again is believed")
        for _ in 0..<20 { #expect(throws: CaptureError.self) { try watch.heard([]) } }
        #expect(watch.listings.count == 1, "no exchange is empty")
    }

    @Test func selectionsAreCodesQuotesOrAll() throws {
        let won = try MarketSelection(["krw-*", "BTC-ETH"])
        for (code, isIn) in [("KRW-BTC", true), ("BTC-ETH", true), ("BTC-XRP", false), ("USDT-BTC", false)] {
            #expect(won.matches(try Symbol(code)) == isIn, "\(code)")
        }
        #expect(won.named == [try Symbol("BTC-ETH")])
        #expect(try MarketSelection(["all"]).matches(try Symbol("USDT-BTC")))
        for wrong in [[], ["*-BTC"], ["BTC"], ["KRW-*-*"], [""], ["-*"]] {
            let error = #expect(throws: CaptureError.self) { try MarketSelection(wrong) }
            #expect(error?.code == .badSetting && error?.remedy != nil)
        }
    }
}
