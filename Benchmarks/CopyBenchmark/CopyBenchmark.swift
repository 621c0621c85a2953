import Database
import Foundation
import TestKit

/// Rows a second of our binary COPY beside `psql \copy` of the same rows into the same keyed table, both
/// committing every 20,000 rows, connecting included, taking turns.
@main
struct CopyBenchmark {
    static let batchRows = 20_000
    static let batches = 40
    static let pairs = 9
    static let ratioMin = 0.95

    static func main() async throws {
        // Everything as an ordinary server has it.
        let server = try await ScratchServer.start(settings: [
            "fsync = on", "full_page_writes = on", "max_wal_size = 8GB", "checkpoint_timeout = 1h",
        ])
        let connection = try await Connection.connect(server.options())
        let version = try await connection.query("SHOW server_version").single().value(0, as: String.self)
        print("PostgreSQL \(version), unix socket, fsync on; \(batches) × \(batchRows) rows a run")
        print("Command: .build/release/CopyBenchmark")

        let trades = Trade.make(count: batches * batchRows)
        let files = try TemporaryFolder(named: "copy-benchmark")
        let script = try writeFiles(trades, to: files)
        let psql = Reference(server: server, script: script)
        let ours = Writer(options: try server.options(), trades: trades)

        var ratios: [String: [Double]] = [:]
        for pair in 1...pairs {
            var rates: [String: Double] = [:]
            let contenders = [
                ("psql", psql.run), ("blocking", ours.runBlocking), ("async", ours.runAsync),
            ]
            // Whoever runs first in a pair runs last in the next.
            for (name, run) in pair % 2 == 0 ? contenders : contenders.reversed() {
                try await prepare(connection)
                let start = ContinuousClock.now
                try await run()
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                rates[name] = Double(trades.count) / seconds
                try await check(connection, trades.count)
            }
            report(pair, rates, &ratios)
        }
        try summarise(ratios)
    }

    /// The same empty table, with nothing left to write from the run before.
    static func prepare(_ connection: Connection) async throws {
        try await connection.execute(
            """
            DROP TABLE IF EXISTS transactions;
            CREATE TABLE transactions (
                time timestamptz NOT NULL, received_at timestamptz NOT NULL, sequential_id int8 NOT NULL,
                symbol text COLLATE "C" NOT NULL, price numeric NOT NULL, volume numeric NOT NULL,
                side text NOT NULL, UNIQUE (time, symbol, sequential_id))
            """)
        try await connection.execute("CHECKPOINT")
    }

    /// Both must have written the same: the sum of the rows' hashes does not depend on their order.
    static func check(_ connection: Connection, _ rows: Int) async throws {
        let found = try await connection.query(
            "SELECT count(*), sum(hashtext(t::text))::text FROM transactions t", within: .seconds(60)
        ).single()
        let content = try found.value(1, as: String.self)
        guard try found.value(0, as: Int.self) == rows, expectedContent.match(content) else {
            throw Failure(description: "the two wrote different rows")
        }
    }

    static let expectedContent = ExpectedContent()

    static func writeFiles(_ trades: [Trade], to folder: TemporaryFolder) throws -> String {
        var script = ""
        for batch in 0..<batches {
            var encoder = RowEncoder(fields: Trade.columns.count, capacityBytes: 4 << 20)
            for trade in trades[(batch * batchRows)..<((batch + 1) * batchRows)] { trade.write(to: &encoder) }
            let header: [UInt8] = [80, 71, 67, 79, 80, 89, 10, 255, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            let bytes = Data(header) + Data(encoder.bytes) + Data([255, 255])
            let path = folder.path(of: "batch-\(batch)")
            try bytes.write(to: URL(fileURLWithPath: path))
            let columns = Trade.columns.joined(separator: ", ")
            script += "\\copy transactions (\(columns)) from '\(path)' with (format binary)\n"
        }
        return try folder.write(script, to: "script.sql")
    }

    static func report(_ pair: Int, _ rates: [String: Double], _ ratios: inout [String: [Double]]) {
        let reference = rates["psql"] ?? 0
        var line = "pair \(pair): psql \(thousands(reference))"
        for name in ["blocking", "async"] {
            let rate = rates[name] ?? 0
            ratios[name, default: []].append(rate / reference)
            line += ", \(name) \(thousands(rate)) (\(rounded(rate / reference)))"
        }
        print(line)
    }

    static func summarise(_ ratios: [String: [Double]]) throws {
        var isSlow = false
        for name in ["blocking", "async"] {
            let sorted = (ratios[name] ?? []).sorted()
            let median = sorted[sorted.count / 2]
            print(
                "\(name) / psql: median \(rounded(median)), from \(rounded(sorted[0])) to "
                    + "\(rounded(sorted[sorted.count - 1])) in \(sorted.count) pairs (at least \(ratioMin) wanted)"
            )
            if median < ratioMin { isSlow = true }
        }
        if isSlow { throw Failure(description: "slower than the reference") }
    }

    static func thousands(_ rate: Double) -> String { "\(Int(rate / 1000)) k rows/s" }
    static func rounded(_ ratio: Double) -> String { String(format: "%.3f", ratio) }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}
