import Database
import Foundation
import TestKit
import Testing

/// `yeoul db …` and `yeoul demo` as processes, one test after another.
@Suite(.serialized) struct DatabaseVerbTests {
    // MARK: The verbs

    @Test func theDatabaseIsStartedLookedIntoAndStoppedFromAnEmptyEnvironment() async throws {
        try await ServerSandbox().use { sandbox in
            let start = try await sandbox.yeoul("db", "start")
            #expect(start.status == 0, "\(start.errors)")
            #expect(start.output.contains("The private database runs: PostgreSQL 1"))
            let server = try #require(sandbox.serverProcess())
            let who = "SELECT current_user, current_database(), current_setting('server_encoding')"
            #expect(try await sandbox.answer(who) == "yeoul_reader|yeoul|UTF8")
            #expect(try await sandbox.answer(who, "--role", "ingest") == "yeoul_ingest|yeoul|UTF8")
            #expect(try await sandbox.answer(who, "--tcp", "--role", "trader") == "yeoul_trader|yeoul|UTF8")
            let again = try await sandbox.yeoul("db", "start")
            #expect(again.output.contains("runs already"))
            #expect(sandbox.serverProcess() == server)
            let stop = try await sandbox.yeoul("db", "stop")
            #expect(stop.output == "The private database is stopped.\n")
            #expect(!ServerSandbox.isRunning(server))
            let down = try await sandbox.yeoul("db", "url")
            #expect(down.status == 0)
            #expect(down.output.hasPrefix("postgresql://yeoul_reader:"))
            #expect(down.errors.contains("does not run"))
            let idle = try await sandbox.yeoul("db", "stop")
            #expect(idle.output == "The private database was not running.\n")
        }
    }

    @Test func aProgramReadsTheAddressAndTheStateAsJSON() async throws {
        struct Started: Decodable {
            var process: Int32
            var started: Bool
            var port: Int
            var version: String
        }
        struct Address: Decodable {
            var url: String
            var host: String
            var port: Int
            var database: String
            var user: String
            var password: String
            var running: Bool
        }
        try await ServerSandbox().use { sandbox in
            let start = try await sandbox.yeoul("db", "start", "--json")
            let started = try JSONDecoder().decode(Started.self, from: Data(start.output.utf8))
            #expect(started.started)
            #expect(started.process == sandbox.serverProcess())
            let url = try await sandbox.yeoul("db", "url", "--tcp", "--json", "--role", "owner")
            let address = try JSONDecoder().decode(Address.self, from: Data(url.output.utf8))
            #expect(address.running)
            #expect(address.host == "127.0.0.1")
            #expect(address.port == started.port)
            #expect(address.url.contains("\(address.user):\(address.password)@"))
            #expect(address.user == "yeoul_owner")
        }
    }

