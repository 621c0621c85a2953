import Database
import Foundation
import TestKit
import Testing

/// The upgrade that the refusal of another major version prints, done as printed.
@Suite struct ClusterUpgradeTests {
    /// The installed 15, or another one that is named.
    private static let old =
        ProcessInfo.processInfo.environment["YEOUL_TEST_OLD_POSTGRES_BIN"] ?? "/usr/lib/postgresql/15/bin"
    private static let canUpgrade: Bool = {
        let tested = ProcessInfo.processInfo.environment["YEOUL_TEST_POSTGRES_BIN"] ?? ""
        return !tested.isEmpty && tested != old
            && FileManager.default.isExecutableFile(atPath: old + "/postgres")
    }()

    @Test(
        .enabled(if: canUpgrade, "needs two major versions: YEOUL_TEST_POSTGRES_BIN beside an installed 15"))
    func thePrintedCommandsBringTheDatabaseToTheOtherVersionWithItsDataAndPasswords() async throws {
        var fixture = try ClusterFixture.empty(named: "to upgrade")
        let newPrograms = fixture.settings.programs
        fixture.settings.programs = Self.old
        let hasTable = try await fixture.use { fixture in
            let lease = try await fixture.cluster.open()
            let owner = try await ClusterFixture.connect(lease.address, .owner)
            try await owner.execute("SELECT lo_from_bytea(4711, 'kept'::bytea)")
            let hasTable = try await Self.makeTable(owner)
            try owner.close()
            try await lease.close()
            return hasTable
        }
        fixture.settings.programs = newPrograms
        try await fixture.use { fixture in
            let cluster = try fixture.cluster
            try await Self.refuseWithoutTimescale(fixture)
            let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
            #expect(error?.code == .otherMajorVersion)
            let showWhyOnFailure =
                "trap 'tail \"$database\"/server.upgraded/pg_upgrade_output.d/*/log/* || true' EXIT"
            let script = try ([showWhyOnFailure] + #require(error?.details)).joined(separator: "\n")
            try ClusterFixture.run("/bin/sh", "-c", script)
            let lease = try await cluster.open()
            let answer = try await ClusterFixture.query(
                lease.address, .owner, "SELECT convert_from(lo_get(4711), 'UTF8')")
            #expect(answer == "kept")
            if hasTable {
                let rows = try await ClusterFixture.query(
                    lease.address, .reader,
                    "SELECT count(*) || ' ' || sum(id) || ' ' || max(prices[2]) FROM kept WHERE word LIKE 'w%'"
                )
                #expect(rows == "1000 500500 0.5")
            }
            let version = try await ClusterFixture.query(
                lease.address, .reader, "SELECT current_setting('server_version_num')")
            #expect(try #require(Int(version)) >= 160_000)
            let locale = try await ClusterFixture.query(
                lease.address, .reader, "SELECT datcollate FROM pg_database WHERE datname = 'yeoul'")
            #expect(locale == "C.UTF-8")
        }
    }

    /// A table with an index. Since its autumn's releases of 2026 PostgreSQL writes an option pg_attver to each
    /// column, which older releases of the next versions refuse: then there is none, and a line says so.
    private static func makeTable(_ owner: Connection) async throws -> Bool {
        try await owner.execute(
            """
            CREATE TABLE kept (id bigint PRIMARY KEY, word text NOT NULL, prices numeric[]);
            INSERT INTO kept SELECT i, 'w' || i, array[1, 0.5] FROM generate_series(1, 1000) AS i;
            GRANT SELECT ON kept TO PUBLIC;
            """)
        let options: String? = try await owner.query(
            "SELECT max(attoptions::text) FROM pg_attribute WHERE attrelid = 'kept'::regclass"
        ).single().optional(0)
        guard options?.contains("pg_attver") == true else { return true }
        print("▸ upgrade: without a table, which the newer server's older release would refuse")
        try await owner.execute("DROP TABLE kept")
        return false
    }

    /// When the old server loads TimescaleDB and the new one has none, that comes first, and the folder stays.
    private static func refuseWithoutTimescale(_ fixture: ClusterFixture) async throws {
        let settings = try String(contentsOfFile: fixture.layout.settingsFile, encoding: .utf8)
        guard settings.contains("'timescaledb,") else { return }
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .otherMajorVersion && error?.details == [])
        #expect(error?.remedy?.contains("Install the same release") == true, "\(String(describing: error))")
        #expect(error?.remedy?.contains(fixture.layout.settingsFile) == true)
        #expect(try String(contentsOfFile: fixture.layout.settingsFile, encoding: .utf8) == settings)
        // No database uses it here, so it is taken out, as the remedy says.
        try settings.replacing("'timescaledb,", with: "'").write(
            toFile: fixture.layout.settingsFile, atomically: false, encoding: .utf8)
    }
}
