import Foundation
import Network
import TestKit
import Testing

/// What a capture tells of itself: its status file, `yeoul status`, the metrics, the service manager.
@Suite(.serialized) struct CaptureRoleTests {
    @Test func itsFiguresAgreeWithTheLedgerAndTheDatabase() async throws {
        try await ServerSandbox().use { sandbox in
            let ledger = sandbox.folder.path(of: "trades.ledger")
            let exchange = try await RunningExchange(
                "--markets", "20", "--rate", "200", "--ledger", ledger, in: sandbox.folder)
            let capture = try sandbox.start(
                "capture", "--exchange", exchange.rest, "--set", "capture.markets=all")
            let serve = try sandbox.start(
                "serve", "--set", "web.port=0", "--set", "exchange.url=\(exchange.rest)", "--set",
                "exchange.profile=built-in")
            #expect(try await serve.prints("Yeoul's page: http://127.0.0.1:"), "\(serve.output)")
            let isMoving = try await Self.eventually(sandbox) {
                ($0["yeoul_capture_rows_total{table=\"transactions\"}"] ?? 0) > 500
                    && ($0["yeoul_capture_trades_per_second"] ?? 0) > 20
            }
            #expect(isMoving, "\(capture.output)")
            try await Self.lookAtMetrics(serve, sandbox)
            // The market stands still; what was received is stored, and what was printed is there.
            exchange.program.signal(SIGTERM)
            #expect(try await exchange.program.status() == 0)
            let isQuiet = try await Self.eventually(sandbox) {
                $0["yeoul_journal_backlog_frames"] == 0
                    && $0["yeoul_capture_connections{state=\"live\"}"] == 0
            }
            #expect(isQuiet)
            let status = try await Self.status(sandbox)
            let figures = try #require(Self.figures(status))
            let stored = try await sandbox.answer("SELECT count(*) FROM market.transactions")
            #expect(figures["yeoul_capture_rows_total{table=\"transactions\"}"] == Double(stored))
            let books = try await sandbox.answer("SELECT count(*) FROM market.orderbooks")
            #expect(figures["yeoul_capture_rows_total{table=\"orderbooks\"}"] == Double(books))
            let ends = figures.filter { $0.key.hasPrefix("yeoul_capture_connection_ends_total") }
            #expect(ends.values.reduce(0, +) > 0)
            #expect("\(status["roles"] ?? "")".contains("no connection to the exchange is live"))
            try await Self.lookWhileItIsGone(capture, sandbox)
            // All of that was printed, and nothing of what was received is missing.
            let verified = try await sandbox.yeoul("verify", "--ledger", ledger, "--journalled")
            #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
            serve.signal(SIGTERM)
            #expect(try await serve.status() == 0)
        }
    }

