import Foundation
import Network
import TestKit
import Testing

/// Many look on, and some mean harm, while the capture runs. Short here; YEOUL_TORTURE=1 makes it 5,000 trades a
/// second for a minute, and the promised 250 ms.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CrowdTests {
    private static let isTorture = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == "1"
    private static let rate = isTorture ? 5_000 : 500
    private static let pages = isTorture ? 200 : 40
    private static let seconds = isTorture ? 60 : 6
    /// The bucket that must hold 99 of 100. A machine that builds and tests beside this is given more.
    private static let lagSecondsMax = isTorture ? "0.25" : "5"
    private static let serveBytesMax = 400_000_000.0

    @Test func pagesThatStreamDoNotHoldTheCaptureUp() async throws {
        try await Self.running { sandbox, port in
            let loop = try EventLoop(named: "crowd")
            defer { loop.stop() }
            let client = WebSocketClient(on: loop)
            let watchers = (0..<Self.pages).map { _ in Watcher() }
            let symbols = ["KRW-BTC", "KRW-ETH", "KRW-XRP", "KRW-SOL", "KRW-DOGE"]
            let connections = try watchers.enumerated().map { index, watcher in
                let symbol = symbols[index % symbols.count]
                let query = "symbols=\(symbol)&timeframe=1m&channels=candles,indicators,book,markets,status"
                let address = try Address("ws://127.0.0.1:\(port)/api/stream?\(query)")
                return client.connect(WebSocketRequest(to: address), consumer: watcher)
            }
            try await Task.sleep(for: .seconds(Self.seconds))
            #expect(watchers.count { $0.messages >= Self.seconds } == Self.pages)
            #expect(watchers.allSatisfy { !$0.isClosed })
            let heard = watchers.reduce(0) { $0 + $1.messages }
            print("➜ \(Self.pages) pages heard \(heard) messages in \(Self.seconds) s")
            for connection in connections { connection.close() }
        }
    }

    @Test func callersWhoMeanHarmDoNotHoldTheCaptureUp() async throws {
        try await Self.running { _, port in
            let abuse = try Abuse(port: UInt16(port), connections: Self.isTorture ? 2_000 : 300)
            try await Task.sleep(for: .seconds(Self.seconds))
            let calls = await abuse.stop()
            print("➜ \(calls.sent) calls that mean harm, \(calls.answered) of them answered")
            #expect(calls.sent > 300 && calls.answered > 0)
            let http = try HTTPClient()
            var status = 0
            for _ in 0..<120 where status != 200 {
                status =
                    (try? await http.perform(HTTPCall(try Address("http://127.0.0.1:\(port)/health"))).status)
                    ?? 0
                if status != 200 { try await Task.sleep(for: .milliseconds(500)) }
            }
            #expect(status == 200)
        }
    }

    /// `up` at the full rate; afterwards the lag of what was committed meanwhile, and the memory.
    private static func running(
        _ body: (ServerSandbox, Int) async throws -> Void
    ) async throws {
        try await ServerSandbox().use { sandbox in
            let exchange = try await RunningExchange(
                "--markets", "100", "--rate", "\(rate)", "--steady", "--no-limits",
                in: sandbox.folder)
            let port = try freePort()
            let up = try sandbox.start([
                "up", "--set", "exchange.url=\(exchange.rest)", "--set", "exchange.profile=built-in", "--set",
                "capture.markets=all", "--set", "web.port=\(port)", "--set", "log.level=error",
            ])
            let isFast = try await ServerSandbox.eventually {
                value("capture", "yeoul_capture_trades_per_second", sandbox) > Double(rate) / 2
                    && value("serve", "process_resident_memory_bytes", sandbox) > 0
            }
            #expect(isFast, "\(up.output)")
            let pids = ["capture", "serve"].map { sandbox.role($0)?["pid"] as? Int }
            let before = lags(sandbox)
            try await body(sandbox, port)
            // The roles' next words.
            try await Task.sleep(for: .seconds(2))
            let after = lags(sandbox)
            let all = (after["+Inf"] ?? 0) - (before["+Inf"] ?? 0)
            let quick = (after[lagSecondsMax] ?? 0) - (before[lagSecondsMax] ?? 0)
            #expect(all > Double(rate * seconds / 2))
            #expect(quick >= 0.99 * all, "\(before) \(after)")
            let memory = value("serve", "process_resident_memory_bytes", sandbox)
            #expect(memory < serveBytesMax, "\(memory)")
            #expect(["capture", "serve"].map { sandbox.role($0)?["pid"] as? Int } == pids)
            let p99 = value("capture", "yeoul_capture_lag_seconds", sandbox, label: "99")
            print("➜ \(Int(all)) frames, \(Int(quick)) within \(lagSecondsMax) s; p99 of the end \(p99) s; ")
            print(
                "➜ serve \(Int(memory / 1e6)) MB, capture \(Int(value("capture", "process_resident_memory_bytes", sandbox) / 1e6)) MB"
            )
            up.signal(SIGTERM)
            #expect(try await up.status() == 0)
            exchange.program.signal(SIGTERM)
        }
    }

    private static func samples(_ role: String, _ name: String, _ sandbox: ServerSandbox) -> [[String: Any]] {
        let families = sandbox.role(role)?["metrics"] as? [[String: Any]] ?? []
        return families.first { $0["name"] as? String == name }?["samples"] as? [[String: Any]] ?? []
    }

    private static func labels(_ sample: [String: Any]) -> [String: String] {
        let pairs = (sample["labels"] as? [[String: String]] ?? []).map {
            ($0["name"] ?? "", $0["value"] ?? "")
        }
        return Dictionary(pairs) { $1 }
    }

    private static func value(
        _ role: String, _ name: String, _ sandbox: ServerSandbox, label: String? = nil
    ) -> Double {
        let sample = samples(role, name, sandbox).first {
            label == nil || labels($0).values.contains(label ?? "")
        }
        return sample?["value"] as? Double ?? 0
    }

    /// How many frames were committed within each bucket's end.
    private static func lags(_ sandbox: ServerSandbox) -> [String: Double] {
        var counts: [String: Double] = [:]
        for sample in samples("capture", "yeoul_capture_latency_seconds", sandbox) {
            let labels = labels(sample)
            if labels["stage"] == "commit", let end = labels["le"] {
                counts[end] = sample["value"] as? Double
            }
        }
        return counts
    }
}
