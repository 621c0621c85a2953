import Exchange
import Foundation
import Market
import TestKit
import Testing

@Suite(.oneAtATime) struct LedgerTests {
    func entries(_ count: Int) throws -> [LedgerEntry] {
        var random = SeededRandom(seed: 3)
        let symbols = try ["KRW-BTC", "KRW-PEPE", "USDT-ETH"].map { try Symbol($0) }
        return (0..<count).map { index in
            let price = Int64.random(in: 1...20_000_000_000_000_000, using: &random)
            let volume = Int128(UInt64.random(in: 1...UInt64.max, using: &random)) << Int128(index % 40)
            let trade = ModelTrade(
                milliseconds: 1_772_409_600_000 + Int64(index / 3), number: Int32(index % 3), price: price,
                volume: volume, isBuy: Bool.random(using: &random))
            return LedgerEntry(
                symbol: symbols[index % 3], trade: trade, publishedMilliseconds: trade.milliseconds + 41,
                fate: LedgerEntry.Fate.allCases[index % 7 == 0 ? index % 3 : 0])
        }
    }

    func write(_ entries: [LedgerEntry], to path: String, flushEvery: Int = 1_000) throws {
        let writer = try LedgerWriter(path: path)
        for (index, entry) in entries.enumerated() {
            writer.append(entry)
            if index % flushEvery == flushEvery - 1 { try writer.flush() }
        }
        try writer.flush()
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder(named: "a ledger")
        let entries = try entries(120_000)
        try write(entries, to: folder.path(of: "ledger"), flushEvery: 50_000)
        let ledger = try Ledger(path: folder.path(of: "ledger"))
        #expect(ledger.entries == entries)
        #expect(ledger.tornBytes == 0)
    }

    @Test func aTradeTakesFewBytes() throws {
        let folder = try TemporaryFolder()
        var venue = Venue(try plan(50, rate: 1_000).models, now: monday)
        let writer = try LedgerWriter(path: folder.path(of: "ledger"))
        var count = 0
        while let event = venue.next(by: monday + 60_000) {
            guard case .trade(let market, let trade, let published) = event else { continue }
            writer.append(
                LedgerEntry(
                    symbol: venue.spec(market).symbol, trade: trade, publishedMilliseconds: published,
                    fate: .printed))
            count += 1
        }
        try writer.flush()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(of: "ledger"))).count
        #expect(count > 1_000 && bytes < count * 24, "\(bytes) bytes for \(count) trades")
    }

    @Test func aTornTailIsCutAndDamageIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "ledger")
        let entries = try entries(3_000)
        try write(entries, to: path)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var whole: Set<Int> = []
        for cut in stride(from: bytes.count, to: bytes.count - 2_000, by: -37) {
            let ledger = try Ledger(bytes: Array(bytes[..<cut]), path: path)
            #expect(entries.starts(with: ledger.entries))
            #expect((ledger.tornBytes == 0) == (cut == bytes.count))
            whole.insert(ledger.entries.count)
        }
        #expect(whole == [3_000, 2_000])
        var damaged = bytes
        damaged[200] ^= 1
        let error = #expect(throws: ExchangeError.self) { try Ledger(bytes: damaged, path: path) }
        #expect(error?.code == .badLedger && error?.what.contains("byte 8") == true)
        #expect(throws: ExchangeError.self) { try Ledger(bytes: Array("nonsense!".utf8), path: path) }
        #expect(try Ledger(bytes: [], path: path).entries.isEmpty)
    }

    @Test func aLedgerThatCannotBeWrittenSaysSo() throws {
        let error = #expect(throws: ExchangeError.self) { _ = try LedgerWriter(path: "/nowhere/ledger") }
        #expect(error?.place == "/nowhere/ledger" && error?.remedy != nil)
    }
}
