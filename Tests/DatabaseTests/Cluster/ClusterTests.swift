import Database
import Foundation
import TestKit
import Testing

/// The private cluster with real servers, one after another so that a small machine is not flooded.
@Suite(.serialized) struct ClusterTests {
    // MARK: A new cluster

    @Test func aNewFolderWithBlanksGetsAServerThatIsSetUpWholly() async throws {
        try await ClusterFixture.empty(named: "my data & more").use { fixture in
            let lease = try await fixture.cluster.open()
            #expect(lease.startedByUs)
            let facts = try await ClusterFixture.query(
                lease.address, .reader,
                """
                SELECT concat_ws(' ', pg_encoding_to_char(encoding), current_setting('data_checksums'),
                    current_setting('TimeZone'), current_setting('log_timezone'),
                    current_setting('password_encryption'), current_setting('transaction_read_only'),
                    current_setting('statement_timeout'), datname)
                FROM pg_database WHERE datname = current_database()
                """)
            #expect(facts == "UTF8 on UTC UTC scram-sha-256 on 1min yeoul")
            let sorted = try await ClusterFixture.query(
                lease.address, .owner,
                "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,A,a,B,é}'::text[]) x")
            #expect(sorted == "ABabé")
            let upper = try await ClusterFixture.query(lease.address, .owner, "SELECT upper('é')")
            #expect(upper == "É")
            let locks = try await ClusterFixture.query(
                lease.address, .owner, "SELECT current_setting('max_locks_per_transaction')")
            #expect(try #require(Int(locks)) >= 512)
            #expect(try await lease.close())
            #expect(!ClusterFixture.isRunning(lease.pid))
        }
    }

    @Test func theExtensionsOfTheServerArePreloaded() async throws {
        try await ClusterFixture.made().use { fixture in
            let lease = try await fixture.cluster.open()
            let installation = try #require(lease.installation)
            let libraries = try await ClusterFixture.query(
                lease.address, .owner, "SELECT current_setting('shared_preload_libraries')")
            #expect(libraries.contains("timescaledb") == installation.hasTimescale)
            #expect(libraries.contains("pg_stat_statements") == installation.hasStatementStatistics)
            let owner = try await ClusterFixture.connect(lease.address, .owner)
            let available = try await owner.query(
                "SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'"
            ).single().value(0, as: Int.self)
            #expect((available == 1) == installation.hasTimescale)
            if installation.hasTimescale {
                try await owner.execute("CREATE EXTENSION timescaledb")
                let telemetry = try await owner.query("SELECT current_setting('timescaledb.telemetry_level')")
                #expect(try telemetry.single().value(0, as: String.self) == "off")
            }
            if installation.hasStatementStatistics {
                try await owner.execute("CREATE EXTENSION pg_stat_statements")
            }
        }
    }

    @Test func eachRoleHasItsOwnPasswordAndNobodyComesInWithout() async throws {
        try await ClusterFixture.made().use { fixture in
            let lease = try await fixture.cluster.open()
            for role in ClusterRole.allCases {
                let name = try await ClusterFixture.query(lease.address, role, "SELECT current_user::text")
                #expect(name == role.loginName)
                let tcp = try ConnectionOptions(url: lease.address.url(role, by: .tcp))
                try await Connection.connect(tcp).close()
            }
            let reader = try #require(lease.address.passwords[.reader])
            let owner = try #require(lease.address.passwords[.owner])
            for way in [ClusterAddress.Way.socket, .tcp] {
                let url = lease.address.url(.owner, by: way).replacing(owner, with: reader)
                await #expect(throws: DatabaseError.self) {
                    try await Connection.connect(ConnectionOptions(url: url))
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await ClusterFixture.query(lease.address, .reader, "CREATE TEMP TABLE t AS SELECT 'x'")
            }
        }
    }

    @Test func theFilesAreClosedToOthers() async throws {
        try await ClusterFixture.made().use { fixture in
            _ = try await fixture.cluster.open()
            func mode(_ path: String) throws -> Int {
                try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
            }
            #expect(try mode(fixture.layout.passwords) == 0o600)
            #expect(try mode(fixture.layout.server) == 0o700)
            #expect(try mode(fixture.layout.settingsFile) == 0o600)
            let log = try mode(fixture.layout.log)
            #expect(log & 0o007 == 0)
        }
    }

    @Test func aPathLongerThanASocketsWorks() async throws {
        let name = (0..<6).map { _ in "a-folder-with-a-long-name" }.joined(separator: "/")
        try await ClusterFixture.empty(named: name).use { fixture in
            #expect(fixture.settings.dataFolder.utf8.count > 107)
            let lease = try await fixture.cluster.open()
            #expect(try await ClusterFixture.query(lease.address, .trader, "SELECT 'here'") == "here")
        }
    }

    // MARK: Two of us

