import Database
import Foundation
import TestKit

/// The whole way, each part a process of its own: `yeoul exchange` → `yeoul capture` → committed and visible in
/// a second session, which looks each millisecond. Counted is each trade, from the time that it carries.
struct LiveBenchmark {
    struct Figures {
        var trades = 0
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
            "YEOUL__STORAGE__ENGINE": "native",
        ]
        let migrated = try await YeoulProgram.run(
            ["db", "migrate", "--exchange-profile", "built-in"], environment: environment)
        guard migrated.status == 0 else { throw BenchmarkError(text: migrated.errors) }
        let exchange = try Program(
            [
                "exchange", "--markets", "\(markets)", "--rate", "\(tradesPerSecond)", "--no-limits",
            ], environment: [:], output: try folder.write("", to: "exchange.out"))
        defer { exchange.stop() }
        try await exchange.prints("\"rest\":\"")
        let rest = exchange.output.components(separatedBy: "\"rest\":\"").last?.prefix { $0 != "\"" } ?? ""
        let capture = try Program(
            ["capture", "--exchange", String(rest), "--markets", "all"], environment: environment,
            output: try folder.write("", to: "capture.out"))
        defer { capture.stop() }
        let watcher = try await Connection.connect(server.options(database: "live"))
        defer { try? watcher.close() }
        return try watch(watcher.blocking, capture)
    }

    private func watch(_ watcher: BlockingConnection, _ capture: Program) throws -> Figures {
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
        var figures = try count(visible, from..<end, on: watcher)
        figures.residentMiB = capture.residentMiB
        figures.cpuShare = (capture.cpuSeconds - cpu) / Double(seconds + 2)
        return figures
    }

    /// Each trade of the time, from its own time to when its transaction was first seen.
    private func count(
        _ visible: [(transaction: Int64, microseconds: Int64)], _ range: Range<Int64>,
        on connection: BlockingConnection
    ) throws -> Figures {
        try connection.query("CREATE TEMP TABLE seen (transaction bigint PRIMARY KEY, microseconds bigint)")
        for start in stride(from: 0, to: visible.count, by: 10_000) {
            let part = visible[start..<min(visible.count, start + 10_000)]
            try connection.query(
                "INSERT INTO seen SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING",
                [
                    .text("{" + part.map { "\($0.transaction)" }.joined(separator: ",") + "}"),
                    .text("{" + part.map { "\($0.microseconds)" }.joined(separator: ",") + "}"),
                ])
        }
        let row = try connection.query(
            """
            WITH delays AS (
                SELECT (s.microseconds / 1e3 - extract(epoch FROM t.time) * 1e3)::float8 AS milliseconds
                FROM market.transactions t LEFT JOIN seen s ON s.transaction = t.xmin::text::bigint
                WHERE t.time >= to_timestamp($1::float8 / 1e6) AND t.time < to_timestamp($2::float8 / 1e6)
            )
            SELECT count(*), count(milliseconds),
                percentile_disc(array[0.5, 0.99, 0.999]) WITHIN GROUP (ORDER BY milliseconds) FROM delays
            """, [.int64(range.lowerBound), .int64(range.upperBound)]
        ).single()
        var figures = Figures()
        figures.trades = try row.value(0)
        let seen: Int = try row.value(1)
        guard figures.trades > 0, seen * 100 >= figures.trades * 98 else {
            throw BenchmarkError(text: "only \(seen) of \(figures.trades) trades can be dated")
        }
        figures.milliseconds = try row.value(2)
        figures.tradesPerSecond = Double(figures.trades) / Double(seconds)
        return figures
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
