import Database
import Foundation
import TestKit
import Testing

@Suite struct ClusterPartsTests {
    @Test(arguments: [
        ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", 15, "15.20"),
        ("postgres (PostgreSQL) 17.10\n", 17, "17.10"), ("postgres (PostgreSQL) 18beta1", 18, "18beta1"),
    ])
    func readsAProgramsVersion(output: String, major: Int, version: String) throws {
        let found = try #require(Installation.version(from: output))
        #expect(found.major == major)
        #expect(found.version == version)
    }

    @Test func anotherProgramsVersionIsNone() {
        #expect(Installation.version(from: "postgres 1.0") == nil)
        #expect(Installation.version(from: "postgres (PostgreSQL) devel") == nil)
    }

    @Test func readsWhatARunningServerSaysOfItself() throws {
        let text = "4711\n/var/lib/x\n1700000000\n5433\n/run/yeoul/a\n127.0.0.1\n  5432001  3\nready   \n"
        let file = try #require(PostmasterFile(text: text))
        #expect(file == PostmasterFile(pid: 4711, port: 5433, socketFolder: "/run/yeoul/a", status: .ready))
        #expect(file.socket == "/run/yeoul/a/.s.PGSQL.5433")
    }

    @Test func readsTheFileOfASingleUserServerAndAHalfWrittenOne() {
        #expect(PostmasterFile(text: "-12\n/x\n")?.pid == 12)
        #expect(PostmasterFile(text: "12\n/x\n1700")?.status == .unknown)
        #expect(PostmasterFile(text: "") == nil)
        #expect(PostmasterFile(text: "0\n") == nil)
        #expect(PostmasterFile(text: "rubbish\n") == nil)
    }

    @Test func passwordsSurviveTheirFile() {
        var random = SeededRandom(seed: 1)
        var passwords = ClusterPasswords()
        passwords.complete(using: &random)
        #expect(passwords.isComplete)
        #expect(Set(passwords.all).count == ClusterRole.allCases.count)
        #expect(passwords.all.allSatisfy { $0.count == 32 })
        #expect(ClusterPasswords(text: passwords.text) == passwords)
    }

    @Test func aPasswordThatSQLWouldHaveToQuoteIsNoneOfOurs() {
        let evil = "*:*:*:yeoul_reader:" + String(repeating: "a", count: 31) + "'"
        #expect(ClusterPasswords(text: evil)[.reader] == nil)
    }

    @Test func onlyMissingPasswordsAreMade() {
        var random = SeededRandom(seed: 2)
        let known = String(repeating: "k", count: 32)
        var passwords = ClusterPasswords(text: "*:*:*:yeoul_owner:\(known)\n")
        #expect(!passwords.isComplete)
        passwords.complete(using: &random)
        #expect(passwords[.owner] == known)
        #expect(passwords.isComplete)
        #expect(passwords.redact("a \(known) b \(known)") == "a … b …")
    }

    @Test func theSocketsFolderIsShortWhateverTheDataFolder() {
        let long = "/" + String(repeating: "folder/", count: 100)
        for runtime in [nil, "/run/user/1000", "/" + String(repeating: "x", count: 90)] {
            let folders = RuntimeFolder.candidates(dataFolder: long, user: 1000, runtime: runtime)
            #expect(!folders.isEmpty)
            #expect(folders.allSatisfy { ($0 + "/.s.PGSQL.65535.lock").utf8.count <= 107 })
        }
        let mine = RuntimeFolder.candidates(dataFolder: long, user: 1000, runtime: "/run/user/1000")
        #expect(mine.map { $0.dropLast(17) } == ["/run/user/1000/yeoul", "/tmp/yeoul-1000"])
        #expect(RuntimeFolder.candidates(dataFolder: "/a", user: 0, runtime: nil)[0].hasPrefix("/run/yeoul/"))
    }

    @Test func eachDataFolderHasASocketFolderOfItsOwn() {
        let folders = ["/a", "/b", "/a "].map {
            RuntimeFolder.candidates(dataFolder: $0, user: 0, runtime: nil)[0]
        }
        #expect(Set(folders).count == 3)
    }

    @Test func aContainersLimitCountsAsItsMemory() {
        let meminfo = "MemTotal:       24680436 kB\nMemFree: 1 kB\n"
        #expect(Machine.memory(meminfo: meminfo, limit: nil) == 24_680_436 * 1024)
        #expect(Machine.memory(meminfo: meminfo, limit: "max\n") == 24_680_436 * 1024)
        #expect(Machine.memory(meminfo: meminfo, limit: "1073741824\n") == 1 << 30)
        #expect(Machine.memory(meminfo: "", limit: nil) == 2 << 30)
    }