    @Test func psqlRunsWithTheServerForItsTimeAndWithoutAPasswordAmongItsArguments() async throws {
        try await ServerSandbox().use { sandbox in
            let line = ["db", "psql"] + sandbox.place + ["--", "-XAtc", "SELECT current_user, 6 * 7"]
            let answer = try await YeoulProgram.run(sandbox.program, line, environment: sandbox.environment)
            #expect(answer.output == "yeoul_reader|42\n", "\(answer.errors)")
            #expect(answer.status == 0)
            #expect(sandbox.serverProcess() == nil)
            let wrong = ["db", "psql"] + sandbox.place + ["--", "-XAtc", "SELEKT"]
            let refusal = try await YeoulProgram.run(sandbox.program, wrong, environment: sandbox.environment)
            #expect(refusal.status == 1)
            #expect(refusal.errors.contains("syntax error"))
            #expect(sandbox.serverProcess() == nil)
            // A reader that goes away: psql has the signal's default back and ends, and so do we, quietly.
            let head = try await YeoulProgram.run(
                "/bin/bash",
                ["-c", #""$0" "$@" | head -n 1; exit ${PIPESTATUS[0]}"#, sandbox.program]
                    + ["db", "psql"] + sandbox.place + ["--", "-XAtc", "SELECT generate_series(1, 3000000)"],
                environment: sandbox.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
            #expect(head.status == 0 && head.output == "1\n" && head.errors == "", "\(head)")
            let lost =
                ["db", "psql", "--role", "owner"] + sandbox.place
                + ["--", "-Xc", "SELECT pg_terminate_backend(pg_backend_pid())"]
            let ended = try await YeoulProgram.run(sandbox.program, lost, environment: sandbox.environment)
            #expect(ended.status == 4 && ended.errors.contains("psql lost its connection"), "\(ended)")
            #expect(sandbox.serverProcess() == nil)
        }
    }

    @Test func whatIsNotOursIsLeftAloneWithTheDatabasesStatus() async throws {
        let sandbox = try ServerSandbox()
        try FileManager.default.createDirectory(atPath: sandbox.data, withIntermediateDirectories: false)
        try sandbox.folder.write("mine", to: "data/letter.txt")
        let start = try await sandbox.yeoul("db", "start")
        #expect(start.status == 4)
        #expect(start.errors.contains("letter.txt"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.data) == ["letter.txt"])
        for verb in ["stop", "url"] {
            let other = try await sandbox.yeoul("db", verb)
            #expect(other.status == 4)
        }
    }

    @Test func anotherServerIsNeitherStartedNorStopped() async throws {
        let sandbox = try ServerSandbox(environment: ["DATABASE_URL": "postgresql://me:secret@db.example/x"])
        for verb in ["start", "stop"] {
            let result = try await sandbox.yeoul("db", verb)
            #expect(result.status == 4)
            #expect(result.errors.contains("database.url"))
            #expect(!result.errors.contains("secret"))
        }
        let url = try await sandbox.yeoul("db", "url")
        #expect(url.output == "postgresql://me:secret@db.example/x\n")
        let role = try await sandbox.yeoul("db", "url", "--role", "owner")
        #expect(role.status == 4)
        #expect(!FileManager.default.fileExists(atPath: sandbox.data))
    }

    // MARK: Accounts

    @Test(.enabled(if: ServerSandbox.isRoot, "the ordinary user is tested by all others here"))
    func anOrdinaryUserHasAServerOfItsOwnInItsHome() async throws {
        try await ServerSandbox(account: "nobody").use { sandbox in
            let start = try await sandbox.yeoul("db", "start")
            #expect(start.status == 0, "\(start.errors)")
            #expect(try await sandbox.answer("SELECT current_user") == "yeoul_reader")
            let server = try #require(sandbox.serverProcess())
            let status = try String(contentsOfFile: "/proc/\(server)/status", encoding: .utf8)
            let uid = try #require(getpwnam("nobody")).pointee.pw_uid
            #expect(status.contains("Uid:\t\(uid)\t\(uid)"))
            let home = sandbox.folder.path(of: "home/.local/share/yeoul")
            #expect(FileManager.default.fileExists(atPath: home + "/YEOUL"))
            #expect(try await sandbox.yeoul("db", "stop").status == 0)
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    // MARK: Crashes of ours

    @Test func aStartThatIsKilledAnywhereIsDoneAgain() async throws {
        try await ServerSandbox().use { sandbox in
            // From before the first file to after the server runs, in finer steps where more happens.
            let delays = [5, 30, 80, 200, 400, 700, 900, 1100, 1300, 1600]
            for delay in delays {
                let start = try sandbox.start("db", "start")
                try await Task.sleep(for: .milliseconds(delay))
                start.signal(SIGKILL)
                _ = try await start.status()
                if sandbox.serverProcess() != nil { break }
            }
            let start = try await sandbox.yeoul("db", "start")
            #expect(start.status == 0, "\(start.errors)")
            #expect(try await sandbox.answer("SELECT current_user") == "yeoul_reader")
            #expect(!FileManager.default.fileExists(atPath: sandbox.data + "/database/server.new"))
        }
    }

    @Test func aServerOutlivesAKilledDemoAndTheNextOneStopsIt() async throws {
        try await ServerSandbox().use { sandbox in
            let first = try sandbox.start("demo")
            #expect(try await first.prints("Yeoul's demo runs."))
            let server = try #require(sandbox.serverProcess())
            first.signal(SIGKILL)
            #expect(try await first.status() == -SIGKILL)
            #expect(ServerSandbox.isRunning(server))
            let second = try await sandbox.yeoul("demo", "--seconds", "1")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.output.contains("process \(server)\n"))
            #expect(second.output.contains(", stopped\n"))
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    // MARK: Up and the demo

    @Test func upRunsInTheUsersOwnFolderWithTheSchemaInPlaceUntilASignal() async throws {
        try await ServerSandbox().use { sandbox in
            let up = try sandbox.start("up")
            #expect(try await up.prints("Yeoul's database runs."))
            let question = "SELECT exchange, simulated FROM ops.instance"
            #expect(try await sandbox.answer(question) == "upbit|f")
            let server = try #require(sandbox.serverProcess())
            up.signal(SIGTERM)
            #expect(try await up.status() == 0)
            #expect(up.output.contains("The database ran "))
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    @Test func theDemoEndsOnCtrlCWithASummaryAndStopsItsServer() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try sandbox.start("demo")
            #expect(try await demo.prints("Yeoul's demo runs."))
            #expect(try await sandbox.answer("SELECT current_user") == "yeoul_reader")
            let server = try #require(sandbox.serverProcess())
            demo.interruptGroup()
            #expect(try await demo.status() == 0)
            #expect(demo.output.contains("The demo ran "))
            #expect(demo.output.contains(", stopped\n"))
            #expect(demo.output.contains("engine"))
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    /// What a demo prints for the reader to type works as it stands, as do the verbs that look: none of them asks
    /// an exchange. Only who would store beside the simulated data is refused.
    @Test func whatADemoLeavesIsLookedAtWithoutFurtherSettings() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try await sandbox.yeoul("demo", "--seconds", "8", "--web-port", "0")
            #expect(demo.status == 0, "\(demo.errors)")
            let printed = demo.output.split(separator: "\n").map { $0.drop { $0 == " " } }
            for name in ["tables", "next", "status"] {
                let line = try #require(printed.first { $0.hasPrefix(name + " ") }, "\(demo.output)")
                let command = String(line.dropFirst(name.count))
                let result = try await YeoulProgram.run(
                    "/bin/sh", ["-c", command],
                    environment: sandbox.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
                #expect(result.status == 0, "\(command): \(result)")
            }
            // `next` left it running.
            for verb in [["db", "status"], ["gaps"], ["verify"], ["verify", "--derived"]] {
                let result = try await sandbox.yeoul(verb)
                #expect(result.status == 0, "\(verb): \(result)")
            }
            let derived = try await sandbox.yeoul("verify", "--derived", "--json")
            let seconds = try await sandbox.answer(
                "SELECT count(*) FROM market.candles WHERE timeframe = '1s' AND source = 'trades'")
            let report = try JSONDecoder().decode(Derived.self, from: Data(derived.output.utf8))
            #expect(report.candles >= Int(seconds) ?? .max, "those of a second, too: \(derived.output)")
            let rebuild = try await sandbox.yeoul(
                "rebuild", "--market", "KRW-BTC", "--timeframe", "1s", "--from", "1h")
            #expect(rebuild.status == 0, "\(rebuild)")
            let doctor = try await sandbox.yeoul("doctor")
            #expect(doctor.output.contains("the database holds simulated data of upbit"), "\(doctor)")
            #expect(!doctor.output.contains("ERROR    configuration"), "\(doctor)")
            for verb in [["capture"], ["db", "migrate"]] {
                let refused = try await sandbox.yeoul(verb)
                #expect(refused.status == 4 && refused.errors.contains("simulated"), "\(verb): \(refused)")
            }
        }
    }

    private struct Derived: Decodable {
        var candles: Int
    }

    @Test func whoOnlyLooksMakesNoDatabase() async throws {
        let sandbox = try ServerSandbox()
        for verb in [["gaps"], ["verify"], ["db", "status"], ["doctor"], ["db", "upkeep"]] {
            let result = try await sandbox.yeoul(verb)
            #expect(result.status != 0, "\(verb)")
            #expect((result.output + result.errors).contains("yeoul db start"), "\(verb): \(result)")
            #expect(!FileManager.default.fileExists(atPath: sandbox.data), "\(verb)")
        }
    }

    @Test func aStartThatIsRefusedLeavesNoServerBehind() async throws {
        try await ServerSandbox().use { sandbox in
            #expect(try await sandbox.yeoul("db", "start").status == 0)
            let url = try await sandbox.yeoul("db", "url", "--role", "owner").output.dropLast()
            let connection = try await Connection.connect(ConnectionOptions(url: String(url)))
            try await connection.execute("UPDATE ops.instance SET data_folder_id = repeat('0', 32)")
            try connection.close()
            #expect(try await sandbox.yeoul("db", "stop").status == 0)
            let refused = try await sandbox.yeoul("db", "start")
            #expect(refused.status == 4, "\(refused)")
            #expect(refused.errors.contains("belongs to the data folder"), "\(refused)")
            #expect(sandbox.serverProcess() == nil)
        }
    }

    @Test func ofTwoDemosTheSecondJoinsAndTheLastOneOutStops() async throws {
        try await ServerSandbox().use { sandbox in
            let first = try sandbox.start("demo")
            let second = try sandbox.start("demo")
            #expect(try await first.prints("Yeoul's demo runs."))
            #expect(try await second.prints("Yeoul's demo runs."))
            let server = try #require(sandbox.serverProcess())
            #expect(first.output.contains("process \(server)\n"))
            #expect(second.output.contains("process \(server)\n"))
            let refusal = try await sandbox.yeoul("db", "stop")
            #expect(refusal.status == 4)
            #expect(refusal.errors.contains(String(first.pid)) && refusal.errors.contains(String(second.pid)))
            first.signal(SIGTERM)
            #expect(try await first.status() == 0)
            #expect(first.output.contains("left running, others use it"))
            #expect(ServerSandbox.isRunning(server))
            second.signal(SIGINT)
            #expect(try await second.status() == 0)
            #expect(!ServerSandbox.isRunning(server))
        }
    }

    @Test func ctrlCWhileTheDatabaseIsMadeEndsInPeace() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try sandbox.start("demo")
            #expect(try await demo.prints("Starting a private PostgreSQL"))
            try await Task.sleep(for: .milliseconds(300))
            demo.interruptGroup()
            #expect(try await demo.status() == 0)
            #expect(try await ServerSandbox.eventually { sandbox.serverProcess() == nil })
            let start = try await sandbox.yeoul("db", "start")
            #expect(start.status == 0, "\(start.errors)")
        }
    }
}
