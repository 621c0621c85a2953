import Database
import Derivation
import Glibc
import Indicators
import Market
import Storage
import TestKit
import Testing

/// Invariant 3: derived equals source, in every committed state.
@Suite struct InvariantTests {
    /// Within what the tables take from now.
    private static let origin = Timeframe.day1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -3 * 86_400)

    @Test(arguments: DerivationDatabase.engines)
    func everyCommittedStateHasTheCandlesOfItsTrades(_ engine: EngineName) async throws {
        let stream = try TradeStream(seed: 1, start: Self.origin, seconds: 7_200, count: 1_500)
        let database = try await DerivationDatabase.make(engine, now: Self.origin)
        var random = SeededRandom(seed: 9)
        var rest = stream.trades[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...120, using: &random))
            rest = rest.dropFirst(batch.count)
            database.clock.now = max(database.clock.now, batch.last?.receivedAt ?? database.clock.now)
            try database.commit(Array(batch))
            let report = try database.verify()
            #expect(report.findingCount == 0, "\(report.findings.prefix(3))")
        }
        database.clock.now = Self.origin.adding(seconds: 3 * 86_400)
        try database.settle()
        let report = try database.verify()
        #expect(report.findingCount == 0 && report.underRepair.isEmpty, "\(report.findings.prefix(3))")
        #expect(report.candles > 300 && report.indicators > 300)
        #expect(try database.lines("SELECT 1 FROM market.repairs WHERE closed_at IS NOT NULL").count > 10)
    }

    /// The same trades in any order, in any batches, twice, late, with crashes between and within commits and
    /// repairs of any length: the same rows bit for bit.
    @Test(arguments: DerivationDatabase.engines)
    func orderBatchesDuplicatesAndCrashesLeaveTheSameRows(_ engine: EngineName) async throws {
        let stream = try TradeStream(seed: 2, start: Self.origin, seconds: 5_400, count: 700)
        let end = Self.origin.adding(seconds: 40_000)
        var expected: [String]?
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            // Repairs that take many commits, so that crashes come between their slices, too.
            let candles = [Derivation.repairCandlesMax, 25, 60][Int(seed % 3)]
            let database = try await DerivationDatabase.make(
                engine, now: Self.origin, settings: try DerivationSettings(repairCandlesMax: candles))
            let saboteur = Saboteur()
            // The first trade of each market decides where its candles begin: it stays the first.
            var trades = stream.trades
            if seed > 0 {
                trades += trades.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
                trades = Array(trades.prefix(30)) + trades.dropFirst(30).shuffled(using: &random)
            }
            var rest = trades[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Int.random(in: 1...150, using: &random))
                rest = rest.dropFirst(batch.count)
                database.clock.now = max(
                    database.clock.now, batch.map(\.receivedAt).max() ?? database.clock.now)
                saboteur.isActive = seed > 1 && Int.random(in: 0..<5, using: &random) == 0
                if saboteur.isActive {
                    #expect(throws: (any Error).self) { try database.commit(Array(batch), with: [saboteur]) }
                    // The process may end there, or try again.
                    if Bool.random(using: &random) { try database.restart() }
                }
                try database.commit(Array(batch))
                if seed > 1, Int.random(in: 0..<4, using: &random) == 0 { try database.restart() }
                if Int.random(in: 0..<3, using: &random) == 0 { try database.settle() }
            }
            database.clock.now = end
            try database.settle()
            let rows = try database.derived()
            #expect(rows.count > 500)
            if let expected {
                let differences = zip(rows, expected).filter { $0 != $1 }
                #expect(
                    rows.count == expected.count && differences.isEmpty, "\(seed): \(differences.prefix(2))")
            } else {
                expected = rows
            }
        }
    }

    /// Takes commits back after derivation has done its part.
    private final class Saboteur: CommitParticipant {
        var isActive = true
        func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
            if isActive { try connection.query("SELECT 1 / 0") }
        }
        func didCommit() {}
        func didNotCommit() {}
    }

    @Test func aCommitThatIsTakenBackLeavesNothingBehind() async throws {
        let stream = try TradeStream(seed: 3, start: Self.origin, seconds: 3_600, count: 300)
        let database = try await DerivationDatabase.make(.native, now: Self.origin)
        let saboteur = Saboteur()
        for start in stride(from: 0, to: stream.trades.count, by: 50) {
            let batch = Array(stream.trades[start..<min(start + 50, stream.trades.count)])
            database.clock.now = max(database.clock.now, batch.last?.receivedAt ?? database.clock.now)
            saboteur.isActive = true
            #expect(throws: (any Error).self) { try database.commit(batch, with: [saboteur]) }
            saboteur.isActive = false
            try database.commit(batch, with: [saboteur])
        }
        let report = try database.verify()
        #expect(report.findingCount == 0, "\(report.findings.prefix(3))")
        #expect(report.candles > 50)
    }

    @Test func theVerifierFindsWhatIsWrong() async throws {
        let stream = try TradeStream(seed: 4, start: Self.origin, seconds: 3_600, count: 300, lateShare: 0)
        let database = try await DerivationDatabase.make(.native, now: Self.origin)
        database.clock.now = Self.origin.adding(seconds: 3_700)
        try database.commit(stream.trades)
        #expect(try database.verify().findingCount == 0)
        try database.connection.execute(
            """
            UPDATE market.candles_intraday SET volume = volume + 1 WHERE timeframe = '5m' AND symbol = 'KRW-BTC'
                AND time = (SELECT min(time) FROM market.candles_intraday WHERE timeframe = '5m' AND symbol = 'KRW-BTC');
            UPDATE market.technical_indicators_intraday SET obv = obv + 1e-6 WHERE timeframe = '3m' AND symbol = 'KRW-ETH'
                AND time = (SELECT max(time) FROM market.technical_indicators_intraday
                    WHERE timeframe = '3m' AND symbol = 'KRW-ETH');
            DELETE FROM market.candles_intraday WHERE timeframe = '1m' AND symbol = 'BTC-XRP'
                AND time = (SELECT max(time) FROM market.candles_intraday WHERE timeframe = '1m' AND symbol = 'BTC-XRP')
            """)
        let details = try database.verify().findings.map(\.description)
        #expect(details.contains { $0.contains("KRW-BTC 5m") && $0.contains("volume") })
        #expect(details.contains { $0.contains("KRW-ETH 3m") && $0.contains("obv") })
        #expect(details.contains { $0.contains("BTC-XRP 1m") && $0.contains("there is no candle") })
    }

    /// Whoever derived them may have had other settings than who looks.
    @Test func theTimeframesThatAreStoredAreLookedAtToo() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.origin)
        let stream = try TradeStream(
            seed: 6, start: Self.origin.adding(seconds: -600), seconds: 600, count: 50, lateShare: 0)
        try database.commit(stream.trades)
        let stored = Set(
            try database.lines("SELECT DISTINCT timeframe FROM market.latest_indicators").map {
                String($0.dropFirst().dropLast())
            })
        let settings = try DerivationSettings(timeframes: [.minute3, .month1], graceMilliseconds: 7)
            .withStored(on: database.connection)
        #expect(Set(settings.timeframes.map(\.rawValue)) == stored.union(["3m", "1mo"]))
        #expect(stored.contains(settings.smallest.rawValue) && settings.smallest < .minute3)
        #expect(settings.graceMilliseconds == 7)
    }

    /// It reads them one after another: each minute and week once, and what lies behind the last trade.
    @Test(arguments: DerivationDatabase.engines)
    func theVerifierLooksAtEveryDay(_ engine: EngineName) async throws {
        let start = Timeframe.day1.start(of: Self.origin).adding(seconds: -3 * 86_400)
        let seconds: Int64 = 3 * 86_400
        let stream = try TradeStream(seed: 5, start: start, seconds: seconds, count: 300, lateShare: 0)
        let database = try await DerivationDatabase.make(engine, now: start)
        database.clock.now = start.adding(seconds: seconds + 10)
        try database.commit(stream.trades)
        let report = try database.verify()
        let stored = try database.lines(
            """
            SELECT count(*) FROM market.candles c WHERE source = 'trades' AND timeframe <> '1s' AND time >= (
                SELECT date_trunc('day', min(time)) FROM market.transactions)
            """)
        #expect(report.findingCount == 0 && stored == ["(\(report.candles))"])
        try database.connection.execute(
            """
            UPDATE market.candles_intraday SET trades = trades + 1 WHERE (symbol, timeframe, time) IN (
                SELECT DISTINCT ON (date_trunc('day', time)) symbol, timeframe, time FROM market.candles_intraday
                WHERE timeframe = '1m' ORDER BY date_trunc('day', time));
            SELECT ops.ensure_partitions('candles_intraday', now() + interval '20 days', now() + interval '21 days');
            CREATE TEMPORARY TABLE copy AS SELECT * FROM market.candles_intraday WHERE timeframe = '3m' LIMIT 1;
            UPDATE copy SET time = now() + interval '20 days';
            INSERT INTO market.candles_intraday SELECT * FROM copy
            """)
        let details = try database.verify().findings.map(\.description)
        #expect(details.count { $0.contains(" 1m") && $0.contains("trades") } == 3)
        #expect(details.contains { $0.contains(" 3m") && $0.contains("there is no trade") })
    }
}

enum WallTime {
    static func microseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }
}
