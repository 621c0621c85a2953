import Database
import Foundation
import TestKit
import Testing

/// The upgrade that the refusal of another major version prints, done as printed.
@Suite struct ClusterUpgradeTests {
    /// The installed 15, when the tests run on a newer one.
    private static let old = "/usr/lib/postgresql/15/bin"
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
        try await fixture.use { fixture in
            let lease = try await fixture.cluster.open()
            let owner = try await ClusterFixture.connect(lease.address, .owner)
            // Tables made by 15.20 cannot be taken over by the wheel's 17.10, which is older and does not know
            // their column option pg_attver; a large object is data all the same.
            try await owner.execute("SELECT lo_from_bytea(4711, 'kept'::bytea)")
            try owner.close()
            try await lease.close()
        }
        fixture.settings.programs = newPrograms
        try await fixture.use { fixture in
            let cluster = try fixture.cluster
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
            let version = try await ClusterFixture.query(
                lease.address, .reader, "SELECT current_setting('server_version_num')")
            #expect(try #require(Int(version)) >= 160_000)
            let locale = try await ClusterFixture.query(
                lease.address, .reader, "SELECT datcollate FROM pg_database WHERE datname = 'yeoul'")
            #expect(locale == "C.UTF-8")
        }
    }
}
