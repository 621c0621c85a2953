import Database
import Foundation
import TestKit
import Testing

/// Crashes, leftovers and refusals of the private cluster, with real servers.
@Suite(.serialized) struct ClusterRecoveryTests {
    // MARK: Crashes

    @Test func whatWasCommittedIsThereAfterTheServerIsKilled() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            let owner = try await ClusterFixture.connect(first.address, .owner)
            try await owner.execute("CREATE TABLE kept AS SELECT 'kept' AS word")
            kill(first.pid, SIGKILL)
            // A signal takes a moment on a busy machine; the server's children may still be there.
            var waits = 0
            while waits < 500, FileManager.default.fileExists(atPath: "/proc/\(first.pid)/cwd/PG_VERSION") {
                waits += 1
                try await Task.sleep(for: .milliseconds(10))
            }
            let second = try await cluster.open()
            #expect(second.pid != first.pid)
            #expect(try await ClusterFixture.query(second.address, .owner, "SELECT word FROM kept") == "kept")
        }
    }

    @Test(arguments: [true, false])
    func aPostmasterFileOfNobodyOrSomebodyElseIsStale(isOfALivingProcess: Bool) async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            let text = try String(contentsOfFile: fixture.layout.postmasterFile, encoding: .utf8)
            try await first.close()
            let bystander = try Bystander()
            // The other number is above the system's largest.
            let pid = isOfALivingProcess ? bystander.pid : 4_194_305
            let stale = text.replacing(String(first.pid), with: String(pid), maxReplacements: 1)
            try stale.write(toFile: fixture.layout.postmasterFile, atomically: true, encoding: .utf8)
            let second = try await cluster.open()
            #expect(second.startedByUs)
            #expect(try await ClusterFixture.query(second.address, .reader, "SELECT 'here'") == "here")
            withExtendedLifetime(bystander) {}
        }
    }

    @Test func aSocketsLeftoverLockFileOfALivingProcessIsNoObstacle() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            try await first.close()
            let folder = first.address.socketFolder
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            if ClusterFixture.isRoot { try ClusterFixture.run("/bin/chown", "postgres", folder) }
            let bystander = try Bystander()
            let lock = "\(folder)/.s.PGSQL.\(first.address.port).lock"
            try "\(bystander.pid)\n".write(toFile: lock, atomically: true, encoding: .utf8)
            let second = try await cluster.open()
            #expect(second.address.port == first.address.port)
            #expect(second.address.socketFolder == folder)
            withExtendedLifetime(bystander) {}
        }
    }

    @Test func anInterruptedCreationIsDoneAgain() async throws {
        try await ClusterFixture.empty().use { fixture in
            try DataFolder.claim(fixture.layout)
            let half = fixture.layout.creation + "/base/1"
            try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
            try "15\n".write(
                toFile: fixture.layout.creation + "/PG_VERSION", atomically: true, encoding: .utf8)
            let lease = try await fixture.cluster.open()
            #expect(try await ClusterFixture.query(lease.address, .reader, "SELECT 'here'") == "here")
            #expect(!FileManager.default.fileExists(atPath: fixture.layout.creation))
        }
    }

    @Test func lostPasswordsAreMadeAnew() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            try FileManager.default.removeItem(atPath: fixture.layout.passwords)
            let refusal = await #expect(throws: ClusterError.self) { try await cluster.open() }
            #expect(refusal?.code == .passwordsMissing)
            #expect(ClusterFixture.isRunning(first.pid))
            try await first.close()
            let second = try await cluster.open()
            #expect(second.address.passwords.isComplete)
            #expect(second.address.passwords != first.address.passwords)
            for role in ClusterRole.allCases {
                #expect(try await ClusterFixture.query(second.address, role, "SELECT 'here'") == "here")
            }
        }
    }

    @Test func processesOfAnEarlierServerAreNamedWhenTheyDoNotEnd() async throws {
        var fixture = try await ClusterFixture.made()
        fixture.settings.deadlines.orphansMilliseconds = 100
        try await fixture.use { fixture in
            let bystander = try Bystander(workingIn: fixture.layout.server)
            let cluster = try fixture.cluster
            let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
            #expect(error?.code == .orphans)
            #expect(error?.what.contains(String(bystander.pid)) == true)
        }
    }

    @Test func aServerThatDoesNotStopIsReported() async throws {
        var fixture = try await ClusterFixture.made()
        fixture.settings.deadlines.fastStopMilliseconds = 100
        fixture.settings.deadlines.immediateStopMilliseconds = 100
        try await fixture.use { fixture in
            let lease = try await fixture.cluster.open()
            kill(lease.pid, SIGSTOP)
            defer { kill(lease.pid, SIGCONT) }
            let error = await #expect(throws: ClusterError.self) { try await lease.close() }
            #expect(error?.code == .stopFailed)
            #expect(error?.what.contains(String(lease.pid)) == true)
        }
    }

    // MARK: Refusals

    @Test func aFolderThatIsNotOursIsLeftAlone() async throws {
        let fixture = try ClusterFixture.empty()
        try FileManager.default.createDirectory(
            atPath: fixture.settings.dataFolder, withIntermediateDirectories: false)
        try fixture.folder.write("mine", to: "data/letter.txt")
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .foreignFolder)
        #expect(error?.what.contains("letter.txt") == true)
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.settings.dataFolder)
        #expect(names == ["letter.txt"])
    }

    @Test func aClusterOfAnotherMajorVersionIsLeftAloneAndTheUpgradeNamed() async throws {
        let fixture = try await ClusterFixture.made()
        try Data("14\n".utf8).write(to: URL(fileURLWithPath: fixture.layout.versionFile))
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .otherMajorVersion)
        #expect(error?.what.contains("PostgreSQL 14") == true)
        #expect(error?.remedy?.contains("pg_upgrade") == true)
        #expect(error?.details.contains { $0.contains("/pg_upgrade\"") } == true)
    }

    @Test func aClusterWithoutItsVersionIsDamaged() async throws {
        let fixture = try await ClusterFixture.made()
        try FileManager.default.removeItem(atPath: fixture.layout.versionFile)
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .damagedFolder)
        #expect(error?.what.contains("PG_VERSION") == true)
    }

    @Test func aWrongSettingIsShownInTheServersOwnWords() async throws {
        try await ClusterFixture.made().use { fixture in
            let cluster = try fixture.cluster
            // What an earlier server said last, in the second before, is not this one's.
            try await cluster.open().close()
            try "shared_bufers = '1GB'\n".write(
                toFile: fixture.layout.customSettings, atomically: true, encoding: .utf8)
            let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
            #expect(error?.code == .startFailed)
            #expect(error?.place == fixture.layout.customSettings)
            #expect(error?.details.contains { $0.contains("shared_bufers") } == true)
            // The folder of the socket that never was is gone, too.
            let left = RuntimeFolder.candidates(
                dataFolder: URL(fileURLWithPath: fixture.settings.dataFolder).resolvingSymlinksInPath().path,
                user: geteuid(), runtime: ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"])
            #expect(!left.isEmpty && left.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
        }
    }

    @Test func programsThatAreNotThereAreRefusedBeforeAFolderIsMade() async throws {
        var fixture = try ClusterFixture.empty()
        fixture.settings.programs = fixture.folder.path
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .programsMissing)
        #expect(error?.place == fixture.folder.path)
        #expect(!FileManager.default.fileExists(atPath: fixture.settings.dataFolder))
    }

    @Test func thereIsNoAddressAndNothingToStopBeforeTheFirstStart() async throws {
        let cluster = try ClusterFixture.empty().cluster
        let find = #expect(throws: ClusterError.self) { try cluster.find() }
        #expect(find?.code == .absent)
        let stop = await #expect(throws: ClusterError.self) { try await cluster.stop() }
        #expect(stop?.code == .absent)
    }

    @Test func aGuardThatIsNeverGivenBackEndsInARefusal() async throws {
        var fixture = try await ClusterFixture.made()
        fixture.settings.deadlines.guardMilliseconds = 100
        let descriptor = open(fixture.layout.guardLock, O_RDWR)
        defer { close(descriptor) }
        try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .busy)
    }

    // MARK: As root

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root"))
    func aFolderThatTheServersAccountCannotEnterIsNamed() async throws {
        var fixture = try ClusterFixture.empty()
        fixture.settings.dataFolder = fixture.folder.path(of: "closed/in/here")
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path(of: "closed/in"), withIntermediateDirectories: true)
        let closed = fixture.folder.path(of: "closed")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed)
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .permission)
        #expect(error?.what.hasSuffix("cannot enter the folder \(closed)") == true)
        #expect(error?.remedy?.contains("/var/lib/yeoul") == true)
        #expect(!FileManager.default.fileExists(atPath: fixture.settings.dataFolder))
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root"))
    func programsInAFolderThatTheServersAccountCannotEnterAreNamed() async throws {
        // As in a clone below /root, with a server from the tests' environment.
        var fixture = try ClusterFixture.empty()
        let closed = fixture.folder.path(of: "closed")
        try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: false)
        for name in ["postgres", "initdb"] {
            let source = (fixture.settings.programs ?? "/usr/lib/postgresql/15/bin") + "/" + name
            try FileManager.default.copyItem(atPath: source, toPath: "\(closed)/\(name)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed)
        fixture.settings.programs = closed
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .permission, "\(String(describing: error))")
        #expect(error?.what == "the account postgres cannot run PostgreSQL's programs")
        #expect(error?.place == closed + "/postgres")
        #expect(error?.remedy?.contains("chmod o+x") == true)
        #expect(!FileManager.default.fileExists(atPath: fixture.settings.dataFolder))
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root"), arguments: ["root", "nobody-has-this-name"])
    func anAccountThatCannotServeIsRefused(name: String) async throws {
        var fixture = try ClusterFixture.empty()
        fixture.settings.account = name
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .account)
        #expect(error?.what.contains(name) == true)
        #expect(error?.place == "database.account")
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root"))
    func aClusterOfAnotherAccountIsRefused() async throws {
        var fixture = try await ClusterFixture.made()
        fixture.settings.account = "nobody"
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .permission)
        #expect(error?.what.contains("postgres") == true)
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root to mount a small disk"))
    func aFullDiskIsNamedAndNothingIsLeftOnIt() async throws {
        let fixture = try ClusterFixture.empty()
        let disk = fixture.settings.dataFolder
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try ClusterFixture.run("/bin/mount", "-t", "tmpfs", "-o", "size=100m,mode=755", "none", disk)
        defer { try? ClusterFixture.run("/bin/umount", "-l", disk) }
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .diskFull)
        #expect(error?.what.contains("MiB") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root to mount a small disk"))
    func aDiskThatBecomesFullDuringTheCreationIsNamedAndGivenBack() async throws {
        let fixture = try ClusterFixture.empty()
        let disk = fixture.settings.dataFolder
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        // Room enough by the count of bytes, too little by that of files.
        try ClusterFixture.run(
            "/bin/mount", "-t", "tmpfs", "-o", "size=200m,mode=755,nr_inodes=400", "none", disk)
        defer { try? ClusterFixture.run("/bin/umount", "-l", disk) }
        let cluster = try fixture.cluster
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .diskFull)
        #expect(error?.details.contains { $0.contains("No space left") } == true)
        #expect(!FileManager.default.fileExists(atPath: fixture.layout.creation))
        #expect(!FileManager.default.fileExists(atPath: fixture.layout.server))
    }

    @Test(.enabled(if: ClusterFixture.isRoot, "needs root to mount a small disk"))
    func aDiskThatBecomesFullUnderTheServerIsNamedAndNothingIsLostWhenThereIsRoomAgain() async throws {
        let fixture = try ClusterFixture.empty()
        let disk = fixture.settings.dataFolder
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try ClusterFixture.run("/bin/mount", "-t", "tmpfs", "-o", "size=450m,mode=755", "none", disk)
        defer { try? ClusterFixture.run("/bin/umount", "-l", disk) }
        try await fixture.use { fixture in
            let cluster = try fixture.cluster
            let first = try await cluster.open()
            let ballast = disk + "/ballast"
            try ClusterFixture.run("/usr/bin/fallocate", "-l", "200M", ballast)
            let owner = try await ClusterFixture.connect(first.address, .owner)
            try await owner.execute("CREATE TABLE kept AS SELECT 'kept' AS word; CREATE TABLE t (x text)")
            let fill = "INSERT INTO t SELECT repeat(md5(i::text), 60) FROM generate_series(1, 20000) AS i"
            let error = await #expect(throws: DatabaseError.self) {
                for _ in 0..<40 { try await owner.execute(fill, within: .seconds(60)) }
            }
            // Either the statement is refused, or the log of changes was full, and the server gave up.
            #expect(
                error?.sqlState == .diskFull || error?.isTransient == true, "\(String(describing: error))")
            try? owner.close()
            _ = try? await first.close()
            do {
                // It may come up on what is left; when it does not, it says why.
                _ = try await cluster.open().close()
            } catch let error as ClusterError {
                #expect(error.code == .diskFull, "\(error)")
            }
            try FileManager.default.removeItem(atPath: ballast)
            let second = try await cluster.open()
            #expect(try await ClusterFixture.query(second.address, .owner, "SELECT word FROM kept") == "kept")
            let again = try await ClusterFixture.connect(second.address, .owner)
            try await again.execute(fill, within: .seconds(60))
        }
    }
}
