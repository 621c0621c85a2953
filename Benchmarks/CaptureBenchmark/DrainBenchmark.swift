import Capture
import Database
import Foundation
import Journal
import Market
import Network
import Storage
import TestKit

/// Rows a second from a full journal into the table, beside `psql \copy` of the same rows in as large commits.
struct DrainBenchmark {
    private static let trades = 600_000
    private static let rounds = 7
    private static let rowsPerCommit = 20_000

    let server: ScratchServer

    /// The median of the rounds' ratios: what disturbs a round disturbs both halves of it.
    func run() async throws -> Double {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let connection = try await Connection.connect(server.options(database: "capture"))
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        try fill(journal)
        var drained: [Double] = []
        var copied: [Double] = []
        var script: String?
        for _ in 0..<Self.rounds {
            try await empty(connection)
            let line = try CaptureLine(journal, server.options(database: "capture"), folder: folder)
            // To claim the lease and to connect is no part of draining.
            while !line.figures.value.isStoring { usleep(200) }
            let began = Monotonic.nanoseconds()
            try line.wait(trades: Self.trades)
            drained.append(Double(Self.trades) / (Double(Monotonic.nanoseconds() - began) / 1e9))
            line.stop()
            let load = try script ?? writeFiles(in: folder)
            script = load
            try await empty(connection)
            let start = Monotonic.nanoseconds()
            try psql(load)
            copied.append(Double(Self.trades) / (Double(Monotonic.nanoseconds() - start) / 1e9))
        }
        let (ours, theirs) = (drained.sorted()[Self.rounds / 2], copied.sorted()[Self.rounds / 2])
        let ratios = zip(drained, copied).map { $0 / $1 }.sorted()
        let ratio = ratios[Self.rounds / 2]
        print(
            String(
                format:
                    "drain of %d trade frames: %.0f k rows/s (%.0f to %.0f), psql \\copy %.0f k (%.0f to %.0f), ratio %.2f (%.2f to %.2f)",
                Self.trades, ours / 1e3, (drained.min() ?? 0) / 1e3, (drained.max() ?? 0) / 1e3, theirs / 1e3,
                (copied.min() ?? 0) / 1e3, (copied.max() ?? 0) / 1e3, ratio, ratios.first ?? 0,
                ratios.last ?? 0))
        journal.close()
        try connection.close()
        return ratio
    }

    private func fill(_ journal: Journal) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        for id in 0..<Int64(Self.trades) {
            let bytes = Array(message(id, now - 600_000 + id / 2).utf8)
            while case .full = journal.append(
                kind: .webSocket, connection: 0, time: .now(), payload: bytes)
            { usleep(500) }
        }
        while journal.figures.syncedThrough < UInt64(Self.trades) { usleep(1_000) }
    }

    private func empty(_ connection: Connection) async throws {
        try await connection.execute(
            """
            TRUNCATE market.transactions, ops.journal_positions, ops.leases;
            SELECT ops.ensure_partitions('transactions', now() - interval '1 day', now())
            """)
        try await connection.execute("CHECKPOINT", within: .seconds(60))
    }

    /// What was drained, as files of one commit each.
    private func writeFiles(in folder: TemporaryFolder) throws -> String {
        let columns = Trade.columns.joined(separator: ", ")
        var export =
            "CREATE TEMP TABLE n AS SELECT *, row_number() OVER (ORDER BY sequential_id) - 1 AS i FROM market.transactions;\n"
        var load = ""
        for part in 0..<(Self.trades / Self.rowsPerCommit) {
            let file = folder.path(of: "\(part).bin")
            export +=
                "\\copy (SELECT \(columns) FROM n WHERE i / \(Self.rowsPerCommit) = \(part) ORDER BY i) TO '\(file)' (FORMAT binary)\n"
            load += "\\copy market.transactions (\(columns)) FROM '\(file)' (FORMAT binary)\n"
        }
        try psql(try folder.write(export, to: "export.psql"))
        return try folder.write(load, to: "load.psql")
    }

    private func psql(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: server.programs + "/psql")
        process.arguments = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder, "-p", String(server.port), "-U",
            ScratchServer.user, "-d", "capture", "-f", script,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError(text: "psql failed on \(script)") }
    }
}
