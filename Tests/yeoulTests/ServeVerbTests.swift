import Foundation
import Network
import TestKit
import Testing

@Suite struct ServeVerbTests {
    @Test func thePageIsServedFromThePrivateDatabaseUntilASignal() async throws {
        try await ServerSandbox().use { sandbox in
            let serve = try sandbox.start("serve", "--set", "web.port=0")
            #expect(try await serve.prints("Yeoul's page: http://127.0.0.1:"))
            let rest = try #require(serve.output.split(separator: "Yeoul's page: ").last)
            let origin = String(rest.prefix { $0 != " " }.dropLast())
            let http = try HTTPClient()
            let page = try await http.perform(HTTPCall(try Address(origin + "/")))
            #expect(page.status == 200 && page.text.contains("<title>Yeoul</title>"))
            let health = try await http.perform(HTTPCall(try Address(origin + "/health")))
            #expect(health.status == 200 && health.text.contains("no trade is stored yet"))
            // It says of itself that it runs, and that it stopped.
            let status = sandbox.data + "/status/serve.json"
            let running = try await ServerSandbox.eventually {
                (try? String(contentsOfFile: status, encoding: .utf8))?.contains("\"state\":\"running\"")
                    == true
            }
            #expect(running)
            let server = try #require(sandbox.serverProcess())
            serve.signal(SIGTERM)
            #expect(try await serve.status() == 0)
            #expect(serve.output.hasSuffix("Ended.\n"))
            #expect(try String(contentsOfFile: status, encoding: .utf8).contains("\"state\":\"stopped\""))
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    @Test func whatOthersCouldReadNeedsATokenBeforeAnythingStarts() async throws {
        try await ServerSandbox().use { sandbox in
            let refused = try await sandbox.yeoul("serve", "--set", "web.host=0.0.0.0")
            #expect(refused.status == 3)
            #expect(
                refused.errors.contains("no token is set") && refused.errors.contains("openssl rand -hex 24"))
            #expect(!FileManager.default.fileExists(atPath: sandbox.data))
            let short = try await sandbox.yeoul("serve", "--set", "web.token=short")
            #expect(short.status == 3 && !short.errors.contains("short\n"))
        }
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        try await ServerSandbox().use { sandbox in
            let first = try sandbox.start("serve", "--set", "web.port=0")
            #expect(try await first.prints("Yeoul's page: http://127.0.0.1:"))
            let digits = first.output.split(separator: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
            let second = try await sandbox.yeoul("serve", "--web-port", String(digits))
            #expect(second.status == 6, "\(second.errors)")
            #expect(second.errors.contains(String(digits)))
            first.signal(SIGINT)
            #expect(try await first.status() == 0)
        }
    }
}