    @Test func ofTwoStartsAtOnceTheSecondJoinsAndTheLastOutStops() async throws {
        try await ClusterFixture.empty().use { fixture in
            let cluster = try fixture.cluster
            async let one = cluster.open()
            async let two = cluster.open()
            let leases = try await [one, two]
            #expect(leases[0].pid == leases[1].pid)
            #expect(leases.count { $0.startedByUs } == 1)
            let stopped = try await leases[0].close()
            #expect(!stopped)
            #expect(try await ClusterFixture.query(leases[1].address, .reader, "SELECT 'here'") == "here")
            #expect(try await leases[1].close())
            #expect(!ClusterFixture.isRunning(leases[1].pid))
            let again = try await leases[1].close()
            #expect(!again)
        }
    }

    @Test func aServerThatWasAskedToStayIsStoppedByNameOnly() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let pinned = try await cluster.open()
            try pinned.keepRunning()
            let stopped = try await pinned.close()
            #expect(!stopped)
            let user = try await cluster.open()
            #expect(!user.startedByUs)
            let found = try cluster.find()
            #expect(found.isRunning)
            #expect(found.address == user.address)
            let refusal = await #expect(throws: ClusterError.self) { try await cluster.stop() }
            #expect(refusal?.code == .inUse)
            #expect(ClusterFixture.isRunning(user.pid))
            let stoppedByUser = try await user.close()
            #expect(!stoppedByUser)
            #expect(try await cluster.stop() == .stopped)
            #expect(try await cluster.stop() == .wasNotRunning)
            let down = try cluster.find()
            #expect(!down.isRunning)
            #expect(down.address == user.address)
        }
    }

    @Test func forceStopsTheServerUnderItsUsers() async throws {
        try await ClusterFixture.made().use { fixture in
            let lease = try await fixture.cluster.open()
            #expect(try await fixture.cluster.stop(force: true) == .stopped)
            #expect(!ClusterFixture.isRunning(lease.pid))
            let stopped = try await lease.close()
            #expect(!stopped)
        }
    }

    // MARK: Ports

    @Test func aTakenPortThatWasAskedForIsRefusedAndNothingIsStarted() async throws {
        try await ClusterFixture.made().use { fixture in
            let listener = try PortHolder()
            var settings = fixture.settings
            settings.port = listener.port
            let cluster = try PrivateCluster(settings)
            let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
            #expect(error?.code == .portTaken)
            #expect(error?.what.contains(String(listener.port)) == true)
            #expect(!FileManager.default.fileExists(atPath: fixture.layout.postmasterFile))
        }
    }

    @Test func aChosenPortIsKeptAndGivenUpOnlyWhenItIsTaken() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            let port = first.address.port
            try await first.close()
            let second = try await cluster.open()
            #expect(second.address.port == port)
            #expect(second.notices.isEmpty)
            try await second.close()
            let listener = try PortHolder(port)
            let third = try await cluster.open()
            #expect(third.address.port != listener.port)
            #expect(third.notices.count == 1)
            let tcp = try ConnectionOptions(url: third.address.url(.reader, by: .tcp))
            try await Connection.connect(tcp).close()
        }
    }

    // MARK: The small profile

    @Test func theSmallProfileStaysWithinAGigabyteWithAllItsConnectionsAtWork() async throws {
        var fixture = try await ClusterFixture.made()
        fixture.settings.profile = .small
        try await fixture.use { fixture in
            let lease = try await fixture.cluster.open()
            let owner = try await ClusterFixture.connect(lease.address, .owner)
            if lease.installation?.hasTimescale == true {
                try await owner.execute("CREATE EXTENSION timescaledb")
            }
            // More than the shared buffers hold, and read into them until they are full.
            try await owner.execute(
                """
                CREATE UNLOGGED TABLE t AS SELECT i, repeat('x', 1900) AS x FROM generate_series(1, 110000) i;
                CREATE EXTENSION pg_prewarm;
                SELECT pg_prewarm('t');
                """, within: .seconds(60))
            // All of the 24 that it allows: the last three are kept for the owner.
            var others: [Connection] = []
            for role in [ClusterRole](repeating: .reader, count: 20) + [.owner, .owner, .owner] {
                let connection = try await ClusterFixture.connect(lease.address, role)
                // An open cursor on a sort that needs more than its work memory, so it holds that.
                try await connection.execute(
                    """
                    BEGIN;
                    DECLARE c CURSOR FOR SELECT repeat('x', 200) || i FROM generate_series(1, 40000) i
                        ORDER BY 1 DESC;
                    FETCH 1 FROM c;
                    """)
                others.append(connection)
            }
            let bytes = try ServerMemory.proportionalBytes(of: fixture.layout.server)
            #expect(others.count == 23)
            await #expect(throws: DatabaseError.self) {
                _ = try await ClusterFixture.connect(lease.address, .owner)
            }
            print("▸ small profile: \(bytes >> 20) MiB with 24 connections at work")
            #expect(bytes < 1 << 30, "\(bytes >> 20) MiB")
            // The buffers alone are 192 MB: less would mean that the measurement saw nothing.
            #expect(bytes > 192 << 20, "\(bytes >> 20) MiB")
        }
    }
}
