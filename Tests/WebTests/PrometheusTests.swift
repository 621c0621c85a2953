import Foundation
import Network
import TestKit
import Testing
import Web

/// Somebody else's server reads what ours says of itself.
@Suite struct PrometheusTests {
    @Test(.timeLimit(.minutes(3))) func aRealPrometheusScrapesTheMetrics() async throws {
        let program = Repository.root + "/.venv/prometheus/prometheus"
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "it is missing: make setup-test")
        let fixture = try await WebFixture.make()
        let folder = try TemporaryFolder(named: "yeoul-prometheus")
        let port = try freePort()
        try folder.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: yeoul
                static_configs: [ { targets: [ "127.0.0.1:\(fixture.server.address.port)" ] } ]
            """, to: "prometheus.yml")
        let server = try Self.start(program, folder, port)
        defer { server.terminate() }
        let http = try HTTPClient()
        for (query, wanted) in [("up", "1"), ("yeoul_database_up", "1"), ("yeoul_simulated", "1")] {
            var said = ""
            for _ in 0..<300 where !said.contains("\"\(wanted)\"]") {
                let address = "http://127.0.0.1:\(port)/api/v1/query?query=\(query)"
                said = (try? await http.perform(HTTPCall(try Address(address))).text) ?? ""
                if !said.contains("\"\(wanted)\"]") { try await Task.sleep(for: .milliseconds(200)) }
            }
            #expect(said.contains("\"\(wanted)\"]"), "\(query): \(said)")
        }
        let targets = try await http.perform(
            HTTPCall(try Address("http://127.0.0.1:\(port)/api/v1/targets")))
        #expect(targets.text.contains("\"health\":\"up\"") && targets.text.contains("\"lastError\":\"\""))
    }

    /// Ends with the test; one whose process is killed leaves it some minutes.
    private static func start(_ program: String, _ folder: TemporaryFolder, _ port: Int) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = [
            "180", program, "--config.file=\(folder.path(of: "prometheus.yml"))",
            "--storage.tsdb.path=\(folder.path(of: "data"))", "--web.listen-address=127.0.0.1:\(port)",
            "--log.level=error",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
