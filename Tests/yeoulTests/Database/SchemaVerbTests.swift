import Database
import Foundation
import TestKit
import Testing

/// `yeoul db migrate`, `rollback` and `status` on a server that is not ours.
@Suite struct SchemaVerbTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(named: "yeoul schema")
    }

    private func yeoul(_ scratch: ScratchDatabase, _ arguments: String..., settings: [String] = [])
        async throws
        -> YeoulProgram.Result
    {
        let server = scratch.server
        let url =
            "postgresql://\(ScratchServer.user)@/\(scratch.name)?host=\(server.folder)&port=\(server.port)"
        let all =
            ["database.url=\(url)", "data.folder=\(folder.path(of: "data"))", "storage.engine=native"]
            + settings
        return try await YeoulProgram.run(
            arguments + all.flatMap { ["--set", $0] }, environment: ["PATH": "/usr/bin"])
    }

    @Test func aServerIsMigratedShownAndTakenBackByCommand() async throws {
        let scratch = try await ScratchDatabase.make()
        let empty = try await yeoul(scratch, "db", "status")
        #expect(empty.status == 1)
        #expect(empty.output.hasPrefix("version    none"))
        #expect(empty.errors.contains("Run `yeoul db migrate`"))
        let migrated = try await yeoul(scratch, "db", "migrate")
        #expect(migrated.status == 0, "\(migrated.errors)")
        #expect(migrated.output.contains("applied 0001 ground"))
        #expect(migrated.output.contains("not for this engine 0006"))
        let again = try await yeoul(scratch, "db", "migrate", "--json")
        #expect(again.output.contains("\"steps\":[]"))
        let status = try await yeoul(scratch, "db", "status", "--json")
        #expect(status.status == 0, "\(status.errors)")
        let fields = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        #expect(fields["current"] as? Bool == true && fields["engine"] as? String == "native")
        #expect((fields["drift"] as? [Any])?.isEmpty == true)
        let other = try await yeoul(scratch, "db", "migrate", settings: ["storage.engine=timescale"])
        #expect(other.status == 4 && other.errors.contains("made with the engine native, not timescale"))
        let refused = try await yeoul(scratch, "db", "rollback", "--to", "0")
        #expect(refused.status == 4)
        #expect(refused.errors.contains("--delete-data"))
        let gone = try await yeoul(scratch, "db", "rollback", "--to", "0", "--delete-data")
        #expect(gone.status == 0, "\(gone.errors)")
        #expect(gone.output.contains("taken back 0001 ground"))
        #expect(try await yeoul(scratch, "db", "rollback").status == 2)
    }

    @Test func upRefusesAServerWithoutOurSchemaAndChangesNothing() async throws {
        let scratch = try await ScratchDatabase.make()
        let refused = try await yeoul(scratch, "up")
        #expect(refused.status == 4)
        #expect(refused.errors.contains("Run `yeoul db migrate`"))
        let schemas = try await scratch.connect().query("SELECT to_regnamespace('ops') IS NULL").single()
        #expect(try schemas.value(0, as: Bool.self))
    }

    @Test func driftAndAnotherExchangeAreReported() async throws {
        let scratch = try await ScratchDatabase.make()
        #expect(try await yeoul(scratch, "db", "migrate").status == 0)
        let connection = try await scratch.connect()
        try await connection.execute("DROP INDEX market.gaps_open")
        let drifted = try await yeoul(scratch, "db", "status")
        #expect(drifted.status == 1)
        #expect(drifted.output.contains("drift: index market.gaps.gaps_open is missing"))
        let other = try await yeoul(scratch, "db", "migrate", settings: ["exchange.profile=bithumb"])
        #expect(other.status == 4)
        #expect(other.errors.contains("holds data of upbit"))
    }
}
