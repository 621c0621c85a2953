import Foundation
import TestKit
import Testing

@Suite struct StatusVerbTests {
    @Test func whatDoesNotRunIsSaidAndNothingIsStarted() async throws {
        try await ServerSandbox().use { sandbox in
            let result = try await sandbox.yeoul("status")
            #expect(result.status == 1)
            #expect(result.output.contains("database  does not run\n"))
            #expect(result.output.contains("capture   has not run here\n"))
            #expect(result.errors.contains("yeoul up"))
            #expect(sandbox.serverProcess() == nil)
        }
    }

    @Test func rolesAndFiguresAreShown() async throws {
        try await ServerSandbox().use { sandbox in
            let serve = try sandbox.start("serve", "--set", "web.port=0")
            #expect(try await serve.prints("Yeoul's page: http://"))
            let shown = try await ServerSandbox.eventually {
                FileManager.default.fileExists(atPath: sandbox.data + "/status/serve.json")
            }
            #expect(shown)
            let text = try await sandbox.yeoul("status", "--markets")
            #expect(text.status == 0, "\(text.errors)")
            for part in [
                "state     no trade is stored yet, upbit\n",
                "gaps      0 open, 0 unfillable; 0 repairs open\n",
                "serve     running since ", "process \(serve.pid)\n", "transactions: ",
            ] { #expect(text.output.contains(part), "\(part) in \(text.output)") }
            let json = try await sandbox.yeoul("status", "--json")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["database_runs"] as? Bool == true)
            #expect((object["status"] as? [String: Any])?["freshness"] as? String == "empty")
            #expect((object["sizes"] as? [String: Any])?["database_bytes"] is Int)
            let watch = try sandbox.start("status", "--watch")
            let repeats = try await ServerSandbox.eventually {
                watch.output.components(separatedBy: "state     ").count > 3
            }
            #expect(repeats)
            watch.signal(SIGINT)
            #expect(try await watch.status() == 0)
            serve.signal(SIGTERM)
            #expect(try await serve.status() == 0)
        }
    }
}
