import Foundation
import TestKit
import Testing

/// The whole program: exchange, capture and server as processes that end at the worst moments.
@Suite(.serialized) struct CaptureProcessTests {
    @Test func whateverIsKilledNothingReceivedIsLostOrRepeated() async throws {
        let town = try await CaptureTown()
        var capture = try town.capture()
        let began = try await CaptureTown.eventually { try await town.count() > 1_000 }
        #expect(began, "\(capture.output)")
        for round in 0..<(CaptureTown.isTorture ? 50 : 4) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 200...1_500)))
            capture.signal(SIGKILL)
            #expect(try await capture.status() == -SIGKILL)
            capture = try town.capture()
            if round % 5 == 1 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...1_000)))
                try await town.server.restart()
            }
        }
        // Away for a while: the journal keeps what comes.
        let live = try await capture.prints("is live")
        #expect(live, "\(capture.output)")
        try await town.server.stop()
        try await Task.sleep(for: .seconds(CaptureTown.isTorture ? 120 : 2))
        try await town.server.start()
        let before = try await town.count()
        let goesOn = try await CaptureTown.eventually { try await town.count() > before + 2_000 }
        #expect(goesOn, "\(capture.output)")
        town.exchange.signal(SIGTERM)
        #expect(try await town.exchange.status() == 0)
        capture.signal(SIGTERM)
        #expect(try await capture.status() == 0, "\(capture.output)")
        #expect(capture.output.contains("nothing is left in the journal"), "\(capture.output)")
        let result = try await town.verify()
        #expect(result.status == 0, "\(result.output) \(result.errors)")
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
        if CaptureTown.isTorture { try await Task.sleep(for: .seconds(25)) }
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