    @Test func anAskedPortIsHadOrRefused() throws {
        #expect(
            try PortChoice.choose(asked: 5432, kept: 9, free: { $0 }) == PortChoice(port: 5432, lost: nil))
        let error = #expect(throws: ClusterError.self) {
            try PortChoice.choose(asked: 5432, kept: nil, free: { _ in nil })
        }
        #expect(error?.code == .portTaken)
        #expect(error?.what.contains("5432") == true)
    }

    @Test func aChosenPortIsKeptWhileItIsFree() throws {
        #expect(try PortChoice.choose(asked: 0, kept: nil, free: { _ in 77 }).port == 77)
        #expect(try PortChoice.choose(asked: 0, kept: 88, free: { $0 }) == PortChoice(port: 88, lost: nil))
        let moved = try PortChoice.choose(asked: 0, kept: 88, free: { $0 == 0 ? 77 : nil })
        #expect(moved == PortChoice(port: 77, lost: 88))
    }

    private func settings(_ profile: ClusterProfile, gibibytes: Int64, timescale: Bool = true)
        -> ServerSettings
    {
        ServerSettings(
            profile: profile, machine: Machine(memoryBytes: gibibytes << 30),
            installation: Installation(
                programs: "/p", major: 15, version: "15.20", hasTimescale: timescale,
                hasStatementStatistics: true),
            socketFolder: "/run/it's, \"mine\"", port: 5433,
            layout: ClusterLayout(dataFolder: "/data/my folder"))
    }

    @Test func theDefaultProfileFollowsTheMemoryWithinBounds() {
        let figures = [1, 16, 256].map { settings(.default, gibibytes: $0).values["shared_buffers"] }
        #expect(figures == ["256MB", "4096MB", "8192MB"])
        #expect(settings(.default, gibibytes: 256).values["work_mem"] == "64MB")
    }

    @Test func theSmallProfileIsTheSameOnEveryMachine() {
        #expect(settings(.small, gibibytes: 1) == settings(.small, gibibytes: 64))
    }

    @Test func librariesArePreloadedWhenTheServerHasThem() {
        let with = settings(.default, gibibytes: 4).values
        #expect(with["shared_preload_libraries"] == "timescaledb,pg_stat_statements")
        #expect(with["timescaledb.telemetry_level"] == "off")
        let without = settings(.default, gibibytes: 4, timescale: false).values
        #expect(without["shared_preload_libraries"] == "pg_stat_statements")
        #expect(!without.keys.contains { $0.hasPrefix("timescaledb.") })
    }

    @Test func settingsAreQuoted() {
        let text = settings(.default, gibibytes: 4).text
        #expect(text.contains("unix_socket_directories = '\"/run/it''s, \"\"mine\"\"\"'\n"))
        #expect(text.contains("include_if_exists '/data/my folder/database/custom.conf'\n"))
    }

    @Test func nobodyIsTrustedWithoutAPassword() {
        let rules = ServerSettings.accessText.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(rules.count == 4)
        #expect(rules.allSatisfy { $0.hasSuffix(" scram-sha-256") })
    }

    @Test(arguments: [
        ("data", 0, "data.folder"), ("/data\n", 0, "data.folder"), ("/data", 65536, "database.port"),
        ("/" + String(repeating: "x", count: 800), 0, "data.folder"),
    ])
    func settingsThatCannotWorkAreRefused(folder: String, port: Int, place: String) {
        let error = #expect(throws: ClusterError.self) {
            try PrivateCluster(ClusterSettings(dataFolder: folder, port: port))
        }
        #expect(error?.code == .settings)
        #expect(error?.place == place)
    }

    @Test func aURLCarriesEverythingThatAProgramNeeds() throws {
        let secret = String(repeating: "s", count: 32)
        let address = ClusterAddress(
            socketFolder: "/run/a b&c", port: 5433,
            passwords: ClusterPasswords(text: "*:*:*:yeoul_reader:\(secret)"), passwordFile: "/p")
        let query = "host=/run/a%20b%26c&port=5433"
        #expect(address.url(.reader) == "postgresql://yeoul_reader:\(secret)@/yeoul?\(query)")
        #expect(
            address.url(.reader, by: .tcp) == "postgresql://yeoul_reader:\(secret)@127.0.0.1:5433/yeoul")
        #expect(throws: Never.self) { try ConnectionOptions(url: address.url(.reader)) }
    }
}
