import Capture
import Database
import Derivation
import Foundation
import Journal
import Network
import Synchronization
import TestKit

/// Commits with derivation under load, first alone and then with an analyst's snapshot held open, which keeps
/// the server from clearing away old versions of the rows that are written again and again.
struct SnapshotBenchmark {
    private static let tradesPerSecond = 2_000
    /// Until every market has its rows.
    private static let warmSeconds: UInt32 = 3
    private static let hot = [
        "market.latest_indicators", "market.candles_intraday", "market.candles_long",
        "market.indicator_states", "ops.journal_positions", "ops.leases",
    ]

    private struct Rate {
        var commits: Double
        var trades: Double
    }

    let server: ScratchServer
    /// How long the snapshot stays open.
    let seconds: Int
    private var aloneSeconds: Int { max(10, seconds / 5) }

    /// Commits a second with the snapshot, as a share of those without.
    func run() async throws -> Double {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let options = try server.options(database: "capture")
        let watcher = try await Connection.connect(options)
        try await DerivedTables.empty(watcher)
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        let line = try CaptureLine(journal, options, folder: folder) { time in
            [Derivation(try DerivationSettings()) { time.now }]
        }
        while !line.figures.value.isStoring { usleep(1_000) }
        let ending = Ending()
        let sender = try DedicatedThread(named: "sender") { Self.send(to: journal, until: ending) }
        sleep(Self.warmSeconds)
        let alone = measure(line, seconds: aloneSeconds)
        let sizeBefore = try await size(watcher)
        let analyst = try await Connection.connect(options)
        try await analyst.execute("SET idle_in_transaction_session_timeout = 0")
        try await analyst.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try await analyst.execute("SELECT count(*) FROM market.latest_indicators")
        let watched = measure(line, seconds: seconds)
        let sizeAfter = try await size(watcher)
        try await analyst.execute("COMMIT")
        try analyst.close()
        ending.isOver.store(true, ordering: .releasing)
        sender.join()
        line.stop()
        journal.close()
        try watcher.close()
        let ratio = watched.commits / max(alone.commits, 1)
        print(
            String(
                format: "commits under %d trades/s with derivation: %.1f/s alone for %d s (%.0f trades/s), "
                    + "%.1f/s beside a snapshot open for %d s (%.0f trades/s), ratio %.2f; rows written often take "
                    + "%.1f MB before and %.1f MB after", Self.tradesPerSecond, alone.commits,
                aloneSeconds, alone.trades, watched.commits, seconds, watched.trades, ratio, sizeBefore,
                sizeAfter))
        return ratio
    }

    private final class Ending: Sendable {
        let isOver = Atomic(false)
    }

    private static func send(to journal: Journal, until ending: Ending) {
        let began = Monotonic.nanoseconds()
        var id: Int64 = 0
        while !ending.isOver.load(ordering: .acquiring) {
            let left = began + id * 1_000_000_000 / Int64(tradesPerSecond) - Monotonic.nanoseconds()
            if left > 1_000 { usleep(UInt32(left / 1_000)) }
            let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
            _ = journal.append(
                kind: .webSocket, connection: 0, time: .now(), payload: Array(message(id, milliseconds).utf8))
            id += 1
        }
    }

    private func measure(_ line: CaptureLine, seconds: Int) -> Rate {
        let (before, began) = (line.figures.value, Monotonic.nanoseconds())
        sleep(UInt32(seconds))
        let (after, passed) = (line.figures.value, Double(Monotonic.nanoseconds() - began) / 1e9)
        return Rate(
            commits: Double(after.commits - before.commits) / passed,
            trades: Double(after.trades - before.trades) / passed)
    }

    /// Of the tables with rows that are written again and again, parts and indexes included, in MB.
    private func size(_ connection: Connection) async throws -> Double {
        let names = Self.hot.map { "'\($0)'::regclass" }.joined(separator: ", ")
        return try await connection.query(
            """
            SELECT sum(pg_total_relation_size(coalesce(p.relid, t.name)))::float8 / 1e6
            FROM unnest(array[\(names)]) AS t (name)
            LEFT JOIN LATERAL pg_partition_tree(t.name) p ON true
            """
        ).single().value(0)
    }
}
