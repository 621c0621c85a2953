import Database
import Foundation
import Market
import Storage
import TestKit

/// COPY against psql, reads, and compression, on the engines that the server has.
@main
enum StorageBenchmark {
    static func main() async throws {
        let clock = Instant(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
        let start = Timeframe.day1.start(of: clock).adding(seconds: -86_400)
        let trades = try TradeDay.trades(start: start)
        let server = try await ScratchServer.start(settings: [
            "fsync = on", "full_page_writes = on", "shared_buffers = 512MB", "max_wal_size = 4GB",
            "checkpoint_timeout = 30min",
        ])
        say(
            "A day of \(trades.count) trades in \(TradeDay.marketsCount) markets; commits of \(LoadBenchmark.rowsPerCommit) rows"
        )
        let hasTimescale = ServerPrograms.hasLibrary("timescaledb", beside: server.programs)
        let present: [EngineName] = hasTimescale ? [.native, .timescale] : [.native]
        // `StorageBenchmark native` measures one.
        let wanted = CommandLine.arguments.dropFirst().compactMap { EngineName(rawValue: $0) }
        let engines = wanted.isEmpty ? present : present.filter { wanted.contains($0) }
        for engine in engines { try await measure(engine, server, trades) }
    }

    private static func measure(_ engine: EngineName, _ server: ScratchServer, _ trades: [Trade]) async throws
    {
        let database = "bench_\(engine.rawValue)"
        let outside = try await Connection.connect(server.options())
        try await outside.execute("CREATE DATABASE \(quotedIdentifier(database))")
        try outside.close()
        let migrator = Migrator(
            try server.options(database: database),
            instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "bench"),
            engine: engine == .native ? .native : .timescale, program: "bench", set: try .embedded())
        _ = try await migrator.migrate()
        let connection = try await Connection.connect(server.options(database: database))
        if engine == .timescale { try await stopJobs(connection) }
        try await connection.execute(
            "SELECT ops.ensure_partitions('transactions', now() - interval '3 days', now())")

        let load = LoadBenchmark(server: server, database: database, connection: connection, trades: trades)
        let rates = try await load.run()
        say(
            line(
                "\(engine.rawValue): COPY",
                "\(thousands(rates.program)) k rows/s, psql \\copy \(thousands(rates.psql))",
                String(format: "ratio %.2f", rates.program / rates.psql)))
        if engine == .timescale {
            try await connection.execute(
                "CREATE TEMP TABLE day AS SELECT * FROM market.transactions", within: .seconds(60))
            let figure = try await CompressionBenchmark.run(connection)
            let count = Double(trades.count)
            say(
                line(
                    "timescale: columnstore",
                    String(
                        format: "%.1f bytes a trade, before %.1f", Double(figure.after) / count,
                        Double(figure.before) / count),
                    String(
                        format: "reduction %.1f %%, in %.1f s",
                        100 - 100 * Double(figure.after) / Double(figure.before), figure.seconds)))
            try await connection.execute(
                "TRUNCATE market.transactions; INSERT INTO market.transactions SELECT * FROM day",
                within: .seconds(120))
        }
        let reads = ReadBenchmark(server: server, database: database, engine: engine)
        try await reads.fill(connection)
        try connection.close()
        for figure in try await reads.run() {
            say(
                line(
                    "\(engine.rawValue): \(figure.name)", "\(figure.rows) of the month's trades",
                    String(
                        format: "cold %.1f ms, hot %.1f ms", figure.coldMilliseconds, figure.hotMilliseconds))
            )
        }
    }

    /// At once, also into a file.
    private static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Jobs of the server's own would disturb.
    private static func stopJobs(_ connection: Connection) async throws {
        try await connection.query(
            "SELECT alter_job(job_id, scheduled => false) FROM timescaledb_information.jobs WHERE job_id >= 1000"
        )
    }

    private static func line(_ name: String, _ figure: String, _ outcome: String) -> String {
        let padded = name.padding(toLength: 32, withPad: " ", startingAt: 0)
        return padded + figure.padding(toLength: 52, withPad: " ", startingAt: 0) + outcome
    }

    private static func thousands(_ rate: Double) -> Int { Int(rate / 1_000) }
}
