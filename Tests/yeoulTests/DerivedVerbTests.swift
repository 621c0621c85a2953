import Database
import Derivation
import Foundation
import Market
import Storage
import TestKit
import Testing
import yeoul

/// `verify --derived`, run as the built program on a database of its own.
@Suite struct DerivedVerbTests {
    private let start: Instant

    init() {
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        start = Timeframe.hour1.start(of: now.adding(seconds: -7_200))
    }

    /// An hour of a trade a minute, with what is derived from it.
    private func fill(_ connection: BlockingConnection) throws {
        let end = start.adding(seconds: 3_700)
        let trades = try (0..<60).map { minute in
            let time = start.adding(seconds: Int64(minute) * 60)
            return Trade(
                time: time, symbol: try Symbol("KRW-BTC"), sequentialID: Int64(minute + 1),
                price: Decimal8(1_000 + minute % 7), volume: Decimal8(2), side: .buy, receivedAt: time)
        }
        let derivation = Derivation(try DerivationSettings()) { end }
        derivation.willCommit(through: end)
        var writer = try MarketWriter(connection)
        _ = try writer.commit(MarketBatch(trades: trades), now: end, participants: [derivation])
    }

    @Test func whatIsDerivedIsComparedColumnByColumn() async throws {
        let scratch = try await ScratchDatabase.make()
        _ = try await Migrator(
            scratch.options, instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "t"),
            engine: .native, program: "test", set: .embedded()
        ).migrate()
        let connection = try BlockingConnection.connect(scratch.options)
        defer { try? connection.close() }
        try fill(connection)
        let server = scratch.server
        let url =
            "postgresql://\(ScratchServer.user)@/\(scratch.name)?host=\(server.folder)&port=\(server.port)"
        let folder = try TemporaryFolder(named: "yeoul derived")
        func verify(_ words: String...) async throws -> YeoulProgram.Result {
            try await YeoulProgram.run(
                ["verify", "--data-folder", folder.path] + words,
                environment: ["HOME": folder.path, "DATABASE_URL": url], folder: folder.path)
        }

        let equal = try await verify("--derived")
        #expect(equal.status == 0 && equal.output.contains(" 0 differ"), "\(equal)")
        #expect(!equal.output.hasPrefix("0 candles"), "\(equal)")
        try connection.query(
            "UPDATE market.candles_intraday SET high = high + 1 WHERE timeframe = '1h'")
        let different = try await verify("--derived")
        #expect(different.status == 1, "\(different)")
        #expect(different.output.contains("KRW-BTC 1h"), "\(different)")
        #expect(different.output.contains("high 1007"), "\(different)")
        let json = try await verify("--derived", "--market", "KRW-BTC", "--json")
        #expect(json.status == 1 && json.output.contains("\"timeframe\":\"1h\""), "\(json)")
        let parsed = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(parsed?["different"] as? Int == 1 && (parsed?["candles"] as? Int ?? 0) > 60)
        #expect(try await verify("--derived", "--market", "KRW-ETH").status == 0)
        // Options that would do nothing are refused.
        #expect(try await verify("--derived", "--since", "1h").status == 2)
        #expect(try await verify("--derived", "--ledger", "x", "--journalled").status == 2)
    }
}
