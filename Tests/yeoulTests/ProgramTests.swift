import Foundation
import TestKit
import Testing
import yeoul

/// The built program, as a person or a script meets it.
@Suite struct ProgramTests {
    @Test func showsItsVersionWithACommit() async throws {
        let result = try await YeoulProgram.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /yeoul [0-9]+\.[0-9]+\.[0-9]+ \([0-9a-z-]+\)\n/) != nil)
        #expect(result.errors == "")
        // In a checkout it is the commit that the Makefile named when this was built.
        #expect(result.output == Version.text + "\n" && !Version.commit.isEmpty)
    }

    @Test func theMakefileNamesTheCommitThatIsBuilt() async throws {
        let folder = try TemporaryFolder(named: "a clone")
        let make = try await YeoulProgram.run(
            "/bin/sh",
            [
                "-c",
                """
                git init -q . && git -c user.name=t -c user.email=t@t commit -q --allow-empty -m one
                cp "$0/Makefile" . && printf 'print:\n\t@echo $$YEOUL_COMMIT\n' >>Makefile
                [ "$(make -s print)" = "$(git rev-parse --short HEAD)" ] && rm -rf .git && make -s print
                """, Repository.root,
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path], folder: folder.path)
        #expect(make.status == 0 && make.output == "unknown\n", "\(make)")
        let manifest = try Repository.text(of: "Package.swift")
        #expect(manifest.contains("Context.environment[\"YEOUL_COMMIT\"]"))
    }

    @Test func helpListsVerbsAndExitCodes() async throws {
        let result = try await YeoulProgram.run([])
        #expect(result.status == 0)
        for verb in VerbTable.verbs { #expect(result.output.contains("\n  \(verb.name) ")) }
        for code in ExitCode.allCases {
            #expect(result.output.contains("  \(code.rawValue)  \(code.meaning)\n"))
        }
    }

    @Test func aMistypedVerbIsAUsageError() async throws {
        let result = try await YeoulProgram.run(["confg"])
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(
            result.errors == """
                error: unknown verb "confg"
                   at: command line
                   do: Did you mean "config"? See "yeoul --help".

                """)
    }

    @Test func reportsEveryMistakeOfTheConfigurationAtOnce() async throws {
        let folder = try TemporaryFolder(named: "yeoul config")
        try folder.write("log:\n  levle: info\ndatabase:\n  port: x\n", to: "bad.yaml")
        try folder.write("LOG_FORMAT=xml\nno equals\n", to: ".env")
        let result = try await YeoulProgram.run(
            ["config", "check", "--config", "bad.yaml", "--set", "storage.engine=nativ"],
            environment: ["HOME": "/root", "YEOUL__DATA__FOLDR": "x"], folder: folder.path)
        #expect(result.status == 3)
        #expect(result.output == "")
        for expected in [
            "   at: bad.yaml:2:3\n   do: Did you mean \"log.level\"?\n", "   at: bad.yaml:4\n",
            "   at: .env:2\n", "   at: .env:1 (LOG_FORMAT)\n", "Did you mean YEOUL__DATA__FOLDER?",
            "Did you mean \"native\"?",
        ] {
            #expect(result.errors.contains(expected))
        }
        #expect(result.errors.components(separatedBy: "error: ").count - 1 == 6)
    }

    @Test func showsValuesAndSourcesButNoPassword() async throws {
        let folder = try TemporaryFolder(named: "yeoul config")
        try folder.write("# none\ndatabase:\n  port: 5433\n", to: "a.yaml")
        let arguments = ["config", "show", "--config", "a.yaml", "--data-folder", "kept here"]
        let environment = ["DATABASE_URL": "postgresql://me:tops3cret@h/d", "LOG_LEVEL": "WARNING"]
        let text = try await YeoulProgram.run(arguments, environment: environment, folder: folder.path)
        #expect(text.status == 0)
        #expect(text.errors == "")
        #expect(
            text.output.contains(/database\.url +postgresql:\/\/me:\*\*\*@h\/d +environment DATABASE_URL\n/))
        #expect(text.output.contains(/database\.port +5433 +a\.yaml:3\n/))
        #expect(text.output.contains(/log\.level +warning +environment LOG_LEVEL\n/))
        #expect(text.output.contains(/data\.folder +\/.*\/kept here +flag --data-folder\n/))
        #expect(text.output.contains(/database\.pool\.wait +5s +default\n/))
        let json = try await YeoulProgram.run(
            arguments + ["--json"], environment: environment, folder: folder.path)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let settings = try #require(object?["settings"] as? [[String: Any]])
        let port = try #require(settings.first { $0["key"] as? String == "database.port" })
        #expect(port["value"] as? Int == 5433)
        #expect(port["source"] as? String == "file")
        #expect(port["place"] as? String == "a.yaml:3")
        for output in [text.output, json.output] { #expect(!output.contains("tops3cret")) }
    }

    @Test func showsOneSection() async throws {
        let result = try await YeoulProgram.run(
            ["config", "show", "log"], environment: ["HOME": "/root"])
        #expect(result.output.split(separator: "\n").count == 2)
        let unknown = try await YeoulProgram.run(["config", "show", "lg"])
        #expect(unknown.status == 2)
    }

    @Test func worksWithAnEmptyEnvironment() async throws {
        #expect(try await YeoulProgram.run(["config", "check"]).status == 0)
    }

    @Test func theFileOfTheRepositoryIsSound() async throws {
        let result = try await YeoulProgram.run(
            ["config", "check"], environment: ["HOME": "/root"], folder: Repository.root)
        #expect(result.status == 0)
        #expect(result.output.contains("(file "))
    }

    @Test func aReaderThatGoesAwayIsNoFailure() async throws {
        let result = try await YeoulProgram.run(
            "/bin/bash",
            [
                "-c", "for i in {1..20}; do \"$0\" config reference | head -n 1; echo ${PIPESTATUS[0]}; done",
                YeoulProgram.path,
            ])
        #expect(
            result.output
                == String(
                    repeating:
                        "# Yeoul's settings, each with its default. Remove what you do not change.\n0\n",
                    count: 20))
        #expect(result.errors == "")
        let closed = try await YeoulProgram.run(
            "/bin/bash", ["-c", "\"$0\" --help > >(exec <&-; sleep 0.3); echo $?", YeoulProgram.path])
        #expect(closed.errors == "")
    }

    @Test func aFullDiskIsAFailure() async throws {
        let result = try await YeoulProgram.run(
            "/bin/bash", ["-c", "\"$0\" --help > /dev/full", YeoulProgram.path])
        #expect(result.status == 1)
        #expect(result.errors.contains("No space left on device"))
    }

    @Test func errorsDoNotMoveTheCursorOrForgeLines() async throws {
        let result = try await YeoulProgram.run(["\u{1B}[2Jx\rerror: y", "--no-such\u{07}"])
        #expect(result.status == 2)
        #expect(result.errors.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    }

    @Test func randomArgumentsEndWithAnExitCode() async throws {
        let words = [
            "config", "show", "--json", "--set", "log.level=", "=", "--", "-", "", "help", "é", "-x",
        ]
        for _ in 0..<20 {
            let arguments = (0..<Int.random(in: 0...5)).compactMap { _ in words.randomElement() }
            let result = try await YeoulProgram.run(arguments, environment: ["HOME": "/root"])
            #expect((0...3).contains(result.status), "\(arguments)")
        }
    }
}
