import Foundation
import TestKit
import Testing

/// Somebody else's tester asks what the document of the API promises, and what it does not.
@Suite struct SchemathesisTests {
    @Test(.timeLimit(.minutes(5))) func theAPIIsAsItsDocumentSays() async throws {
        let program = Repository.root + "/.venv/bin/st"
        try #require(
            FileManager.default.fileExists(atPath: program), "schemathesis is missing: make setup-test")
        let fixture = try await WebFixture.make()
        let folder = try TemporaryFolder(named: "yeoul-schemathesis")
        let isLong = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == "1"
        let result = try await YeoulProgram.run(
            program,
            [
                "--no-color", "run", "\(fixture.origin)/openapi.json", "--max-examples",
                isLong ? "500" : "15",
                "--seed", "1", "--request-timeout", "20", "--suppress-health-check", "all",
            ], environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin"], folder: folder.path)
        #expect(result.status == 0, "\(result.output.suffix(4_000))")
        #expect(result.output.contains("No issues found"))
        // Every address was asked.
        #expect(result.output.contains("Tested: 10"))
    }
}
