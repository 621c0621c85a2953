import Foundation
import TestKit
import Testing

/// The whole program: exchange, capture and server as processes that end at the worst moments.
@Suite(.serialized) struct CaptureProcessTests {
    /// How often in `make torture`, and how often otherwise.
    private static func times(_ full: Int, _ short: Int) -> Int { CaptureTown.isTorture ? full : short }

    @Test func capturesThatAreKilledLoseAndRepeatNothing() async throws {
        let town = try await CaptureTown()
        var capture = try town.capture()
        #expect(try await town.storesMore(1_000), "\(capture.output)")
        for _ in 0..<Self.times(50, 4) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...1_500)))
            capture.signal(SIGKILL)
            #expect(try await capture.status() == -SIGKILL)
            capture = try town.capture()
        }
        #expect(try await town.storesMore(2_000), "\(capture.output)")
        // Also while it writes: what is on its way is not missing, and the journal is only read. The ledger may
        // be behind the store by what the exchange has not written yet, which is then `different`.
        let live = try await town.verify()
        #expect(live.output.contains("\"missing\":0,\"duplicate\":0,"), "\(live.output) \(live.errors)")
        try await town.settle(capture, "capture killed \(Self.times(50, 4)) times")
    }

    @Test func serversThatAreKilledLoseAndRepeatNothing() async throws {
        let town = try await CaptureTown()
        let capture = try town.capture()
        #expect(try await town.storesMore(1_000), "\(capture.output)")
        for _ in 0..<Self.times(10, 2) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...3_000)))
            try await town.restartKilledServer()
        }
        #expect(try await town.storesMore(2_000), "\(capture.output)")
        try await town.settle(capture, "the server killed \(Self.times(10, 2)) times")
    }

    @Test func bothKilledAtOnceLoseAndRepeatNothing() async throws {
        let town = try await CaptureTown()
        var capture = try town.capture()
        #expect(try await town.storesMore(1_000), "\(capture.output)")
        for round in 0..<Self.times(10, 2) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...2_000)))
            // Now the one first, now the other.
            if round % 2 == 0 { capture.signal(SIGKILL) }
            try await town.killServer()
            capture.signal(SIGKILL)
            #expect(try await capture.status() == -SIGKILL)
            // The next one journals before the server is there.
            capture = try town.capture()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...2_000)))
            try await town.server.start()
        }
        #expect(try await town.storesMore(2_000), "\(capture.output)")
        try await town.settle(capture, "both killed \(Self.times(10, 2)) times")
    }

    @Test func anOutageOfTheDatabaseIsJournalledAndDrained() async throws {
        let town = try await CaptureTown()
        let capture = try town.capture()
        #expect(try await town.storesMore(1_000), "\(capture.output)")
        try await town.server.stop()
        try await Task.sleep(for: .seconds(Self.times(120, 3)))
        try await town.server.start()
        #expect(try await town.storesMore(Self.times(200_000, 2_000)), "\(capture.output)")
        try await town.settle(capture, "the database away for \(Self.times(120, 3)) s")
    }

    @Test func aSuspendedWriterIsReplacedAndWritesNothingWhenItComesBack() async throws {
        let town = try await CaptureTown(tradesPerSecond: 500)
        let first = try town.capture("a")
        let began = try await CaptureTown.eventually { try await town.count() > 300 }
        #expect(began, "\(first.output)")
        let second = try town.capture("b")
        let journals = try await second.prints("is live")
        #expect(journals, "\(second.output)")
        #expect(!second.output.contains("writes the shard\",\"context\":{\"shard\":\"0\",\"epoch"))
        first.signal(SIGSTOP)
        let tookOver = try await CaptureTown.eventually {
            second.output.contains("this process writes the shard")
        }
        #expect(tookOver, "\(second.output)")
        let before = try await town.count()
        let goesOn = try await CaptureTown.eventually { try await town.count() > before + 300 }
        #expect(goesOn)
        try await Task.sleep(for: .seconds(Self.times(25, 0)))
        first.signal(SIGCONT)
        let yields = try await first.prints("another process writes the shard")
        #expect(yields, "\(first.output)")
        town.exchange.signal(SIGTERM)
        #expect(try await town.exchange.status() == 0)
        try await Task.sleep(for: .milliseconds(500))
        first.signal(SIGTERM)
        #expect(try await first.status() == 0)
        second.signal(SIGTERM)
        #expect(try await second.status() == 0)
        // Epochs only grow, so the first wrote nothing after the second had begun.
        let order = try await town.answer(
            "SELECT bool_and(ok) FROM (SELECT epoch >= lag(epoch, 1, 0::bigint) OVER (ORDER BY id) AS ok FROM ops.journal_positions) x"
        )
        #expect(order == "true")
        let result = try await town.verify("b")
        #expect(result.status == 0, "\(result.output) \(result.errors)")
        try await town.checkDerived("a suspended writer, replaced")
    }

    @Test func simulatedAndRealDataNeverMix() async throws {
        let town = try await CaptureTown(tradesPerSecond: 10, markets: 2)
        let result = try await YeoulProgram.run(
            ["capture", "--exchange-profile", "upbit", "--exchange-url", town.exchangeURL],
            environment: ["DATABASE_URL": town.databaseURL, "YEOUL__DATA__FOLDER": town.folder.path(of: "a")])
        #expect(result.status == 4 && result.errors.contains("simulated"))
        #expect(try await town.count() == 0)
    }
}
