import Capture
import Database
import Derivation
import Foundation
import Journal
import Network
import Synchronization
import TestKit

/// From a trade's receipt to the row of its market in `latest_indicators`, as another session sees it. A row is
/// renewed at most once a second, so half a second is what most trades wait.
struct LatestBenchmark {
    private static let tradesPerSecond = 1_000
    private static let seconds = 15
    private static let markets = 250

    let server: ScratchServer

    func run() async throws {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let options = try server.options(database: "capture")
        let watcher = try await Connection.connect(options)
        try await DerivedTables.empty(watcher)
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        let line = try CaptureLine(journal, options, folder: folder) { time in
            [Derivation(try DerivationSettings()) { time.now }]
        }
        while !line.figures.value.isStoring { usleep(1_000) }
        let total = Self.tradesPerSecond * Self.seconds
        // By market: the trades that are not seen yet, with the moment of their receipt.
        let waiting = Mutex([[(milliseconds: Int64, at: Int64)]](repeating: [], count: Self.markets))
        let began = Monotonic.nanoseconds()
        let sender = try DedicatedThread(named: "sender") {
            for id in 0..<total {
                let due = began + Int64(id) * 1_000_000_000 / Int64(Self.tradesPerSecond)
                let left = due - Monotonic.nanoseconds()
                if left > 1_000 { usleep(UInt32(left / 1_000)) }
                let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
                waiting.withLock { $0[id % Self.markets].append((milliseconds, Monotonic.nanoseconds())) }
                _ = journal.append(
                    kind: .webSocket, connection: 0, time: .now(),
                    payload: Array(message(Int64(id), milliseconds).utf8))
            }
        }
        var delays: [Double] = []
        let end = began + Int64(Self.seconds) * 1_000_000_000
        while Monotonic.nanoseconds() < end {
            let rows = try watcher.blocking.prepared(
                "SELECT symbol, data_time FROM market.latest_indicators WHERE timeframe = '1m'")
            let now = Monotonic.nanoseconds()
            for row in rows {
                guard let market = Int((try row.value(0) as String).dropFirst(5)) else { continue }
                let seen = try row.value(1, as: Timestamp.self).microseconds / 1_000
                waiting.withLock { waiting in
                    let count = waiting[market].prefix { $0.milliseconds <= seen }.count
                    delays += waiting[market][..<count].map { Double(now - $0.at) / 1e6 }
                    waiting[market].removeFirst(count)
                }
            }
            usleep(5_000)
        }
        sender.join()
        line.stop()
        journal.close()
        try watcher.close()
        delays.sort()
        guard !delays.isEmpty else { throw BenchmarkError(text: "no trade was seen") }
        func at(_ share: Double) -> Double {
            delays[min(delays.count - 1, Int(Double(delays.count) * share))]
        }
        print(
            String(
                format:
                    "receipt to latest_indicators at %d trades/s of %d markets for %d s: p50 %.0f ms, p99 %.0f ms",
                Self.tradesPerSecond, Self.markets, Self.seconds, at(0.5), at(0.99)))
    }
}
