import Capture
import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// What a real server does to a commit loop. Each test feeds trades all the while.
@Suite struct CommitFaultTests {
    private let isTorture = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] != nil

    /// Feeds `count` trades within a second, while `body` does its worst; then all must be stored once.
    private func survives(
        _ database: CaptureDatabase, count: Int64 = 2_000, _ body: (CommitRig) async throws -> Void
    ) async throws -> CommitRig {
        let rig = try CommitRig(database, drainMilliseconds: 30_000)
        let frames = Messages.trades(0..<count, now: clockNow)
        let feeding = Task {
            for start in stride(from: 0, to: frames.count, by: 20) {
                rig.feed.append(Array(frames[start..<min(frames.count, start + 20)]))
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        do {
            try await body(rig)
            _ = await feeding.value
            let isStored = try await rig.eventually { $0.position == UInt64(count) }
            #expect(isStored)
        } catch {
            await rig.stop(drains: false)
            throw error
        }
        await rig.stop()
        #expect(try await database.count() == Int(count))
        return rig
    }

    /// The server raises any error, from inside the transaction, until told to stop.
    @Test(arguments: [
        "40001", "40P01", "53100", "53200", "55P03", "57014", "42501", "42P01", "XX000", "25006",
    ])
    func anErrorOfTheServerIsWaitedOut(state: String) async throws {
        let database = try await CaptureDatabase.make()
        try await database.execute(
            """
            CREATE TABLE public.fault (state text);
            GRANT SELECT ON public.fault TO PUBLIC;
            CREATE FUNCTION public.raise_fault() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE found text;
            BEGIN
                SELECT state INTO found FROM public.fault;
                IF found IS NOT NULL THEN RAISE EXCEPTION 'on demand' USING ERRCODE = found; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fault BEFORE INSERT ON ops.journal_positions FOR EACH ROW
                EXECUTE FUNCTION public.raise_fault()
            """)
        let rig = try await survives(database, count: 4_000) { rig in
            _ = try await rig.eventually { $0.trades > 20 }
            try await database.execute("INSERT INTO public.fault VALUES ('\(state)')")
            let isHit = try await rig.eventually { $0.failures > 2 }
            #expect(isHit)
            try await database.execute("TRUNCATE public.fault")
        }
        #expect(rig.figures.value.quarantined == 0)
    }

    @Test func endedSessionsAreMadeAgainAndNothingIsRepeated() async throws {
        let database = try await CaptureDatabase.make()
        let rounds = isTorture ? 200 : 12
        _ = try await survives(database, count: Int64(rounds) * 170) { rig in
            for _ in 0..<rounds {
                try await Task.sleep(for: .milliseconds(Int.random(in: 10...120)))
                try await database.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND usename = 'yeoul_ingest'
                    """)
            }
            #expect(rig.figures.value.failures > 0)
        }
    }

    @Test func aServerThatStopsIsWaitedFor() async throws {
        let server = try await ScratchServer.start()
        let database = try await CaptureDatabase.make(on: server)
        _ = try await survives(database) { rig in
            _ = try await rig.eventually { $0.trades > 200 }
            // As a power cut would end it.
            try await server.restart()
            _ = try await rig.eventually { $0.trades > 600 }
            try await server.stop()
            try await Task.sleep(for: .seconds(isTorture ? 120 : 1))
            try await server.start()
        }
    }

    @Test func aServerThatGoesIsMissedWhenNothingIsToBeStored() async throws {
        let server = try await ScratchServer.start()
        let rig = try CommitRig(try await CaptureDatabase.make(on: server))
        let isStoring = try await rig.eventually { $0.isStoring }
        #expect(isStoring)
        try await server.stop()
        let isMissed = try await rig.eventually { !$0.isStoring }
        #expect(isMissed)
        try await server.start()
        let isBack = try await rig.eventually { $0.isStoring }
        #expect(isBack && rig.figures.value.commits == 0)
        await rig.stop()
    }

    @Test func aStandbyThatOnlyReadsIsNotWritten() async throws {
        let server = try await ScratchServer.start()
        let database = try await CaptureDatabase.make(on: server)
        _ = try await survives(database) { rig in
            _ = try await rig.eventually { $0.trades > 200 }
            try await server.stop()
            let mark = server.folder + "/data/standby.signal"
            #expect(FileManager.default.createFile(atPath: mark, contents: nil))
            try await server.start()
            let before = rig.figures.value.failures
            let isRefused = try await rig.eventually { $0.failures > before + 1 }
            #expect(isRefused && !rig.figures.value.isStoring)
            try await server.stop()
            try FileManager.default.removeItem(atPath: mark)
            try await server.start()
        }
    }

    @Test func tooManyConnectionsAndAMissingSchemaAreWaitedOut() async throws {
        let server = try await ScratchServer.start()
        let database = try await CaptureDatabase.make(on: server)
        _ = try await survives(database) { rig in
            _ = try await rig.eventually { $0.trades > 100 }
            try await database.execute(
                """
                ALTER ROLE yeoul_ingest CONNECTION LIMIT 0;
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'yeoul_ingest'
                """)
            let isFull = try await rig.eventually { $0.failures > 2 && !$0.isStoring }
            #expect(isFull)
            try await database.execute("ALTER ROLE yeoul_ingest CONNECTION LIMIT -1")
            let isBack = try await rig.eventually { $0.isStoring }
            #expect(isBack)
            let before = rig.figures.value.failures
            try await database.execute("ALTER TABLE market.transactions RENAME TO elsewhere")
            let isGone = try await rig.eventually { $0.failures > before + 2 }
            #expect(isGone)
            try await database.execute("ALTER TABLE market.elsewhere RENAME TO transactions")
        }
    }

    @Test func yesterdaysBackupIsFilledFromTheJournal() async throws {
        let server = try await ScratchServer.start()
        let database = try await CaptureDatabase.make(on: server)
        let admin = try await Connection.connect(server.options())
        // It must also be seen when no trade comes after the swap.
        _ = try await survives(database) { rig in
            _ = try await rig.eventually { $0.trades > 300 }
            // The backup: a copy of the database as it is now.
            try await admin.execute("ALTER DATABASE capture ALLOW_CONNECTIONS false")
            try await admin.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'capture'")
            try await admin.execute("CREATE DATABASE backup TEMPLATE capture")
            try await admin.execute("ALTER DATABASE capture ALLOW_CONNECTIONS true")
            let stored = rig.figures.value.trades
            let isFurther = try await rig.eventually { $0.trades > stored + 300 && $0.trades == 2_000 }
            #expect(isFurther)
            try await admin.execute("ALTER DATABASE backup ALLOW_CONNECTIONS false")
            try await admin.execute("ALTER DATABASE capture ALLOW_CONNECTIONS false")
            try await admin.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'capture'")
            try await admin.execute("ALTER DATABASE capture RENAME TO lost")
            try await admin.execute("ALTER DATABASE backup RENAME TO capture")
            try await admin.execute("ALTER DATABASE capture ALLOW_CONNECTIONS true")
            let isFilled = try await rig.eventually { _ in try await database.count() == 2_000 }
            #expect(isFilled)
        }
        #expect(try await database.count("market.gaps") == 0)
        try admin.close()
    }

    @Test func aWriterThatIsSuspendedBeforeItsCommitDoesNotLockTheLeaseForLong() async throws {
        let database = try await CaptureDatabase.make()
        let rig = try CommitRig(database)
        let isStoring = try await rig.eventually { $0.isStoring }
        #expect(isStoring)
        // The transaction of a writer, with all but its COMMIT.
        let suspended = try BlockingConnection.connect(try database.ingestOptions)
        try suspended.query("BEGIN")
        try PositionParticipant(rig.lease).takePart(in: suspended, with: MarketBatch())
        let began = ContinuousClock.now
        try await database.execute(
            "SET lock_timeout = '40s'; UPDATE ops.leases SET epoch = epoch + 1, owner = 'elsewhere'")
        // It had to wait: otherwise nothing is shown here.
        #expect(ContinuousClock.now - began > .milliseconds(LeaseMachine.lifeMilliseconds / 2))
        #expect(throws: (any Error).self) { try suspended.query("COMMIT") }
        await rig.stop(drains: false)
    }

    @Test func aWriterThatIsSuspendedWithinACopyIsEndedByTheNext() async throws {
        let database = try await CaptureDatabase.make()
        let frames = Messages.trades(0..<4_000, now: clockNow)
        let first = try CommitRig(database)
        first.feed.append(frames)
        await first.stop()
        #expect(try await database.count() == 4_000)
        let admin = try await Connection.connect(database.options)
        let rows = try await admin.copyOut("COPY (TABLE market.transactions) TO STDOUT") { reader in
            var pieces: [[UInt8]] = []
            while let piece = try await reader.nextPiece() { pieces.append(piece) }
            return pieces
        }
        try await admin.execute("TRUNCATE market.transactions, ops.journal_positions, ops.leases")
        // A writer has sent its rows, and not the end of them.
        let suspended = try await Connection.connect(try database.ingestOptions)
        try await suspended.execute("BEGIN")
        var isStored = false
        let failure = await #expect(throws: DatabaseError.self) {
            try await suspended.copyIn(raw: "COPY market.transactions FROM STDIN") { writer in
                for piece in rows { try await writer.send(piece) }
                try await Task.sleep(for: .milliseconds(LeaseMachine.silentMilliseconds + 500))
                let next = try CommitRig(database, journal: "journal-b", process: 2)
                next.feed.append(frames)
                // A statement of a commit is given up after 30 s: the lock is taken away before.
                isStored = try await next.eventually(seconds: 20) { $0.position == 4_000 }
                await next.stop(drains: isStored)
            }
        }
        #expect(isStored, "\(failure.map { "\($0)" } ?? "")")
        #expect(failure?.sqlState == .adminShutdown, "the server ended its session")
        #expect(try await database.count() == 4_000)
    }

    @Test func aLostLeaseStopsTheWriterUntilTheOtherEnds() async throws {
        let database = try await CaptureDatabase.make()
        _ = try await survives(database, count: 1_000) { rig in
            _ = try await rig.eventually { $0.trades > 100 }
            // Another host takes over, as after a suspension of ours.
            try await database.execute(
                """
                UPDATE ops.leases SET owner = 'elsewhere journal another', epoch = epoch + 1,
                    expires_at = clock_timestamp() + interval '3 s'
                """)
            let isFenced = try await rig.eventually { !$0.isStoring }
            let position = rig.figures.value.position
            #expect(isFenced && !rig.lease.isHeld)
            try await Task.sleep(for: .milliseconds(500))
            #expect(rig.figures.value.position == position)
        }
    }
}
