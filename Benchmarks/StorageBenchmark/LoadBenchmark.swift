import Database
import Foundation
import Market
import Storage
import TestKit

/// COPY into `transactions` from the program and from psql, in turns: the same rows, table and commits.
struct LoadBenchmark {
    static let rowsPerCommit = 20_000
    static let rounds = 3

    let server: ScratchServer
    let database: String
    let connection: Connection
    let trades: [Trade]

    /// Rows a second of the program and of psql: the median of the rounds.
    func run() async throws -> (program: Double, psql: Double) {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let writer = try TableWriter<Trade>(.transactions)
        let batches = stride(from: 0, to: trades.count, by: Self.rowsPerCommit).map {
            trades[$0..<min($0 + Self.rowsPerCommit, trades.count)]
        }
        // Once to warm up, and to make what psql reads.
        try load(batches, writer)
        let script = try writeFiles(batches.count, in: folder)
        var (program, psql): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.rounds {
            try await empty()
            program.append(try seconds { try load(batches, writer) })
            try await empty()
            psql.append(try seconds { try runPsql(script) })
        }
        return (Double(trades.count) / median(program), Double(trades.count) / median(psql))
    }

    private func load(_ batches: [ArraySlice<Trade>], _ writer: TableWriter<Trade>) throws {
        for batch in batches {
            try connection.blocking.transaction { try writer.copy(batch, on: $0) }
        }
    }

    /// Each round starts with an empty table and nothing left to write for the server.
    private func empty() async throws {
        try await connection.execute("TRUNCATE market.transactions")
        try await connection.execute(
            "SELECT ops.ensure_partitions('transactions', now() - interval '3 days', now())")
        try await connection.execute("CHECKPOINT", within: .seconds(120))
    }

    /// A binary file for each commit, in the order of the program's batches, and a script that loads them.
    private func writeFiles(_ count: Int, in folder: TemporaryFolder) throws -> String {
        var export = ""
        var script = ""
        let columns = Trade.columns.joined(separator: ", ")
        for index in 0..<count {
            let file = folder.path(of: "\(index).bin")
            export +=
                "\\copy (SELECT \(columns) FROM numbered WHERE n / \(Self.rowsPerCommit) = \(index) ORDER BY n) TO '\(file)' (FORMAT binary)\n"
            script += "\\copy market.transactions (\(columns)) FROM '\(file)' (FORMAT binary)\n"
        }
        export =
            "CREATE TEMP TABLE numbered AS SELECT *, row_number() OVER (ORDER BY received_at, sequential_id) - 1 AS n FROM market.transactions;\nCREATE INDEX ON numbered ((n / \(Self.rowsPerCommit)));\nANALYZE numbered;\n"
            + export
        try runPsql(try folder.write(export, to: "export.psql"))
        return try folder.write(script, to: "load.psql")
    }

    private func runPsql(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: server.programs + "/psql")
        process.arguments = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder, "-p", String(server.port), "-U",
            ScratchServer.user,
            "-d", database, "-f", script,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError(text: "psql failed on \(script)") }
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let (whole, atto) = try clock.measure(body).components
    return Double(whole) + Double(atto) / 1e18
}

func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
}
