import Database
import Exchange
import Foundation
import Market
import TestKit

/// The whole way, each part a process of its own: `yeoul exchange` → `yeoul capture` → committed and visible in
/// a second session, which looks each millisecond. It counts from when the exchange published a trade, as its
/// ledger says.
struct LiveBenchmark {
    struct Figures {
        var tradesPerSecond = 0.0
        /// p50, p99, p99.9.
        var milliseconds: [Double] = []
        var residentMiB = 0.0
        var cpuShare = 0.0
    }

    /// Until connections are made and caches are warm, nothing counts.
    private static let warmSeconds = 4

    let tradesPerSecond: Int
    let seconds: Int
    var markets = 250
    var channels = "trade, ticker, orderbook"
    private let connections = 4

    func run(_ server: ScratchServer) async throws -> Figures {
        let folder = try TemporaryFolder(named: "yeoul-live")
        let admin = try await Connection.connect(server.options())
        try await admin.execute("DROP DATABASE IF EXISTS live WITH (FORCE)")
        try await admin.execute("CREATE DATABASE live")
        try admin.close()
        let host = server.folder.replacingOccurrences(of: "/", with: "%2F")
        let environment = [
            "DATABASE_URL": "postgresql://\(ScratchServer.user)@/live?host=\(host)&port=\(server.port)",
            "YEOUL__DATA__FOLDER": folder.path(of: "data"), "YEOUL__CAPTURE__CHANNELS": channels,
            "YEOUL__DERIVATION__ENABLED": "false", "YEOUL__STORAGE__ENGINE": "native",
            "YEOUL__CAPTURE__CONNECTIONS": "\(connections)",
        ]
        let migrated = try await YeoulProgram.run(
            ["db", "migrate", "--exchange-profile", "built-in"], environment: environment)
        guard migrated.status == 0 else { throw BenchmarkError(text: migrated.errors) }
        let ledger = folder.path(of: "ledger")
        let exchange = try Program(
            [
                "exchange", "--markets", "\(markets)", "--rate", "\(tradesPerSecond)", "--steady",
                "--no-limits", "--ledger", ledger,
            ], environment: [:], output: try folder.write("", to: "exchange.out"))
        defer { exchange.stop() }
        try await exchange.prints("\"rest\":\"")
        let rest = exchange.output.components(separatedBy: "\"rest\":\"").last?.prefix { $0 != "\"" } ?? ""
        let capture = try Program(
            ["capture", "--exchange", String(rest), "--markets", "all"], environment: environment,
            output: try folder.write("", to: "capture.out"))
        defer { capture.stop() }
        try await capture.prints("is live", times: connections)
        let watcher = try await Connection.connect(server.options(database: "live"))
        defer { try? watcher.close() }
        let (visible, range, figures) = try watch(watcher.blocking, capture)
        // Its ledger is whole when it has ended.
        exchange.stop()
        var counted = try count(visible, range, ledger, on: watcher.blocking)
        counted.residentMiB = figures.residentMiB
        counted.cpuShare = figures.cpuShare
        return counted
    }

    private func watch(_ watcher: BlockingConnection, _ capture: Program) throws
        -> (visible: [(transaction: Int64, microseconds: Int64)], range: Range<Int64>, figures: Figures)
    {
        var visible: [(transaction: Int64, microseconds: Int64)] = []
        var last: Int64 = 0
        let began = Self.now
        let from = began + Int64(Self.warmSeconds) * 1_000_000
        let end = from + Int64(seconds) * 1_000_000
        var cpu = 0.0
        while Self.now < end + 2_000_000 {
            let rows = try watcher.prepared(
                "SELECT id, xmin::text::bigint FROM ops.journal_positions WHERE id > $1 AND shard = 0 ORDER BY id",
                [.int64(last)])
            let now = Self.now
            for row in rows {
                last = try row.value(0)
                visible.append((try row.value(1), now))
            }
            if cpu == 0, now >= from { cpu = capture.cpuSeconds }
            usleep(1_000)
        }
        var figures = Figures()
        figures.residentMiB = capture.residentMiB
        figures.cpuShare = (capture.cpuSeconds - cpu) / Double(seconds + 2)
        return (visible, from..<end, figures)
    }

    /// The trades of the time, from when the exchange published them to when their transaction was first seen.
    private func count(
        _ visible: [(transaction: Int64, microseconds: Int64)], _ range: Range<Int64>, _ ledger: String,
        on connection: BlockingConnection
    ) throws -> Figures {
        try connection.query("CREATE TEMP TABLE seen (transaction bigint PRIMARY KEY, microseconds bigint)")
        for start in stride(from: 0, to: visible.count, by: Self.rowsPerInsert) {
            let part = visible[start..<min(visible.count, start + Self.rowsPerInsert)]
            try connection.query(
                "INSERT INTO seen SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
                [.int64Array(part.map(\.transaction)), .int64Array(part.map(\.microseconds))])
        }
        let printed = try Ledger(path: ledger).entries.filter {
            range.contains($0.publishedMilliseconds * 1_000)
        }
        try insert(printed, on: connection)
        let row = try connection.query(
            """
            WITH delays AS (
                SELECT s.microseconds / 1e3::float8 - p.published AS milliseconds
                FROM printed p
                LEFT JOIN market.transactions t ON t.time = p.time AND t.symbol = p.symbol COLLATE "C"
                    AND t.sequential_id = p.id
                LEFT JOIN seen s ON s.transaction = t.xmin::text::bigint
            )
            SELECT count(*), count(milliseconds),
                percentile_disc(array[0.5, 0.99, 0.999]) WITHIN GROUP (ORDER BY milliseconds) FROM delays
            """
        ).single()
        let (expected, seen): (Int, Int) = (try row.value(0), try row.value(1))
        guard expected > 0, seen * 100 >= expected * 98 else {
            throw BenchmarkError(text: "only \(seen) of \(expected) trades were seen")
        }
        var figures = Figures()
        figures.milliseconds = try row.value(2)
        figures.tradesPerSecond = Double(printed.count) / Double(seconds)
        return figures
    }

    /// A sample of them, evenly.
    private func insert(_ printed: [LedgerEntry], on connection: BlockingConnection) throws {
        try connection.query(
            "CREATE TEMP TABLE printed (time timestamptz, published bigint, id bigint, symbol text)")
        let every = max(1, printed.count / Self.samplesMax)
        let sample = stride(from: 0, to: printed.count, by: every).map { printed[$0] }
        for start in stride(from: 0, to: sample.count, by: Self.rowsPerInsert) {
            let part = sample[start..<min(sample.count, start + Self.rowsPerInsert)]
            try connection.query(
                "INSERT INTO printed SELECT * FROM unnest($1, $2, $3, $4)",
                [
                    .timestampArray(part.map { Timestamp(microseconds: $0.trade.milliseconds * 1_000) }),
                    .int64Array(part.map(\.publishedMilliseconds)),
                    .int64Array(part.map(\.trade.sequentialID)), .textArray(part.map(\.symbol.description)),
                ])
        }
        try connection.query("ANALYZE printed")
    }

    private static let rowsPerInsert = 10_000
    private static let samplesMax = 200_000

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
