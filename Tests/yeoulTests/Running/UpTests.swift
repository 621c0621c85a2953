import Foundation
import TestKit
import Testing

/// `yeoul up` as a person and as a service manager see it.
@Suite(.serialized) struct UpTests {
    private static func settings(_ exchange: RunningExchange, port: Int = 0) -> [String] {
        [
            "--set", "exchange.url=\(exchange.rest)", "--set", "exchange.profile=built-in", "--set",
            "capture.markets=all", "--set", "web.port=\(port)",
        ]
    }

    @Test func aTerminalShowsOneCalmLineAndTheEndIsInOrder() async throws {
        try await ServerSandbox().use { sandbox in
            let exchange = try await RunningExchange("--markets", "20", "--rate", "200", in: sandbox.folder)
            let terminal = try Terminal(columns: 100)
            let port = try freePort()
            let up = try sandbox.start(
                ["up"] + Self.settings(exchange, port: port), terminal: terminal.program)
            let isMoving = try await ServerSandbox.eventually {
                terminal.lines.contains {
                    $0.range(of: #"^[1-9][0-9,]* trades/s"#, options: .regularExpression) != nil
                }
            }
            #expect(isMoving, "\(terminal.text) \(up.output)")
            for part in [
                "page      http://127.0.0.1:\(port)/", "metrics: http://127.0.0.1:\(port)/metrics", "psql \"",
            ] { #expect(terminal.text.contains(part), "\(part) in \(terminal.text)") }
            let line = try #require(terminal.lines.last { !$0.isEmpty })
            #expect(
                line.range(
                    of: #"^[0-9,]+ trades/s · lag p99 [0-9.]+ m?s · gaps [0-9]+ · proof (–|[0-9.]+ %)"#,
                    options: .regularExpression) != nil, "\(line)")
            // Calm: drawn at most once a second, whatever happens.
            let before = terminal.lines.count
            let began = ContinuousClock.now
            try await Task.sleep(for: .seconds(3))
            let seconds = Int((ContinuousClock.now - began).components.seconds)
            #expect((1...seconds + 2).contains(terminal.lines.count - before))
            #expect(terminal.lines.allSatisfy { $0.count < 100 })

            let asked = ContinuousClock.now
            up.signal(SIGTERM)
            #expect(try await up.status() == 0)
            // Ten seconds are promised; a busy machine gets some more.
            #expect(ContinuousClock.now - asked < .seconds(20))
            try Self.checkOrder(sandbox)
            exchange.program.signal(SIGTERM)
        }
    }

    /// They start in their order, and end in the opposite one.
    private static func checkOrder(_ sandbox: ServerSandbox) throws {
        let capture = try #require(sandbox.role("capture"))
        let serve = try #require(sandbox.role("serve"))
        #expect(capture["state"] as? String == "stopped" && serve["state"] as? String == "stopped")
        let ends = [serve, capture].compactMap { $0["updatedUnixMilliseconds"] as? Double }
        #expect(ends.count == 2 && ends[0] < ends[1], "\(ends)")
    }

    @Test func elsewhereThereIsNoLineAndTheServiceManagerIsTold() async throws {
        try await ServerSandbox().use { sandbox in
            let exchange = try await RunningExchange("--markets", "5", "--rate", "50", in: sandbox.folder)
            let listener = try DatagramListener(sandbox.folder, isAbstract: true)
            let up = try sandbox.start(
                ["up"] + Self.settings(exchange),
                adding: ["NOTIFY_SOCKET": listener.place, "WATCHDOG_USEC": "2000000"])
            var heard: [String] = []
            let isWell = try await listener.hears {
                heard.append($0)
                return heard.contains { $0.hasPrefix("READY=1") }
                    && heard.contains { $0.contains(" trades/s · lag p99 ") } && heard.contains("WATCHDOG=1")
            }
            #expect(isWell, "\(heard) \(up.output)")
            // Both roles had said that they run.
            #expect(["capture", "serve"].allSatisfy { sandbox.role($0)?["state"] as? String == "running" })
            // One of the roles is killed: the other stays, and the state says so.
            let serve = try #require(sandbox.role("serve")?["pid"] as? Int)
            let capture = try #require(sandbox.role("capture")?["pid"] as? Int32)
            kill(capture, SIGKILL)
            let isBack = try await ServerSandbox.eventually {
                let next = sandbox.role("capture")
                return next?["pid"] as? Int32 != capture && next?["state"] as? String == "running"
            }
            #expect(isBack && sandbox.role("serve")?["pid"] as? Int == serve)
            up.signal(SIGTERM)
            #expect(try await up.status() == 0)
            let isEnding = try await listener.hears {
                heard.append($0)
                return $0 == "STOPPING=1\nSTATUS=Ending"
            }
            #expect(isEnding)
            // The roles do not speak in its place.
            #expect(heard.filter { $0.hasPrefix("READY=1") }.count == 1)
            #expect(!up.output.contains("\u{1B}") && !up.output.contains(" trades/s · lag p99 "))
            exchange.program.signal(SIGTERM)
        }
    }
}
