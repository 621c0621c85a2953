import Foundation
import TestKit
import Testing

/// `scripts/setup` on machines of every kind: all that it asks of the system is played by small scripts.
@Suite struct SetupTests {
    private struct Machine {
        let folder: TemporaryFolder

        /// `missing` packages are not installed.
        init(swift: String? = "6.3.1", user: Int = 1_000, missing: [String] = [], isDebian: Bool = true)
            throws
        {
            folder = try TemporaryFolder(named: "a machine")
            for tool in ["cat", "dirname", "env", "head", "ls", "sed", "sort", "tr"] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path(of: tool), withDestinationPath: "/usr/bin/\(tool)")
            }
            if let swift { try add("swift", "echo 'Swift version \(swift) (swift-\(swift)-RELEASE)'") }
            try add("id", "echo \(user)")
            guard isDebian else { return }
            let names = missing.joined(separator: "|")
            try add(
                "dpkg-query",
                """
                case "$3" in \(names.isEmpty ? "none" : names)) exit 1 ;; esac
                echo installed
                """)
            try add("apt-get", "echo \"apt-get $*\" >>'\(folder.path(of: "done"))'")
        }

        func add(_ name: String, _ script: String) throws {
            try folder.write("#!/bin/bash\n\(script)\n", to: name)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.path(of: name))
        }

        func setup(_ lists: String...) async throws -> YeoulProgram.Result {
            try await YeoulProgram.run(
                "/bin/bash", [Repository.root + "/scripts/setup"] + lists, environment: ["PATH": folder.path])
        }

        /// What was asked of the package manager.
        var done: [String] {
            let text = try? String(contentsOfFile: folder.path(of: "done"), encoding: .utf8)
            return text?.split(separator: "\n").map(String.init) ?? []
        }
    }

    @Test func whereNothingIsMissingNothingIsSaidOrDone() async throws {
        let machine = try Machine()
        let result = try await machine.setup("run", "test")
        #expect(result.status == 0 && result.output == "" && result.errors == "", "\(result)")
        #expect(machine.done == [])
    }

    @Test func anOrdinaryUserWithoutSudoIsToldWhatIsMissing() async throws {
        let machine = try Machine(missing: ["libyaml-dev", "zsh"])
        let result = try await machine.setup("run", "test")
        #expect(result.status == 1)
        #expect(
            result.errors == """
                setup: these Debian packages are missing: libyaml-dev zsh
                setup: Have an administrator run: apt-get install libyaml-dev zsh

                """)
        #expect(machine.done == [])
        // What only tests need is not asked for by the demo.
        let demo = try await machine.setup("run")
        #expect(demo.status == 1 && demo.errors.contains("missing: libyaml-dev\n"), "\(demo)")
        #expect(try await Machine(missing: ["chromium"]).setup("run").status == 0)
    }

    @Test func aSudoThatWantsAPasswordWithoutATerminalIsNone() async throws {
        let machine = try Machine(missing: ["libyaml-dev"])
        try machine.add("sudo", "echo \"sudo $*\" >>'\(machine.folder.path(of: "done"))'; exit 1")
        let result = try await machine.setup("run")
        #expect(result.status == 1 && result.errors.contains("missing: libyaml-dev"), "\(result)")
        #expect(machine.done == ["sudo -n true"])
    }

    @Test(arguments: [true, false])
    func withTheRightsTheMissingPackagesAreInstalledAndNoOthers(isRoot: Bool) async throws {
        let machine = try Machine(user: isRoot ? 0 : 1_000, missing: ["libyaml-dev", "zsh"])
        if !isRoot { try machine.add("sudo", "[ \"$1\" = -n ] && exit; exec \"$@\"") }
        let result = try await machine.setup("run", "test")
        #expect(result.status == 0, "\(result)")
        #expect(result.output == "setup: installing libyaml-dev zsh\n")
        #expect(
            machine.done == [
                "apt-get update -qq",
                "apt-get install -y -qq --no-install-recommends libyaml-dev zsh",
            ])
    }

    @Test(arguments: [
        (nil, "no Swift toolchain on the PATH"), ("5.10.1", "is 5.10; Yeoul needs 6.1 or newer"),
        ("nothing", "of an unknown version"),
    ])
    func withoutAToolchainItIsSaidHowToGetOne(version: String?, what: String) async throws {
        let machine = try Machine(swift: version, user: 0, missing: ["libyaml-dev"])
        let result = try await machine.setup("run")
        #expect(result.status == 1 && result.errors.contains(what), "\(result)")
        #expect(result.errors.contains("https://www.swift.org/install/linux/"))
        #expect(machine.done == [], "nothing is installed before that")
    }

    @Test func elsewhereThanOnDebianTheNeedsAreListed() async throws {
        let machine = try Machine(user: 0, isDebian: false)
        let result = try await machine.setup("run")
        #expect(result.status == 1)
        #expect(result.errors.contains("not a Debian system"))
        #expect(result.errors.contains(" libyaml-dev ") && !result.errors.contains("chromium"), "\(result)")
    }

    @Test func anUnknownListIsRefused() async throws {
        let result = try await Machine().setup("demo")
        #expect(result.status == 1 && result.errors.contains("there are: run test"), "\(result)")
        #expect(try await Machine().setup().status == 1)
    }
}
