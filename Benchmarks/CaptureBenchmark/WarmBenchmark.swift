import Database
import Derivation
import Foundation
import Market
import Network
import Storage
import TestKit

/// How long a process takes from its start to its first commit, with derivation of 250 markets in 11 timeframes
/// whose windows are full and whose candles and checkpoints of a long time lie in the tables. The one before
/// it ended by itself or was killed, in turns. At the end the indicators are computed again and compared bit
/// for bit.
struct WarmBenchmark {
    private static let rounds = 5
    private static let minutes = 1_440
    /// Of the other timeframes; there are no more months since the exchange began.
    private static let candles = 300
    private static let months = 98
    /// Until the one that is killed has many commits behind it.
    private static let runSeconds: UInt32 = 3
    private static let verifiedMarkets = 3
    private static let commitsMax = 500

    let server: ScratchServer

    /// The median of the starts after a kill, in seconds.
    func run() async throws -> Double {
        let options = try server.options(database: "capture")
        let connection = try await Connection.connect(options)
        try await DerivedTables.empty(connection)
        try await fill(connection)
        try derive(options)
        try await connection.execute("ANALYZE", within: .seconds(120))
        try await connection.execute("CHECKPOINT", within: .seconds(60))
        let folder = try TemporaryFolder(named: "yeoul-bench")
        var (clean, killed): ([Double], [Double]) = ([], [])
        // The one before the first ends by itself and counts for nothing.
        var id = 0
        for round in 0...(2 * Self.rounds) {
            let isKilled = round % 2 == 1
            let seconds = try start(folder, id: &id, isKilled: isKilled)
            if round > 0 {
                // What ended before it decides.
                if isKilled { clean.append(seconds) } else { killed.append(seconds) }
            }
        }
        try await connection.execute("TRUNCATE market.transactions")
        let differences = try verify(options)
        try connection.close()
        func text(_ times: [Double]) -> String {
            String(
                format: "%.2f s (%.2f–%.2f)", times.sorted()[times.count / 2], times.min() ?? 0,
                times.max() ?? 0)
        }
        print(
            "\(WarmChild.markets) markets × 11 timeframes: from the start of the process to its first commit "
                + "\(text(clean)) after a clean end, \(text(killed)) after a kill; \(differences)")
        return killed.sorted()[killed.count / 2]
    }

    /// Candles of all timeframes up to now, and what says that they have closed.
    private func fill(_ connection: Connection) async throws {
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        for timeframe in try DerivationSettings().timeframes {
            let count =
                timeframe == .minute1 ? Self.minutes : timeframe == .month1 ? Self.months : Self.candles
            var times = [timeframe.previous(before: timeframe.start(of: now))]
            while times.count < count { times.append(timeframe.previous(before: times[times.count - 1])) }
            let family = timeframe.isLong ? "long" : "intraday"
            for table in ["candles", "technical_indicators"] {
                try await connection.execute(
                    "SELECT ops.ensure_partitions('\(table)_\(family)', "
                        + "to_timestamp(\(times[times.count - 1].seconds)), now())")
            }
            try await connection.execute(
                """
                INSERT INTO market.candles_\(family) (symbol, timeframe, time, open, high, low, close, volume, value,
                    vwap, trades, buy_volume, sell_volume, first_time, first_id, last_time, last_id, source, complete)
                SELECT 'KRW-M' || m, '\(timeframe.rawValue)', t.time, p, p + 3, p - 2, p + 1, 2, 2 * p, p, 2, 1, 1,
                    t.time, t.n, t.time, t.n + 1, 'trades', true
                FROM unnest(array[\(times.map { "\($0.seconds)" }.joined(separator: ","))]::float8[])
                    WITH ORDINALITY AS s (seconds, n)
                CROSS JOIN LATERAL (SELECT to_timestamp(s.seconds) AS time, s.n) t
                CROSS JOIN generate_series(0, \(WarmChild.markets - 1)) AS m
                CROSS JOIN LATERAL (SELECT 1000 + (s.n * (m + 7)) % 977 AS p) f;
                INSERT INTO market.latest_indicators (symbol, timeframe, data_time, time, complete)
                SELECT 'KRW-M' || m, '\(timeframe.rawValue)', now(), to_timestamp(\(times[0].seconds)), true
                FROM generate_series(0, \(WarmChild.markets - 1)) AS m
                """, within: .seconds(120))
        }
    }

    /// Lets derivation compute indicators, states and checkpoints of them all.
    private func derive(_ options: ConnectionOptions) throws {
        let blocking = try BlockingConnection.connect(options)
        var writer = try MarketWriter(blocking)
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        let derivation = Derivation(try DerivationSettings(repairCandlesMax: 50_000)) { now }
        for _ in 0..<Self.commitsMax where derivation.repairCount != 0 {
            derivation.willCommit(through: nil)
            _ = try writer.commit(MarketBatch(), now: now, participants: [derivation])
        }
        guard derivation.repairCount == 0 else { throw BenchmarkError(text: "the repairs did not end") }
        try blocking.close()
    }

    /// From the start to the first commit; then it goes on for a while, and ends.
    private func start(_ folder: TemporaryFolder, id: inout Int, isKilled: Bool) throws -> Double {
        let child = Process()
        let (input, output) = (Pipe(), Pipe())
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = [WarmChild.name, server.folder, "\(server.port)", folder.path, "\(id)"]
        (child.standardInput, child.standardOutput) = (input, output)
        let began = Monotonic.nanoseconds()
        try child.run()
        defer { child.waitUntilExit() }
        // One line, or the end of its output.
        guard !output.fileHandleForReading.availableData.isEmpty else {
            throw BenchmarkError(text: "the process stored nothing")
        }
        let seconds = Double(Monotonic.nanoseconds() - began) / 1e9
        sleep(Self.runSeconds)
        if isKilled { kill(child.processIdentifier, SIGKILL) }
        try input.fileHandleForWriting.close()
        id += WarmChild.tradesPerSecond * 120
        return seconds
    }

    private func verify(_ options: ConnectionOptions) throws -> String {
        let blocking = try BlockingConnection.connect(options)
        defer { try? blocking.close() }
        var (compared, findings) = (0, 0)
        for market in 0..<Self.verifiedMarkets {
            let report = try DerivedVerifier(try DerivationSettings()).verify(
                try Symbol("KRW-M\(market)"), on: blocking)
            guard report.underRepair.isEmpty else { throw BenchmarkError(text: "a series is under repair") }
            compared += report.indicators
            findings += report.findingCount
        }
        guard findings == 0, compared > 0 else {
            throw BenchmarkError(
                text: "\(findings) of \(compared) rows of indicators differ after the starts")
        }
        return
            "\(compared) rows of indicators of \(Self.verifiedMarkets) markets as if nothing had been interrupted"
    }
}

extension Timeframe {
    fileprivate var isLong: Bool { self == .day1 || self == .week1 || self == .month1 }
}
