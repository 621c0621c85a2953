import Database
import Foundation
import Storage
import TestKit
import Testing
import yeoul

/// The verbs that care for the database, run as the built program on a database of their own.
@Suite struct UpkeepVerbTests {
    private func migrated() async throws -> (ScratchDatabase, [String: String], TemporaryFolder) {
        let scratch = try await ScratchDatabase.make()
        _ = try await Migrator(
            scratch.options, instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "t"),
            engine: .native, program: "test", set: .embedded()
        ).migrate()
        let folder = try TemporaryFolder(named: "yeoul data")
        let server = scratch.server
        let url =
            "postgresql://\(ScratchServer.user)@/\(scratch.name)?host=\(server.folder)&port=\(server.port)"
        return (scratch, ["HOME": folder.path, "DATABASE_URL": url], folder)
    }

    @Test func policiesUpkeepArchiveAndDoctorWorkTogether() async throws {
        let (scratch, environment, folder) = try await migrated()
        func run(_ words: String...) async throws -> (status: Int32, output: String, errors: String) {
            let result = try await YeoulProgram.run(
                words + ["--data-folder", folder.path], environment: environment, folder: folder.path)
            return (result.status, result.output, result.errors)
        }
        let plan = try await run("db", "policies", "plan")
        #expect(plan.status == 0 && plan.output.contains("no columnstore"), "\(plan)")
        #expect(try await run("db", "policies", "apply").status == 0)
        #expect(
            try await run("db", "policies", "plan").output.hasPrefix(
                "The database is as the profile wants it."))

        let fields = try JSONSerialization.jsonObject(
            with: Data(try await run("db", "policies", "plan", "--json").output.utf8))
        let policies = try #require(fields as? [String: Any])
        #expect(policies["profile"] as? String == "default" && policies["applied"] as? Bool == false)
        #expect((policies["changes"] as? [Any])?.isEmpty == true)
        let remarks = try #require(policies["remarks"] as? [String])
        #expect(remarks.contains { $0.contains("30d of transactions") && $0.contains("go with them") })
        let year = try await run("db", "policies", "plan", "--json", "--set", "storage.retention=year")
        #expect(
            year.output.contains("\"profile\" : \"year\"") && !year.output.contains("30d of transactions"))
        let applied = try await run("db", "policies", "apply", "--json")
        #expect(applied.output.contains("\"applied\" : true"))

        let connection = try await scratch.connect()
        try await connection.execute(
            """
            SELECT ops.ensure_partitions('transactions', now() - interval '40 days', now() - interval '40 days' + interval '1 s');
            INSERT INTO market.transactions (time, sequential_id, received_at, price, volume, symbol, side)
                SELECT now() - interval '40 days', i, now(), i, 1, 'KRW-BTC', 'buy' FROM generate_series(1, 50) i
            """)
        let due = try await run("db", "upkeep", "--plan")
        #expect(due.output.contains("due: archive and drop transactions_p"))
        let dueJSON = try await run("db", "upkeep", "--plan", "--json").output
        #expect(dueJSON.contains("\"archive and drop transactions_p"))
        struct Done: Decodable {
            var done: [String]
            var failed: [[String: String]]
            var pruned_rows: Int
        }
        let first = try await run("db", "upkeep", "--json")
        let done = try JSONDecoder().decode(Done.self, from: Data(first.output.utf8))
        #expect(first.status == 0 && done.failed.isEmpty && done.pruned_rows == 0)
        #expect(done.done.contains { $0.hasPrefix("archive and drop transactions_p") })

        let list = try await run("db", "archive", "list")
        #expect(list.output.hasPrefix("transactions ") && list.output.contains(": 50 rows, "), "\(list)")
        #expect(try await run("db", "archive", "list", "--json").output.contains("\"rows\" : 50"))
        #expect(try await run("db", "archive", "verify").output.hasPrefix("sound: transactions "))
        let restored = try await run("db", "archive", "restore", "--table", "transactions")
        #expect(restored.status == 0 && restored.output.contains("50 rows were not there"), "\(restored)")

        let doctor = try await run("doctor", "--json")
        // The scratch server runs without fsync, which is an error.
        #expect(doctor.status == 1 && doctor.output.contains("fsync is off"), "\(doctor)")
        #expect(doctor.output.contains("\"check\" : \"configuration\""))
    }

    @Test func aProfileOfOnesOwnIsCheckedWithItsLine() async throws {
        let folder = try TemporaryFolder()
        try folder.write("profile: mine\nabuot: x\n", to: "mine.yaml")
        let result = try await YeoulProgram.run(
            ["db", "policies", "plan", "--file", "mine.yaml"], environment: ["HOME": folder.path],
            folder: folder.path)
        #expect(result.status == 4)
        #expect(
            result.errors.contains("mine.yaml:2:1") && result.errors.contains("Did you mean about?"),
            "\(result.errors)")
    }

    @Test func theDoctorReportsAServerThatCannotBeReached() async throws {
        let folder = try TemporaryFolder()
        let port = try freePort()
        let result = try await YeoulProgram.run(
            ["doctor"],
            environment: ["HOME": folder.path, "DATABASE_URL": "postgresql://a@127.0.0.1:\(port)/b"],
            folder: folder.path)
        #expect(result.status == 1)
        #expect(
            result.output.contains("ok       configuration: sound")
                && result.output.contains("ERROR    server:"))
    }
}
