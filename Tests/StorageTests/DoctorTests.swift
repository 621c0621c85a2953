import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct DoctorTests {
    private func patient(_ fixture: UpkeepFixture, profile: String = "default") throws -> Patient {
        Patient(
            connection: fixture.connection, options: try fixture.database.scratch.options,
            directOptions: try fixture.database.scratch.options, instance: TestDatabase.instance,
            profile: try RetentionProfiles.named(profile), archive: fixture.archive, marketsCount: 10,
            now: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) })
    }

    private func examine(_ fixture: UpkeepFixture, _ profile: String = "default") async throws -> DoctorReport
    {
        await Doctor().examine(try patient(fixture, profile: profile))
    }

    private func findings(_ report: DoctorReport, _ check: String) -> [Finding] {
        report.findings.filter { $0.check == check }
    }

    /// Jobs of ours that the server's scheduler failed at, as the server counts them.
    private func failedJobs(_ fixture: UpkeepFixture) async throws -> Int {
        guard fixture.database.engine == .timescale else { return 0 }
        return try await fixture.connection.query(
            """
            SELECT count(*) FROM timescaledb_information.job_stats JOIN timescaledb_information.jobs USING (job_id)
            WHERE last_run_status = 'Failed' AND scheduled AND jobs.hypertable_schema = 'market'
            """
        ).single().value(0)
    }

    @Test(arguments: TestEngines.all)
    func aDatabaseInOrderHasNoErrorsButThoseOfTheScratchServer(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        _ = try await fixture.applier("default").apply()
        _ = try await fixture.upkeep().run()
        // TimescaleDB 2.28.3's scheduler fails at every job on PostgreSQL 15.20; where it does, that is told.
        // It may fail at one more while the doctor looks, and is looked at again then.
        let isFailed = { (finding: Finding) in finding.what.contains("failed the last time") }
        var (before, report, after) = (-1, try await examine(fixture), 0)
        for _ in 0..<20 where before != after {
            before = try await failedJobs(fixture)
            report = try await examine(fixture)
            after = try await failedJobs(fixture)
        }
        #expect(before == after && report.findings.count(where: isFailed) == after)
        for finding in report.findings where finding.severity >= .warning && !isFailed(finding) {
            // Tests run without fsync, and on machines with any clock and disk.
            #expect(["server", "clock", "disk"].contains(finding.check), "\(finding)")
            #expect(finding.remedy != nil)
        }
        #expect(Set(report.findings.map(\.check)).count == Doctor.checks.count)
        #expect(
            findings(report, "server").contains { $0.severity == .error && $0.what.hasPrefix("fsync is off") }
        )
        #expect(report.hasErrors && report.text.contains("ERROR    server: fsync is off"))
    }

    @Test(arguments: TestEngines.all)
    func whatIsWrongIsFoundAndSaysWhatToDo(engine: EngineName) async throws {
        let fixture = try await UpkeepFixture.make(engine)
        try await fixture.insertTrades(10, daysAgo: 45)
        try await fixture.connection.execute("ALTER TABLE market.markets ADD COLUMN stray text")
        let reader = try await fixture.database.scratch.connect()
        let slots = try await fixture.connection.lines("SELECT 1 FROM pg_replication_slots")
        #expect(slots.isEmpty)
        try await reader.execute("BEGIN; SELECT 1")
        let report = try await examine(fixture)
        let other = try await examine(fixture, "small")
        #expect(findings(other, "policies").contains { $0.what.contains("small is not applied") })
        #expect(findings(report, "migrations").contains { $0.what.contains("stray") })
        #expect(
            findings(report, "partitions").contains { $0.what.contains("should have been dropped 2d ago") })
        // The open transaction is young yet.
        #expect(findings(report, "snapshots").map(\.severity) == [.ok])
        if engine == .native {
            #expect(findings(report, "partitions").contains { $0.what.contains("has no partition for") })
        }
    }

    @Test func aMissingSchemaIsAnErrorThatNamesTheCommand() async throws {
        let scratch = try await ScratchDatabase.make()
        let folder = try TemporaryFolder()
        let patient = Patient(
            connection: try await scratch.connect(), options: try scratch.options,
            directOptions: try scratch.options, instance: TestDatabase.instance,
            profile: try RetentionProfiles.named("default"), archive: ArchiveFolder(path: folder.path),
            now: { Instant(microseconds: 0) })
        let report = await Doctor().examine(patient)
        let migrations = findings(report, "migrations")
        #expect(
            migrations.map(\.severity) == [.error]
                && migrations[0].remedy?.contains("yeoul db migrate") == true)
        // A clock that is off by half a century is noticed.
        #expect(
            findings(report, "clock").contains { $0.severity == .warning && $0.what.contains("differ by") })
    }

    @Test func aDefaultPartitionIsAnError() async throws {
        let fixture = try await UpkeepFixture.make(.native)
        try await fixture.connection.execute("CREATE TABLE market.rest PARTITION OF market.tickers DEFAULT")
        let report = try await examine(fixture)
        #expect(
            findings(report, "partitions").contains {
                $0.severity == .error && $0.what.contains("tickers has a default partition")
            })
    }

    @Test func aJobThatFailsIsAnErrorAndTheUpkeepRunsIt() async throws {
        guard TestEngines.hasTimescale else { return }
        let fixture = try await UpkeepFixture.make(.timescale)
        _ = try await fixture.applier("default").apply()
        try await fixture.insertTrades(10, daysAgo: 20)
        // The scheduler is kept away, so that what is noted here stays.
        try await fixture.connection.execute(
            """
            SELECT _timescaledb_functions.stop_background_workers();
            SELECT alter_job(job_id, next_start => now() + interval '1 day') FROM timescaledb_information.jobs;
            SELECT alter_job(job_id, scheduled => false) FROM timescaledb_information.jobs
                WHERE proc_name = 'policy_retention' AND hypertable_name = 'tickers';
            """)
        try await failCompression(fixture, "transactions")
        let told = findings(try await examine(fixture), "policies")
        #expect(
            told.contains {
                $0.severity == .error
                    && $0.what.contains("(policy_compression of transactions) failed the last time, 7 times")
            }, "\(told)")
        #expect(
            told.contains { $0.severity == .note && $0.what.hasSuffix("of tickers) is paused") }, "\(told)")
        let report = try await fixture.upkeep().run()
        #expect(report.text.contains("(policy_compression of transactions), at which"), "\(report.text)")
        let facts = try await CatalogReader(fixture.connection).read(now: fixture.now)
        #expect(facts.timeTables["transactions"]?.chunks.map(\.isCompressed) == [true])
    }

    /// As the scheduler notes a failure.
    private func failCompression(_ fixture: UpkeepFixture, _ table: String) async throws {
        try await fixture.connection.query(
            """
            INSERT INTO _timescaledb_internal.bgw_job_stat (job_id, last_start, last_finish, next_start,
                last_successful_finish, last_run_success, total_runs, total_duration, total_duration_failures,
                total_successes, total_failures, total_crashes, consecutive_failures, consecutive_crashes, flags)
            SELECT job_id, now(), now(), now() + interval '1 day', '-infinity', false, 7, '0', '0', 0, 7, 0, 7, 0, 0
            FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression' AND hypertable_name = $1
            ON CONFLICT (job_id) DO UPDATE SET last_run_success = false, total_failures = 7
            """, [.text(table)])
    }

    @Test func theReportIsJSONForPrograms() throws {
        let report = DoctorReport(findings: [
            Finding(.error, "disk", "full", place: "/data", remedy: "Make room."),
            Finding(.ok, "clock", "right"),
        ])
        struct Read: Decodable {
            var errors: Int
            var findings: [Finding]
        }
        let read = try JSONDecoder().decode(Read.self, from: Data(report.json().utf8))
        #expect(read.errors == 1 && read.findings == report.findings)
        #expect(!DoctorReport(findings: [Finding(.warning, "a", "b", remedy: "c")]).hasErrors)
    }

    @Test func theGrowthFollowsTheMarketsAndTheProfile() throws {
        let standard = try RetentionProfiles.named("default")
        let few = GrowthEstimate(profile: standard, marketsCount: 10)
        let many = GrowthEstimate(profile: standard, marketsCount: 200)
        #expect(abs(many.bytesPerDay / few.bytesPerDay - 20) < 0.001)
        let sizes = try ["small", "default", "year", "forever"].map {
            GrowthEstimate(profile: try RetentionProfiles.named($0), marketsCount: 200).steadyBytes
        }
        #expect(sizes == sizes.sorted())
    }
}
