import Database
import Foundation
import Market
import Storage
import TestKit

/// Draining a full journal beside psql, and how long a trade takes from the journal to another session's eyes.
@main
enum CaptureBenchmark {
    static func main() async throws {
        let server = try await ScratchServer.start(settings: [
            "fsync = on", "full_page_writes = on", "shared_buffers = 512MB", "max_wal_size = 4GB",
            "checkpoint_timeout = 30min", "shared_preload_libraries = ''",
        ])
        let admin = try await Connection.connect(server.options())
        try await admin.execute("CREATE DATABASE capture")
        try admin.close()
        _ = try await Migrator(
            try server.options(database: "capture"), instance: CaptureLine.instance, engine: .native,
            program: "bench", set: try .embedded()
        ).migrate()
        let wanted = Set(CommandLine.arguments.dropFirst())
        if wanted.isEmpty || wanted.contains("drain") { try await DrainBenchmark(server: server).run() }
        if wanted.isEmpty || wanted.contains("latency") {
            for rate in [1_000, 10_000] {
                try await LatencyBenchmark(server: server, tradesPerSecond: rate, seconds: 10).run()
            }
        }
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

/// Trades of 250 markets, as the exchange writes them (SIMPLE, with all fields).
func message(_ id: Int64, _ milliseconds: Int64) -> String {
    """
    {"ty":"trade","cd":"KRW-M\(id % 250)","tms":\(milliseconds + 40),"td":"2026-08-26","ttm":"07:15:54",\
    "ttms":\(milliseconds),"tp":\(1_000 + id % 977).5,"tv":0.\(1_000 + id % 8_999),"ab":"ASK","pcp":1005.0,\
    "c":"RISE","cp":12.5,"sid":\(id),"bap":\(1_000 + id % 977).6,"bas":0.0099545,"bbp":\(1_000 + id % 977).5,\
    "bbs":0.1583673,"st":"REALTIME"}
    """
}