    /// The text is Prometheus', and its own tool finds nothing to say.
    private static func lookAtMetrics(_ serve: RunningProgram, _ sandbox: ServerSandbox) async throws {
        let origin = String(
            (serve.output.split(separator: "Yeoul's page: ").last ?? "").prefix { $0 != " " }.dropLast())
        let http = try HTTPClient()
        let metrics = try await http.perform(HTTPCall(try Address(origin + "/metrics")))
        #expect(metrics.status == 200)
        for name in [
            "yeoul_capture_messages_total{role=\"capture\"}", "yeoul_capture_messages_per_second",
            "yeoul_capture_latency_seconds_bucket{stage=\"receipt\",le=\"0.001\",role=\"capture\"}",
            "yeoul_capture_latency_seconds_count{stage=\"journal\"", "stage=\"commit\"",
            "yeoul_journal_backlog_frames", "yeoul_journal_bytes", "yeoul_capture_connections{state=\"live\"",
            "yeoul_capture_connection_ends_total{reason=\"stale\"", "yeoul_capture_duplicates_total",
            "yeoul_capture_late_trades_total", "yeoul_capture_quarantined_total{reason=\"undecodable\"",
            "yeoul_capture_gaps{", "yeoul_proof_ranges_total{status=\"proven\"",
            "yeoul_rest_calls_free{group=\"candles\"", "yeoul_pool_connections{state=\"idle\"",
            "yeoul_database_bytes", "yeoul_build_info{version=", "yeoul_role_up{role=\"capture\"} 1",
        ] { #expect(metrics.text.contains(name), "\(name)") }
        let file = try sandbox.folder.write(metrics.text, to: "metrics")
        let tool = Repository.root + "/.venv/prometheus/promtool"
        try #require(FileManager.default.isExecutableFile(atPath: tool), "scripts/prometheus puts it there")
        let said = try await YeoulProgram.run("/bin/sh", ["-c", "'\(tool)' check metrics <'\(file)'"])
        #expect(said.status == 0 && said.output == "" && said.errors == "", "\(said)")
        let api = try await http.perform(HTTPCall(try Address(origin + "/api/status")))
        #expect(api.text.contains("\"yeoul_capture_connections{state=\\\"live\\\"}\":"))
        let text = try await sandbox.yeoul("status")
        for part in [" messages/s, ", "receipt to commit p50", " frames wait, ", "live, ", " duplicates, "] {
            #expect(text.output.contains(part), "\(part) in \(text.output)")
        }
    }

    private static func lookWhileItIsGone(_ capture: RunningProgram, _ sandbox: ServerSandbox) async throws {
        capture.signal(SIGKILL)
        let isSilent = try await ServerSandbox.eventually {
            guard let updated = sandbox.role("capture")?["updatedUnixMilliseconds"] as? Double else {
                return false
            }
            return Date().timeIntervalSince1970 * 1_000 - updated > 6_000
        }
        #expect(isSilent)
        let killed = try await sandbox.yeoul("status")
        #expect(killed.status == 0 && killed.output.contains("capture   SILENT for "), "\(killed.output)")
        let json = try await status(sandbox)
        let role = (json["roles"] as? [[String: Any]])?.first { $0["role"] as? String == "capture" }
        #expect(role?["stale"] as? Bool == true)
    }

    @Test(arguments: ["capture", "serve"]) func aRoleAloneSpeaksToTheServiceManager(_ name: String)
        async throws
    {
        try await ServerSandbox().use { sandbox in
            let listener = try DatagramListener(sandbox.folder, isAbstract: name == "serve")
            let exchange = try await RunningExchange("--markets", "3", in: sandbox.folder)
            let role = try sandbox.start(
                [
                    name, "--set", "exchange.url=\(exchange.rest)", "--set", "exchange.profile=built-in",
                    "--set",
                    "web.port=0",
                ], adding: ["NOTIFY_SOCKET": listener.place, "WATCHDOG_USEC": "1000000"])
            var heard: [String] = []
            let isWell = try await listener.hears {
                heard.append($0)
                return heard.contains { $0.hasPrefix("READY=1\nSTATUS=") }
                    && heard.filter { $0 == "WATCHDOG=1" }.count >= 4
            }
            #expect(isWell, "\(heard) \(role.output)")
            role.signal(SIGTERM)
            let isEnding = try await listener.hears { $0 == "STOPPING=1\nSTATUS=Ending" }
            #expect(isEnding, "\(role.output)")
            #expect(try await role.status() == 0)
            #expect(sandbox.role(name)?["state"] as? String == "stopped")
            exchange.program.signal(SIGTERM)
        }
    }

    static func status(_ sandbox: ServerSandbox) async throws -> [String: Any] {
        let json = try await sandbox.yeoul("status", "--json")
        return try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any] ?? [:]
    }

    /// What the capture tells, by series.
    static func figures(_ status: [String: Any]) -> [String: Double]? {
        let role = (status["roles"] as? [[String: Any]])?.first { $0["role"] as? String == "capture" }
        return role?["figures"] as? [String: Double]
    }

    private static func eventually(
        _ sandbox: ServerSandbox, _ condition: ([String: Double]) -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if let figures = figures(try await status(sandbox)), condition(figures) { return true }
            try await Task.sleep(for: .milliseconds(300))
        }
        return false
    }
}
