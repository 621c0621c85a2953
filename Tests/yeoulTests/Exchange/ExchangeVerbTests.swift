import Database
import Exchange
import Foundation
import TestKit
import Testing
import yeoul

/// The verbs that ask the exchange, against the built-in one.
@Suite struct ExchangeVerbTests {
    private struct Fixture {
        let exchange: ExchangeServer
        let folder: TemporaryFolder

        init() throws {
            var settings = ExchangeSettings()
            settings.markets = 12
            exchange = try ExchangeServer(settings)
            folder = try TemporaryFolder(named: "yeoul data")
        }

        func run(_ arguments: [String]) async throws -> YeoulProgram.Result {
            try await YeoulProgram.run(
                arguments + [
                    "--exchange-profile", "built-in", "--exchange-url", exchange.addresses.rest,
                    "--data-folder", folder.path(of: "data"),
                ])
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func marketsAreListed() async throws {
        let fixture = try Fixture()
        defer { fixture.exchange.stop() }
        let table = try await fixture.run(["markets"])
        #expect(table.status == 0, "\(table.errors)")
        #expect(table.output.contains("KRW-BTC "))
        #expect(table.output.contains(" markets at http://127.0.0.1:"))
        let json = try await fixture.run(["markets", "--json"])
        let object = try object(json.output)
        #expect(object["exchange"] as? String == "built-in")
        let markets = try #require(object["markets"] as? [[String: Any]])
        #expect(markets.count == 12)
        #expect(markets.contains { $0["market"] as? String == "KRW-BTC" })
        #expect(markets.allSatisfy { $0["korean_name"] is String && $0["cautions"] is [String] })
        // The budget is kept beside the data, for the next process.
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(of: "data"))
        #expect(files.contains { $0.hasPrefix("rate-budget-built-in-") })
    }

    @Test func theBudgetOfSeveralHostsIsKeptInTheirDatabase() async throws {
        let fixture = try Fixture()
        defer { fixture.exchange.stop() }
        let scratch = try await ScratchDatabase.make()
        let server = scratch.server
        let settings = [
            "--set", "exchange.rate_budget=database", "--set", "storage.engine=native", "--database-url",
            "postgresql://\(ScratchServer.user)@/\(scratch.name)?host=\(server.folder)&port=\(server.port)",
        ]
        let before = try await fixture.run(["markets"] + settings)
        #expect(before.status == 1 && before.errors.contains("Run `yeoul db migrate`"), "\(before.errors)")
        let migrated = try await fixture.run(["db", "migrate"] + settings)
        #expect(migrated.status == 0, "\(migrated.errors)")
        let markets = try await fixture.run(["markets"] + settings)
        #expect(markets.status == 0, "\(markets.errors)")
        let row = try await scratch.connect().query("SELECT name, generation FROM ops.rate_budgets").single()
        #expect(try row.value(0, as: String.self).hasPrefix("built-in-127.0.0.1-"))
        #expect(try row.value(1, as: Int.self) >= 2, "taken and given back")
    }

    @Test func pingMeasuresBothWaysAndTheClock() async throws {
        let fixture = try Fixture()
        defer { fixture.exchange.stop() }
        let json = try await fixture.run(["ping", "--rounds", "2", "--json"])
        #expect(json.status == 0, "\(json.errors)")
        let object = try object(json.output)
        for key in ["rest_microseconds", "websocket_microseconds"] {
            #expect((object[key] as? [Int])?.count == 2)
        }
        let text = try await fixture.run(["ping", "--rounds", "1"])
        #expect(text.output.contains("WebSocket  "))
        #expect(text.output.contains("Clock  "))
    }

    @Test func anExchangeThatIsNotThereIsAnErrorWithItsPlace() async throws {
        let fixture = try Fixture()
        fixture.exchange.stop()
        for verb in ["markets", "ping"] {
            let result = try await fixture.run([verb])
            #expect(result.status == 6)
            #expect(result.output == "")
            #expect(result.errors.contains("nobody listens there"))
            #expect(result.errors.contains("at: http://127.0.0.1:"))
        }
    }

    @Test func theBuiltInExchangeNeedsAnAddress() async throws {
        let folder = try TemporaryFolder()
        let result = try await YeoulProgram.run([
            "markets", "--exchange-profile", "built-in", "--data-folder", folder.path,
        ])
        #expect(result.status == 3)
        #expect(result.errors.contains("exchange.url"))
        let path = try await YeoulProgram.run([
            "markets", "--exchange-url", "http://127.0.0.1:1/elsewhere", "--data-folder", folder.path,
        ])
        #expect(path.status == 3)
    }
}
