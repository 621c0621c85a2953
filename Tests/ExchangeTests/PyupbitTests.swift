import Exchange
import Foundation
import Market
import Testing

/// pyupbit, which others wrote for the real exchange, works with ours.
@Suite struct PyupbitTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    func run(_ arguments: [String]) async throws -> (status: Int32, output: Data) {
        let python = Self.root.appendingPathComponent(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            Issue.record("there is no \(python.path): run make test, which makes it")
            return (1, Data())
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        let script = Self.root.appendingPathComponent("Tests/ExchangeTests/Clients/pyupbit_client.py").path
        process.arguments = ["--kill-after=5", "90", python.path, "-B", script] + arguments
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: (process.terminationStatus, data))
            }
        }
    }

    @Test func marketsCandlesTicksBooksAndSocketsReachIt() async throws {
        let bench = try ServerBench {
            $0.markets = 20
            $0.isLimited = true
        }
        let (status, output) = try await run([
            bench.server.addresses.rest, bench.server.addresses.websocket, "2026-03-02 00:30:00",
        ])
        #expect(status == 0)
        let answer = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
        let plan = try plan(20, rate: bench.settings.tradesPerSecond)
        let won = plan.models.map { $0.spec.symbol }.filter { $0.quote == "KRW" }.map(\.description)
        #expect(answer["tickers"] as? [String] == won)
        try checkCandles(answer["minutes"], .minutes(1), count: 450, plan.models[0])
        try checkCandles(answer["days"], .day, count: 210, plan.models[1])
        let ticks = try #require(answer["ticks"] as? [[String: Any]])
        #expect(ticks.count == 300 && ticks.allSatisfy { $0["market"] as? String == "KRW-BTC" })
        #expect((answer["limit"] as? [String: Any])?["group"] as? String == "crix-trades")
        let book = try #require(answer["book"] as? [String: Any])
        #expect((book["orderbook_units"] as? [Any])?.count == 30)
        #expect(((answer["price"] as? Double) ?? 0) > 0)
        #expect((answer["prices"] as? [String: Double])?.count == 2)
        for (kind, count) in [("ticker", 20), ("trade", 30), ("orderbook", 5)] {
            let messages = try #require(answer[kind] as? [[String: Any]], "\(kind)")
            #expect(messages.count == count && messages.allSatisfy { $0["type"] as? String == kind })
            #expect(messages.allSatisfy { $0["stream_type"] as? String == "REALTIME" })
        }
    }

    /// pyupbit's frame is the model's candles, oldest first, in Korean time.
    func checkCandles(_ rows: Any?, _ unit: CandleUnit, count: Int, _ model: MarketModel) throws {
        let rows = try #require(rows as? [[Any]])
        // 2026-03-02 00:30 UTC, half an hour before the exchange's start.
        var history = MarketHistory(model)
        let end = monday + 1_800_000
        let expected = history.candles(unit, before: end, seen: monday + 3_600_000, count: count)
        #expect(rows.count == count)
        for (row, figures) in zip(rows.reversed(), expected) {
            let summary = figures.summary
            let time = CivilTime(
                Instant(microseconds: figures.start * 1_000).adding(seconds: Instant.koreanOffsetSeconds))
            #expect(row[0] as? String == time.text.replacing("T", with: " "))
            // The day's candle goes on after the end that was asked for.
            if unit == .day, figures.start == expected[0].start { continue }
            #expect(
                row[1] as? Double == Double(summary.open) / 1e8
                    && row[4] as? Double == Double(summary.close) / 1e8)
            let volume = Double(summary.volume) / 1e8
            #expect(abs(((row[5] as? Double) ?? 0) / volume - 1) < 1e-12)
        }
    }
}
