import Database
import Exchange
import Foundation
import Market
import Network
import Storage
import TestKit
import Testing

/// The whole program in a storm, killed at random: afterwards the store is the exchange's ledger, and what
/// nobody can give back is told. With YEOUL_TORTURE=1 every fault profile, one after another, two minutes each
/// at 2,000 trades a second (YEOUL_STORM_SECONDS; YEOUL_STORM_PROFILES names some of them).
@Suite(.serialized) struct StormProcessTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["YEOUL_STORM_SECONDS"].flatMap { Int($0) } ?? 120

    /// What takes longest to settle first: a loss is told after three repairs, in six minutes.
    private static var profiles: [FaultProfile] {
        guard CaptureTown.isTorture else { return [.flaky] }
        let all: [FaultProfile] = [.lossy, .storm, .dirty, .slowREST, .flaky, .none]
        guard let names = environment["YEOUL_STORM_PROFILES"] else { return all }
        return names.split(separator: ",").compactMap { FaultProfile(rawValue: String($0)) }
    }

    private struct Outcome {
        var verified: YeoulProgram.Result
        var proof: YeoulProgram.Result
        var isSettled: Bool
        var ledger: [LedgerEntry]
        var gaps: [Gap]
        var ranges: [ReconciledRange]
        var range: Range<Instant>

        /// What was told of the time of a trade.
        func told(_ entry: LedgerEntry) -> String {
            let time = Instant(microseconds: entry.trade.milliseconds * 1_000)
            let found = ranges.filter { $0.symbol == entry.symbol && $0.interval.contains(time) }.map {
                "\($0.method) \($0.interval) \($0.status) attempts \($0.attempts) of \($0.exchange.volume) stored \($0.ours.volume)"
            }
            return found.joined(separator: "; ")
        }
    }

    /// What the exchange has printed until a moment, in a ledger of its own: it goes on printing.
    private func cutLedger(_ town: CaptureTown, before end: Instant) throws -> (String, [LedgerEntry]) {
        let path = town.folder.path(of: "ledger-until-then")
        let entries = try Ledger(path: town.ledger).entries.filter {
            $0.trade.milliseconds < end.milliseconds
        }
        let writer = try LedgerWriter(path: path)
        for entry in entries { writer.append(entry) }
        try writer.flush()
        return (path, entries)
    }

    private func setFaults(_ town: CaptureTown, _ json: String) async throws {
        let answer = try await HTTPClient().perform(
            HTTPCall(
                try Address(town.controlURL + "/control/faults"), method: "POST", body: Array(json.utf8),
                firstByteMillisecondsMax: 60_000, totalMillisecondsMax: 60_000))
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// The trades from the exchange's start to the capture's are no gap; whoever wants them fetches them.
    private func refillTheBeginning(_ town: CaptureTown) async throws {
        let connection = try await Connection.connect(town.server.options(database: "capture"))
        defer { try? connection.close() }
        let first = try #require(try Ledger(path: town.ledger).entries.map(\.trade.milliseconds).min())
        let from = Instant(microseconds: first * 1_000).adding(seconds: -1)
        let symbols = Set(try Ledger(path: town.ledger).entries.map(\.symbol))
        let to = Instant(microseconds: WallClock.unixMicroseconds())
        try await GapTable.write(
            symbols.map { Gap($0, from..<to, reason: Gap.Reason.manual) }, on: connection)
    }

    /// Everything before `end` is fetched, repaired and judged.
    private func isSettled(_ town: CaptureTown, until end: Instant, judged: Bool) async throws -> Bool {
        let connection = try await Connection.connect(town.server.options(database: "capture"))
        defer { try? connection.close() }
        guard try await GapTable.open(on: connection).isEmpty else { return false }
        guard judged else { return true }
        let newest = try await ReconciliationTable.newest(.candle, since: .epoch, on: connection)
        let markets = Set(try Ledger(path: town.ledger).entries.map(\.symbol))
        guard Set(newest.map(\.symbol)) == markets, newest.allSatisfy({ $0.interval.upperBound >= end })
        else {
            return false
        }
        let holes = try await ReconciliationTable.holes(
            .candle, since: .epoch, secondsMax: 86_400, on: connection)
        let beginnings = try await ReconciliationTable.beginnings(
            .candle, since: .epoch, secondsMax: 86_400, on: connection)
        return holes.isEmpty && beginnings.isEmpty
    }

    /// Kills the capture at random times for so long; returns the last one.
    private func storm(
        _ town: CaptureTown, _ capture: CaptureProcess, seconds: Int
    ) async throws -> CaptureProcess {
        var capture = capture
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            let most = CaptureTown.isTorture ? min(20_000, max(2_001, seconds * 500)) : 5_000
            try await Task.sleep(for: .milliseconds(Int.random(in: 2_000...most)))
            capture.signal(SIGKILL)
            #expect(try await capture.status() == -SIGKILL)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_500)))
            capture = try town.capture()
        }
        return capture
    }

    private func run(_ profiles: [FaultProfile]) async throws -> Outcome {
        let isTorture = CaptureTown.isTorture
        let first = try #require(profiles.first, "YEOUL_STORM_PROFILES names none")
        let town = try await CaptureTown(
            tradesPerSecond: isTorture ? 2_000 : 200, markets: 10,
            exchangeOptions: ["--faults", first.rawValue])
        var capture = try town.capture()
        let began = try await CaptureTown.eventually(seconds: 60) { try await town.count() > 200 }
        #expect(began, "\(capture.output)")
        // Nobody judges a part of a minute: candles are of whole ones, and no run lives long enough for
        // windows of tickers.
        let judgedFrom = Timeframe.minute1.next(
            after: Instant(microseconds: WallClock.unixMicroseconds()))
        try await refillTheBeginning(town)
        for profile in profiles {
            try await setFaults(town, "{\"profile\":\"\(profile.rawValue)\"}")
            capture = try await storm(town, capture, seconds: isTorture ? Self.seconds : 8)
        }
        let live = try await CaptureTown.eventually(seconds: 60) { capture.output.contains("is live") }
        #expect(live, "\(capture.output)")
        try await setFaults(town, "{\"profile\":\"none\"}")
        let calm = Instant(microseconds: WallClock.unixMicroseconds()).adding(seconds: 2)
        try await Task.sleep(for: .seconds(4))
        let (ledger, entries) = try cutLedger(town, before: calm)
        let until = Timeframe.minute1.next(after: calm)
        let settling = ContinuousClock.now
        // Three repairs take six minutes with the pauses of the product.
        let settled = try await CaptureTown.eventually(seconds: isTorture ? 1_200 : 120) {
            try await Task.sleep(for: .seconds(1))
            return try await isSettled(town, until: until, judged: isTorture)
        }
        capture.signal(SIGTERM)
        #expect(try await capture.status(seconds: 60) == 0, "\(capture.output)")
        print("▸ storms of \(profiles.map(\.rawValue)): settled after \(ContinuousClock.now - settling)")
        try await town.checkDerived("storms of \(profiles.map(\.rawValue))")
        let connection = try await Connection.connect(town.server.options(database: "capture"))
        defer { try? connection.close() }
        return Outcome(
            verified: try await town.verify(["--ledger", ledger]), proof: try await town.verify([]),
            isSettled: settled, ledger: entries,
            gaps: try await GapTable.list(
                since: .epoch, symbol: nil, status: .unfillable, limit: GapTable.rowsMax, on: connection),
            ranges: try await ReconciliationTable.list(since: .epoch, symbol: nil, on: connection),
            range: judgedFrom..<until)
    }

    @Test func afterStormsWithKillsTheStoreIsTheLedgerAndWhatIsLostIsTold() async throws {
        let outcome = try await run(Self.profiles)
        #expect(outcome.isSettled, "open gaps, or minutes without a verdict")
        #expect(outcome.verified.status == 0, "\(outcome.verified.output) \(outcome.verified.errors)")
        #expect(outcome.proof.status == 0, "\(outcome.proof.output) \(outcome.proof.errors)")
        #expect(outcome.ledger.count > (CaptureTown.isTorture ? 1_500 * Self.seconds : 1_500))
        guard CaptureTown.isTorture else { return }
        print("▸ \(outcome.verified.output.prefix { $0 != "[" }) \(outcome.gaps.count) unfillable gaps")
        let lost = outcome.ledger.filter { $0.fate == .lost }
        for entry in lost {
            let time = Instant(microseconds: entry.trade.milliseconds * 1_000)
            guard outcome.range.contains(time) else { continue }
            #expect(
                outcome.gaps.contains { $0.symbol == entry.symbol && $0.interval.contains(time) },
                "hidden: \(entry.line): \(outcome.told(entry))")
        }
        for gap in outcome.gaps where outcome.range.contains(gap.interval.lowerBound) {
            let near =
                gap.interval.lowerBound.adding(seconds: -1)..<gap.interval.upperBound.adding(seconds: 1)
            #expect(
                lost.contains {
                    $0.symbol == gap.symbol
                        && near.contains(Instant(microseconds: $0.trade.milliseconds * 1_000))
                }, "nothing is lost in \(gap.symbol) \(gap.interval)")
        }
    }
}
