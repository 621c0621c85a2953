import Exchange
import Foundation
import Network
import TestKit
import Testing

/// `yeoul exchange` as people and scripts start it.
@Suite struct ExchangeProgramTests {
    @Test func theReadyLineIsExactlyTheAddresses() async throws {
        let folder = try TemporaryFolder()
        let port = try freePort()
        let exchange = try await RunningExchange("--port", "\(port)", "--markets", "12", in: folder)
        let control = exchange.control.dropFirst("http://127.0.0.1:".count)
        #expect(Int(control) != nil)
        #expect(
            exchange.line == "{\"websocket\":\"ws://127.0.0.1:\(port)/websocket/v1\","
                + "\"rest\":\"http://127.0.0.1:\(port)/v1\",\"control\":\"http://127.0.0.1:\(control)\"}")
        #expect(try await exchange.get(exchange.rest + "/market/all").isSuccess)
        #expect(try await exchange.get(exchange.control + "/control/state").text.contains("\"markets\":12"))
        exchange.program.signal(SIGTERM)
        #expect(try await exchange.program.status() == 0)
        #expect(exchange.program.output == exchange.line + "\n", "nothing but the line")
    }

    @Test func withTLSTheLineNamesTheAuthorityWhichGoesAtTheEnd() async throws {
        let folder = try TemporaryFolder()
        let exchange = try await RunningExchange("--tls", "--markets", "12", in: folder)
        let ca = try #require(exchange.ca)
        #expect(
            exchange.line == "{\"websocket\":\"wss://\(exchange.authority)/websocket/v1\","
                + "\"rest\":\"https://\(exchange.authority)/v1\",\"control\":\"\(exchange.control)\",\"ca\":\"\(ca)\"}"
        )
        #expect(exchange.authority.hasPrefix("localhost:"))
        #expect(try String(contentsOfFile: ca, encoding: .utf8).hasPrefix("-----BEGIN CERTIFICATE-----"))
        #expect(try await exchange.get(exchange.rest + "/market/all").isSuccess)
        exchange.program.signal(SIGINT)
        #expect(try await exchange.program.status() == 0)
        #expect(!FileManager.default.fileExists(atPath: ca))
    }

    @Test func theDurationEndsItAndTheSpeedIsKept() async throws {
        let folder = try TemporaryFolder()
        let ledger = folder.path(of: "ledger")
        let result = try await YeoulProgram.run([
            "exchange", "--duration", "1s", "--speed", "60", "--markets", "12", "--rate", "100", "--start",
            "2026-03-03T05:20:00Z", "--ledger", ledger,
        ])
        #expect(result.status == 0 && result.errors == "")
        let entries = try Ledger(path: ledger).entries
        let times = entries.map(\.publishedMilliseconds)
        let (first, last) = (try #require(times.first), try #require(times.last))
        #expect(first >= 1_772_515_200_000 && last <= 1_772_515_200_000 + 60_000)
        #expect(last - first > 50_000 && entries.count > 2_000)
    }

    @Test func steadyIsTheRateAtAnyHour() async throws {
        let folder = try TemporaryFolder()
        // A busy minute, and a calm one of the night in Korea.
        for start in ["2026-03-03T00:00:00Z", "2026-03-03T19:00:00Z"] {
            let ledger = folder.path(of: "ledger of \(start)")
            let result = try await YeoulProgram.run([
                "exchange", "--duration", "1s", "--speed", "60", "--markets", "12", "--rate", "100",
                "--steady",
                "--start", start, "--ledger", ledger,
            ])
            #expect(result.status == 0 && result.errors == "")
            #expect((5_800...6_200).contains(try Ledger(path: ledger).entries.count))
        }
    }

    @Test func twoRunsOfOneSeedAreEqualAndAnotherSeedIsNot() async throws {
        let folder = try TemporaryFolder()
        func printed(_ name: String, seed: Int) async throws -> String {
            let ledger = folder.path(of: name)
            let run = try await YeoulProgram.run([
                "exchange", "--seed", "\(seed)", "--duration", "1s", "--speed", "30", "--markets", "12",
                "--rate", "100", "--start", "2026-03-03T05:20:00Z", "--faults", "dirty", "--ledger", ledger,
            ])
            #expect(run.status == 0, "\(run.errors)")
            let shown = try await YeoulProgram.run(["exchange", "ledger", "cat", ledger, "--json"])
            #expect(shown.status == 0 && shown.errors == "")
            return shown.output
        }
        let first = try await printed("a", seed: 3)
        #expect(try await printed("b", seed: 3) == first)
        #expect(try await printed("c", seed: 4) != first)
        let lines = first.split(separator: "\n")
        #expect(lines.count > 1_000)
        let line = try #require(lines.first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "code", "trade_timestamp", "timestamp", "sequential_id", "trade_price", "trade_volume",
                "ask_bid", "fate",
            ])
        #expect(first.contains("\"fate\":\"dropped\""), "the faults were at work")
    }

    @Test func aLedgerIsShownAndWhatIsNoneIsNamed() async throws {
        let folder = try TemporaryFolder()
        let ledger = folder.path(of: "ledger")
        let exchange = try await RunningExchange(
            "--rate", "5000", "--speed", "20", "--markets", "12", "--ledger", ledger, in: folder)
        _ = try await ServerSandbox.eventually {
            let size = try FileManager.default.attributesOfItem(atPath: ledger)[.size] as? Int
            return (size ?? 0) > 200_000
        }
        exchange.program.signal(SIGKILL)
        #expect(try await exchange.program.status() == -SIGKILL)
        let shown = try await YeoulProgram.run(["exchange", "ledger", "cat", ledger])
        #expect(shown.status == 0)
        let lines = shown.output.split(separator: "\n")
        #expect(lines.count > 5_000, "killed, and still all there")
        #expect(lines[0].contains("KRW-") || lines[0].contains("BTC-") || lines[0].contains("USDT-"))
        for (arguments, status, word) in [
            (["ledger", "cat", folder.path(of: "nothing")], 1, "cannot be read"),
            (["ledger", "cat", YeoulProgram.path], 1, "not a ledger"),
            (["ledger", "cat"], 2, "ledger cat FILE"),
            (["ledger"], 2, "ledger cat FILE"),
        ] as [([String], Int32, String)] {
            let result = try await YeoulProgram.run(["exchange"] + arguments)
            #expect(result.status == status && result.errors.contains(word), "\(result.errors)")
        }
    }

    @Test func faultsHoldFromTheStart() async throws {
        let folder = try TemporaryFolder()
        let exchange = try await RunningExchange("--faults", "maintenance", "--markets", "12", in: folder)
        #expect(
            try await exchange.get(exchange.control + "/control/faults").text.contains("\"maintenance\":true")
        )
        let error = await #expect(throws: NetworkError.self) {
            try await exchange.get(exchange.rest + "/market/all", firstByteMilliseconds: 300)
        }
        #expect(error?.code == .firstByteTimeout)
        exchange.program.signal(SIGTERM)
        #expect(try await exchange.program.status() == 0, "hanging callers do not hold it up")
    }

    @Test func limitsAndHabitsAreThoseOfTheFlags() async throws {
        let folder = try TemporaryFolder()
        let strict = try await RunningExchange("--markets", "12", in: folder)
        let free = try await RunningExchange(
            "--markets", "12", "--no-limits", "--profile", "bithumb", in: folder)
        func statuses(_ exchange: RunningExchange) async throws -> Set<Int> {
            var found: Set<Int> = []
            for _ in 0..<40 { found.insert(try await exchange.get(exchange.rest + "/market/all").status) }
            return found
        }
        #expect(try await statuses(strict).contains(429))
        #expect(try await statuses(free) == [200])
        #expect(try await free.get(free.rest + "/candles/seconds?market=KRW-BTC").status == 404)
    }

    @Test(arguments: [
        (["--port", "70000"], 2, "65535"), (["--port", "many"], 2, "--port"), (["--rate", "x"], 2, "--rate"),
        (["--rate", "0"], 2, "--rate"), (["--speed", "-1"], 2, "--speed"),
        (["--speed", "fast"], 2, "--speed"),
        (["--duration", "never"], 2, "--duration"), (["--duration", "0s"], 2, "--duration"),
        (["--markets", "0"], 2, "--markets"), (["--faults", "hurricane"], 2, "storm"),
        (["--profile", "binance"], 2, "bithumb"), (["--start", "1999-01-01T00:00:00Z"], 2, "--start"),
        (["--start", "tomorrow"], 2, "tomorrow"), (["--ledger", "/nowhere/ledger"], 1, "/nowhere/ledger"),
        (["--sped", "3"], 2, "--sped"),
    ])
    func aWrongFlagIsRefusedWithWhatToDo(arguments: [String], status: Int32, word: String) async throws {
        let result = try await YeoulProgram.run(["exchange"] + arguments)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.output == "" && result.errors.contains(word), "\(result.errors)")
    }

    @Test func aPortInUseIsNamed() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningExchange("--markets", "12", in: folder)
        let port = try #require(first.authority.split(separator: ":").last.map(String.init))
        let second = try await YeoulProgram.run(["exchange", "--port", port])
        #expect(second.status == 6 && second.output == "")
        #expect(second.errors.contains(":\(port)"), "\(second.errors)")
    }
}
