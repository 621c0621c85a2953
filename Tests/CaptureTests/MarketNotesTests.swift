import Capture
import Database
import Foundation
import Market
import Storage
import TestKit
import Testing
import Upbit

/// The history of the markets, as the commits of captures leave it.
@Suite struct MarketNotesTests {
    private static let start = Instant(microseconds: 1_700_000_000_000_000)

    private func listing(_ code: String, _ name: String) throws -> MarketListing {
        MarketListing(symbol: try Symbol(code), koreanName: name, englishName: name)
    }

    /// One process: it hears the lists and commits after each.
    private func hear(
        _ lists: [[MarketListing]], at seconds: Int64, _ database: CaptureDatabase
    ) throws {
        let notes = MarketNotes(try MarketSelection(["all"]), time: ExchangeTime())
        var watch = MarketWatch()
        let connection = try BlockingConnection.connect(database.options)
        defer { try? connection.close() }
        for (index, list) in lists.enumerated() {
            let time = Self.start.adding(seconds: seconds + Int64(index) * 60)
            let changes = try watch.heard(list)
            notes.marketsChanged(changes, listings: watch.listings, at: time)
            guard notes.isDue(at: nil) else { continue }
            // The first attempt is taken back.
            try? connection.transaction { connection in
                try notes.takePart(in: connection, with: MarketBatch())
                try connection.query("SELECT 1 / 0")
            }
            notes.didNotCommit()
            try connection.transaction { try notes.takePart(in: $0, with: MarketBatch()) }
            notes.didCommit()
            #expect(!notes.isDue(at: nil))
        }
    }

    private func rows(_ database: CaptureDatabase) async throws -> String {
        try await database.answer(
            """
            SELECT string_agg(concat_ws(' ', symbol, extract(epoch FROM valid_from) - 1700000000,
                extract(epoch FROM valid_to) - 1700000000, state, renamed_from), '; ' ORDER BY symbol, valid_from)
            FROM market.markets
            """
        ).replacingOccurrences(of: ".000000", with: "")
    }

    @Test func whatHappenedWhileNobodyLookedOnIsNotedAtTheNextStart() async throws {
        let database = try await CaptureDatabase.make()
        let (a, b, c) = (
            try listing("KRW-A", "Aaa"), try listing("KRW-B", "Bbb"), try listing("KRW-C", "Ccc")
        )
        let (d, others) = (try listing("KRW-D", "Bbb"), try ["KRW-X", "KRW-Y"].map { try listing($0, $0) })
        try hear([[a, b, c] + others], at: 0, database)
        // C is gone, B has another code; nothing of A has changed.
        try hear([[a, d] + others], at: 100, database)
        let once = try await rows(database)
        #expect(once.contains("KRW-C 0 ACTIVE"), "one list alone ends no market")
        try hear([[a, d] + others, [a, d] + others], at: 140, database)
        let then = try await rows(database)
        #expect(
            then == "KRW-A 0 ACTIVE; KRW-B 0 100 DELISTED; KRW-C 0 200 DELISTED; KRW-D 100 ACTIVE KRW-B; "
                + "KRW-X 0 ACTIVE; KRW-Y 0 ACTIVE")
        // C is listed again, while a process looks on.
        try hear([[a, d] + others, [a, d, c] + others], at: 300, database)
        let now = try await rows(database)
        #expect(now.contains("KRW-C 0 200 DELISTED; KRW-C 360 ACTIVE; KRW-D 100 ACTIVE"))
        // The first list of a start lacks it; the second has it.
        try hear([[a, d] + others, [a, d, c] + others], at: 400, database)
        let still = try await rows(database)
        #expect(still == now)
    }

    @Test func aFirstListWithoutMostMarketsIsNotBelieved() async throws {
        let database = try await CaptureDatabase.make()
        let all = try (0..<6).map { try listing("KRW-M\($0)", "Name\($0)") }
        try hear([all], at: 0, database)
        try hear([Array(all.prefix(2))], at: 100, database)
        #expect(try await rows(database).contains("DELISTED") == false)
    }
}
