import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct ArchiveRoundTripTests {
    /// `YEOUL_TORTURE=1` does it on each engine.
    private static let engines: [EngineName] =
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? [.native] : TestEngines.all

    @Test(arguments: engines)
    func aMillionRowsComeBackAsTheyWere(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.insertTrades(1_000_000, daysAgo: 40)
        let before = try await fixture.contentOfTrades()
        let report = try await fixture.upkeep().run()
        #expect(report.failures.isEmpty, "\(report.text)")
        #expect(try await fixture.countTrades(daysAgo: 40) == 0)
        let entry = try #require(try fixture.archive.entries().first)
        #expect(entry.manifest.rows == 1_000_000 && entry.manifest.blocks.count > 10)
        let outcome = try await ArchiveService(fixture.archive).restore(
            entry, on: fixture.connection, now: fixture.now)
        #expect(outcome == .init(rowsRead: 1_000_000, rowsAdded: 1_000_000))
        #expect(try await fixture.contentOfTrades() == before)
    }
}
