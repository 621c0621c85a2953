import Capture
import Database
import Diagnostics
import Exchange
import Foundation
import Market
import Network
import Quotation
import Storage
import TestKit
import Testing
import Upbit

/// The whole capture against the built-in exchange at its worst: what REST knows comes back, what nobody
/// knows is an unfillable gap, and nothing differs. With YEOUL_TORTURE=1 every fault profile for two minutes
/// at 2,000 trades a second (YEOUL_STORM_SECONDS; YEOUL_STORM_PROFILES names
/// some of them).
@Suite(.serialized) struct CaptureProofTests {
    private static let isTorture = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] != nil
    private static let seconds =
        ProcessInfo.processInfo.environment["YEOUL_STORM_SECONDS"].flatMap { Int($0) } ?? 120
    private static var profiles: [FaultProfile] {
        guard isTorture else { return [.storm] }
        let all: [FaultProfile] = [.none, .flaky, .dirty, .lossy, .slowREST, .storm]
        guard let names = ProcessInfo.processInfo.environment["YEOUL_STORM_PROFILES"] else { return all }
        return names.split(separator: ",").compactMap { FaultProfile(rawValue: String($0)) }
    }

    private struct Rig {
        let folder: TemporaryFolder
        let exchange: ExchangeServer
        let database: CaptureDatabase
        let service: CaptureService
        let ledgerPath: String
    }

    private func start(_ faults: FaultSettings) async throws -> Rig {
        let folder = try TemporaryFolder(named: "yeoul-proof")
        var settings = ExchangeSettings()
        settings.markets = Self.isTorture ? 40 : 6
        settings.tradesPerSecond = Self.isTorture ? 2_000 : 150
        settings.isSteady = true
        settings.isLimited = false
        settings.ledgerPath = folder.path(of: "ledger")
        settings.faults = faults
        let exchange = try ExchangeServer(settings)
        let database = try await CaptureDatabase.make()
        let profile = Profile.builtIn(port: Int(try Address(exchange.addresses.rest).port))
        let budget = try RateBudgetFile(path: folder.path(of: "budget"), table: .upbit)
        var parts = CaptureParts(
            selection: try MarketSelection(["all"]), plan: try ConnectionPlan(connections: 2, copies: 1),
            sessions: try SessionSettings(
                profile: profile, webSocketURL: exchange.addresses.websocket, connections: 2,
                channels: [.trade, .ticker], seed: 5),
            quotation: QuotationClient(profile, http: try HTTPClient(), budget: budget), budget: budget,
            journalFolder: folder.path(of: "journal"),
            commit: CommitSettings(
                options: database.options, instance: CaptureDatabase.instance,
                schemaVersion: try MigrationSet.embedded().newestNumber,
                quarantineFolder: folder.path(of: "quarantine")), directOptions: database.options)
        var proof = ProofParts.Settings()
        // Of the product's windows too few end in a short storm.
        if !Self.isTorture || Self.seconds < 60 {
            proof.stream.windowMilliseconds = 2_000
            proof.stream.settleMilliseconds = 1_500
        }
        proof.proof.candle.secondLookMilliseconds = 5_000
        proof.proof.disputes.pausesMilliseconds = [200, 500, 1_000]
        proof.proof.disputes.failureMilliseconds = 1_000
        parts.proof = proof
        let service = try CaptureService(
            parts,
            logger: Logger(component: "test", output: LogOutput(level: Self.isTorture ? .warning : .critical))
        )
        return Rig(
            folder: folder, exchange: exchange, database: database, service: service,
            ledgerPath: folder.path(of: "ledger"))
    }

    /// What of the ledger's trades in a time is neither stored nor told.
    private func unsettled(_ rig: Rig, _ range: Range<Instant>, _ connection: Connection) async throws -> (
        expected: Int, lost: [LedgerEntry], open: [String]
    ) {
        let entries = try Ledger(path: rig.ledgerPath).entries.filter {
            range.contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
        }
        let gaps = try await GapTable.list(
            since: .epoch, symbol: nil, status: .unfillable, limit: 100_000, on: connection)
        var open: [String] = []
        for (symbol, printed) in Dictionary(grouping: entries, by: \.symbol) {
            let stored = try await TradeQueries.list(symbol, range, most: 10_000_000, on: connection) ?? []
            let ids = Set(stored.map(\.sequentialID))
            #expect(ids.count == stored.count, "each once")
            for entry in printed where entry.fate != .lost && !ids.contains(entry.trade.sequentialID) {
                open.append("missing: \(entry.line)")
            }
            for entry in printed where entry.fate == .lost {
                let time = Instant(microseconds: entry.trade.milliseconds * 1_000)
                if !gaps.contains(where: { $0.symbol == symbol && $0.interval.contains(time) }) {
                    open.append("hidden: \(entry.line)")
                }
            }
        }
        return (entries.count, entries.filter { $0.fate == .lost }, open)
    }

    /// Until the exchange has printed enough since then, and lost some of it if it loses any. Two minutes at
    /// most.
    private func waitForTrades(_ rig: Rig, since from: Instant, lossesToo: Bool) async throws {
        for _ in 0..<120 {
            let seen = from..<max(from, rig.service.time.now.adding(seconds: -1))
            let printed = try Ledger(path: rig.ledgerPath).entries.filter {
                seen.contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
            }
            if printed.count >= 500, !lossesToo || printed.contains(where: { $0.fate == .lost }) { return }
            try await Task.sleep(for: .seconds(1))
        }
    }

    @Test(arguments: profiles)
    func whateverGoesWrongEverythingIsStoredOrToldAfterwards(profile: FaultProfile) async throws {
        var faults = profile.settings
        if !Self.isTorture {
            // More in less time.
            faults.endEverySeconds = min(faults.endEverySeconds, 8)
            faults.stallEverySeconds = 0
            faults.loseShare = 0.004
            faults.restDelayMilliseconds = min(faults.restDelayMilliseconds, 100)
            faults.restHangShare = 0
        }
        let rig = try await start(faults)
        let connection = try await Connection.connect(rig.database.options)
        while rig.service.figures.trades == 0 { try await Task.sleep(for: .milliseconds(50)) }
        try await Task.sleep(for: .seconds(2))
        let from = rig.service.time.now
        try await Task.sleep(for: .seconds(Self.isTorture ? Self.seconds : 15))
        try await waitForTrades(rig, since: from, lossesToo: faults.loseShare > 0)
        let to = rig.service.time.now.adding(seconds: -1)
        // Otherwise there would always be more to repair, the busiest markets first, than calls are allowed.
        let calm = try await HTTPClient().perform(
            HTTPCall(
                try Address(rig.exchange.addresses.control + "/control/faults"), method: "POST",
                body: Array("{\"profile\":\"none\"}".utf8), firstByteMillisecondsMax: 60_000,
                totalMillisecondsMax: 60_000))
        #expect(calm.status == 200, "\(calm.text)")
        let settling = ContinuousClock.now
        var last = try await unsettled(rig, from..<to, connection)
        let deadline = ContinuousClock.now + .seconds(Self.isTorture ? 400 : 90)
        while !last.open.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(1))
            last = try await unsettled(rig, from..<to, connection)
        }
        let seconds = (ContinuousClock.now - settling).components.seconds
        let counts = "\(last.expected) trades, \(last.lost.count) lost, \(last.open.count) open"
        print("▸ \(profile.rawValue): \(counts); settled after \(seconds) s")
        await rig.service.stop()
        rig.exchange.stop()
        #expect(last.open.isEmpty, "\(last.open.count) of \(last.expected), such as \(last.open.prefix(3))")
        #expect(last.expected >= 500)
        if faults.loseShare > 0 { #expect(!last.lost.isEmpty, "the test is worth nothing without one") }
        let ranges = try await ReconciliationTable.list(since: .epoch, symbol: nil, on: connection)
        let different = ranges.filter { $0.status == .different }
        #expect(different.isEmpty, "\(different.count), such as \(different.prefix(3))")
        #expect(ranges.contains { $0.method == .ticker && $0.status == .proven })
        let drifts = try await ReconciliationTable.drifts(
            since: .epoch, now: to, symbol: nil, on: connection)
        #expect(drifts.isEmpty)
        // Only where something is lost, and to the millisecond as a rule.
        let unfillable = try await GapTable.list(
            since: .epoch, symbol: nil, status: .unfillable, limit: 100_000, on: connection
        ).filter { from..<to ~= $0.interval.lowerBound && $0.interval.upperBound < to }
        for gap in unfillable {
            #expect(
                last.lost.contains {
                    $0.symbol == gap.symbol
                        && gap.interval.contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
                }, "nothing is lost in \(gap.symbol) \(gap.interval)")
        }
    }
}
