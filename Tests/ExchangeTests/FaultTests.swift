import Exchange
import Market
import TestKit
import Testing
import Upbit

/// Faults of trades, as those who listen and those who ask afterwards see them.
@Suite(.oneAtATime) struct FaultTests {
    func listen(_ faults: FaultSettings) throws -> (bench: HubBench, session: Int) {
        var bench = try HubBench(faults: faults)
        let session = try bench.connect()
        bench.send(
            "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"],\"is_only_realtime\":true}]",
            on: session)
        bench.run(milliseconds: 30_000)
        // Without trades that were held back.
        var rest = FaultSettings()
        rest.ending = .clean
        bench.hub.change(rest, now: bench.now)
        bench.run(milliseconds: 2_000)
        return (bench, session)
    }

    func ids(_ bench: HubBench, _ fates: Set<LedgerEntry.Fate>) -> [Int64] {
        bench.ledger.filter { $0.symbol.description == "KRW-XRP" && fates.contains($0.fate) }
            .map(\.trade.sequentialID)
    }

    /// What `/trades/ticks` knows of the same time.
    func asked(_ bench: HubBench, _ faults: FaultSettings) throws -> Set<Int64> {
        var engine = RESTEngine(plan: bench.plan, profile: .upbit, faults: faults, seed: 7, isLimited: false)
        // As the hub was told when it had run for half a minute.
        engine.change(FaultSettings(), market: bench.market - 2_000)
        let decoder = RESTDecoder()
        var ids: Set<Int64> = []
        var cursor: String?
        for call in 0..<10 {
            var query = ["market": "KRW-XRP", "count": "500"]
            query["cursor"] = cursor
            let reply = engine.answer(
                RESTCall("/v1/trades/ticks", query), market: bench.market, now: Int64(call))
            let rows = try reply.body.withUnsafeBytes { try decoder.trades($0, receivedAt: .epoch) }
            ids.formUnion(rows.map(\.trade.sequentialID))
            cursor = rows.last.map { "\($0.trade.sequentialID)" }
        }
        return ids
    }

    @Test func duplicatesAreTheSameTradeTwice() throws {
        var faults = FaultSettings()
        faults.duplicateShare = 0.1
        var (bench, session) = try listen(faults)
        let received = bench.messages(session).compactMap { $0.trade?.trade.sequentialID }
        let all = ids(bench, [.printed])
        #expect(received.count > all.count + all.count / 25)
        #expect(Set(received) == Set(all))
        #expect(zip(received, received.dropFirst()).contains { $0 == $1 })
    }

    @Test func someTradesComeLate() throws {
        var faults = FaultSettings()
        faults.reorderShare = 0.1
        var (bench, session) = try listen(faults)
        let received = bench.messages(session).compactMap { $0.trade?.trade.sequentialID }
        let all = ids(bench, [.printed])
        #expect(received != all && received.sorted() == all)
        #expect(zip(received, received.dropFirst()).filter { $0 > $1 }.count > all.count / 40)
    }

    @Test func droppedTradesAreKnownToRESTAndLostOnesToNobody() throws {
        var faults = FaultSettings()
        faults.dropShare = 0.05
        faults.loseShare = 0.05
        var (bench, session) = try listen(faults)
        let received = bench.messages(session).compactMap { $0.trade?.trade.sequentialID }
        #expect(received == ids(bench, [.printed]))
        let (dropped, lost) = (ids(bench, [.dropped]), ids(bench, [.lost]))
        #expect(dropped.count > 10 && lost.count > 10)
        let asked = try asked(bench, faults)
        #expect(asked.isSuperset(of: dropped) && asked.isSuperset(of: received))
        #expect(asked.isDisjoint(with: lost))
    }

    @Test func candlesAndTickersCountLostTrades() throws {
        var faults = FaultSettings()
        faults.loseShare = 0.3
        var bench = try HubBench(faults: faults)
        let session = try bench.connect()
        bench.send("[{\"ticket\":\"t\"},{\"type\":\"ticker\",\"codes\":[\"KRW-XRP\"]}]", on: session)
        bench.run(milliseconds: 10_000)
        let tickers = bench.messages(session).compactMap(\.ticker)
        let (first, last) = (try #require(tickers.first), try #require(tickers.last))
        let printed = bench.ledger.filter { $0.symbol.description == "KRW-XRP" }
        #expect(printed.contains { $0.fate == .lost })
        let volume = printed.reduce(Int128(0)) { $0 + $1.trade.volume } * 100_000_000
        #expect(last.accVolume.unscaled - first.accVolume.unscaled == volume)
    }

    @Test func brokenFramesAreNoJSONAndTheirTradesAreKnownToREST() throws {
        var faults = FaultSettings()
        faults.corruptShare = 0.1
        var (bench, session) = try listen(faults)
        let frames = bench.take(session)
        let broken = frames.filter { $0.last != 0x7D }
        #expect(broken.count == ids(bench, [.dropped]).count && broken.count > 10)
        #expect(decoded(frames).count == frames.count - broken.count)
        #expect(try asked(bench, faults).isSuperset(of: ids(bench, [.dropped])))
    }

    @Test func connectionsEndAndStallAsTheSeedSays() throws {
        func run(_ seed: UInt64) throws -> ([Int: FaultSettings.Ending], [Int: Int64], [Int64]) {
            var faults = FaultSettings()
            faults.endEverySeconds = 20
            faults.ending = .midFrame
            faults.stallEverySeconds = 5
            faults.stallMilliseconds = 700
            var bench = try HubBench(faults: faults, seed: seed)
            var times: [Int64] = []
            for _ in 0..<3 { _ = try bench.connect() }
            for _ in 0..<400 {
                let before = bench.ends.count
                bench.run(milliseconds: 100, step: 100)
                if bench.ends.count > before { times.append(bench.now) }
            }
            return (bench.ends, bench.stalls, times)
        }
        let (ends, stalls, times) = try run(1)
        #expect(ends == [1: .midFrame, 2: .midFrame, 3: .midFrame] && stalls.values.allSatisfy { $0 == 700 })
        #expect(stalls.count == 3)
        #expect(try run(1).2 == times)
        #expect(try run(2).2 != times)
    }

    @Test func inMaintenanceSocketsAreSilentAndRESTHangs() throws {
        var bench = try HubBench()
        let session = try bench.connect()
        bench.send("[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\"]}]", on: session)
        bench.run(milliseconds: 1_000)
        _ = bench.take(session)
        bench.hub.change(FaultProfile.maintenance.settings, now: bench.now)
        bench.run(milliseconds: 3_000)
        #expect(bench.take(session).isEmpty)
        bench.hub.change(FaultSettings(), now: bench.now)
        bench.run(milliseconds: 3_000)
        #expect(!bench.take(session).isEmpty)
        var engine = RESTEngine(
            plan: bench.plan, profile: .upbit, faults: FaultProfile.maintenance.settings, seed: 7)
        #expect(engine.answer(RESTCall("/v1/market/all"), market: bench.market, now: 0).hangs)
    }

    @Test func settingsAreReadWrittenAndRefused() throws {
        var settings = FaultSettings()
        let members = try #require(JSONValue(Array(FaultProfile.storm.settings.json.utf8))?.object)
        try settings.merge(members)
        #expect(settings == FaultProfile.storm.settings)
        for (text, word) in [
            ("{\"drop_shares\":0.1}", "drop_shares"), ("{\"drop_share\":2}", "drop_share"),
            ("{\"ending\":\"boom\"}", "ending"), ("{\"maintenance\":1}", "maintenance"),
            ("{\"upgrade_status\":200}", "upgrade_status"), ("{\"stall_milliseconds\":1.5}", "stall"),
        ] {
            let wrong = try #require(JSONValue(Array(text.utf8))?.object)
            let error = #expect(throws: ExchangeError.self) { try settings.merge(wrong) }
            #expect(error?.what.contains(word) == true && error?.remedy != nil)
        }
        #expect(settings == FaultProfile.storm.settings, "a wrong order changes nothing")
        #expect(throws: ExchangeError.self) { try FaultProfile.named("hurricane") }
        for text in ["", "{", "[1,]", "{\"a\":01x}", String(repeating: "[", count: 100), "\"\\u12\""] {
            #expect(JSONValue(Array(text.utf8)) == nil, "\(text)")
        }
        #expect(JSONValue(Array("\"\\ud83d\\ude00\\n\"".utf8)) == .string("😀\n"))
    }
}
