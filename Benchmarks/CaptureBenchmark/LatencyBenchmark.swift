import Capture
import Database
import Foundation
import Journal
import Network
import TestKit

/// From a frame's receipt to its being visible in another session, which asks for the newest id all the time.
struct LatencyBenchmark {
    let server: ScratchServer
    let tradesPerSecond: Int
    let seconds: Int

    func run() async throws {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let watcher = try await Connection.connect(server.options(database: "capture"))
        try await watcher.execute(
            """
            TRUNCATE market.transactions, ops.journal_positions, ops.leases;
            SELECT ops.ensure_partitions('transactions', now() - interval '1 day', now())
            """)
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        let line = try CaptureLine(journal, server.options(database: "capture"), folder: folder)
        while !line.figures.value.isStoring { usleep(1_000) }
        let total = tradesPerSecond * seconds
        let rate = Double(tradesPerSecond)
        let began = Monotonic.nanoseconds() + 100_000_000
        let sender = try DedicatedThread(named: "sender") {
            for id in 0..<total {
                let due = began + Int64(Double(id) / rate * 1e9)
                let left = due - Monotonic.nanoseconds()
                if left > 1_000 { usleep(UInt32(left / 1_000)) }
                let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
                _ = journal.append(
                    kind: .webSocket, connection: 0, time: .now(),
                    payload: Array(message(Int64(id), milliseconds).utf8))
            }
        }
        // The position is committed with the rows and is quick to look up: frame n holds trade n − 1.
        var visible = 0
        var delays: [Double] = []
        while visible < total {
            let row = try watcher.blocking.prepared(
                "SELECT coalesce(max(position), 0) FROM ops.journal_positions WHERE id > (SELECT coalesce(max(id), 0) - 5 FROM ops.journal_positions)"
            ).single()
            let position = Int(try row.value(0, as: Int64.self))
            let now = Monotonic.nanoseconds()
            while visible < min(position, total) {
                delays.append(Double(now - began) / 1e6 - Double(visible) / rate * 1e3)
                visible += 1
            }
            usleep(200)
        }
        sender.join()
        delays.sort()
        let commits = line.figures.value.commits
        line.stop()
        journal.close()
        try watcher.close()
        func at(_ share: Double) -> Double {
            delays[min(delays.count - 1, Int(Double(delays.count) * share))]
        }
        print(
            String(
                format:
                    "receipt to visible at %d trades/s for %d s: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, %d commits",
                tradesPerSecond, seconds, at(0.5), at(0.99), at(0.999), commits))
    }
}
