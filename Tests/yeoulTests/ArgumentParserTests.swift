import Configuration
import Testing
import yeoul

@Suite struct ArgumentParserTests {
    private struct Sample: Verb {
        let name: String
        var summary: String { "s" }
        var examples: [Example] { [Example("yeoul \(name)", "m")] }
        var options: [OptionDeclaration] = []
        var positionals: [PositionalDeclaration] = []
        var readsConfiguration = true
        func run(_ invocation: Invocation) async throws {}
    }

    private let verbs: [any Verb] = [
        Sample(name: "status", options: [.json]),
        VerbGroup(
            "db", "d",
            [
                Sample(
                    name: "migrate",
                    options: [
                        OptionDeclaration("to", .integer(0...99), "t"),
                        OptionDeclaration("role", .choice(["reader", "owner"]), "r"),
                        OptionDeclaration("table", .text("NAME"), isRepeatable: true, "t"),
                        OptionDeclaration("file", .path("FILE"), "f"),
                    ]),
                Sample(
                    name: "psql",
                    positionals: [
                        PositionalDeclaration("arguments", isRequired: false, isRepeatable: true, "a")
                    ]),
            ]),
        Sample(
            name: "shell", positionals: [PositionalDeclaration("shell", .choice(["bash", "zsh"]), "s")],
            readsConfiguration: false),
    ]

    private func parsed(_ line: String) throws -> ParsedArguments {
        let command = try ArgumentParser.parse(line.split(separator: " ").map(String.init), verbs: verbs)
        guard case .run(let verb, let arguments) = command else {
            throw ProgramError("not a run: \(command)")
        }
        #expect(verb.name == arguments.path.last)
        return arguments
    }

    private func refusal(_ line: String) throws -> UsageError {
        try #require(throws: UsageError.self) { try parsed(line) }
    }

    @Test func findsVerbsAndSubverbs() throws {
        #expect(try parsed("status").path == ["status"])
        #expect(try parsed("db migrate").path == ["db", "migrate"])
    }

    @Test func takesOptionsInBothSpellings() throws {
        let arguments = try parsed("db migrate --to 5 --role=reader --table a --table=b")
        #expect(arguments.options == ["to": ["5"], "role": ["reader"], "table": ["a", "b"]])
        #expect(try parsed("status --json").options == ["json": [""]])
    }

    @Test func takesSettingsBeforeAndAfterTheVerb() throws {
        let arguments = try parsed(
            "--log-level debug --config a.yaml status --set database.port=5433 --data-folder=/x=y")
        #expect(arguments.configurationFile == "a.yaml")
        #expect(
            arguments.settings == [
                FlagAssignment(key: "log.level", value: "debug", flag: "--log-level"),
                FlagAssignment(key: "database.port", value: "5433", flag: "--set"),
                FlagAssignment(key: "data.folder", value: "/x=y", flag: "--data-folder"),
            ])
    }

    @Test func twoDashesEndTheOptions() throws {
        #expect(try parsed("db psql -- -c --help").positionals == ["-c", "--help"])
        #expect(try parsed("db psql -").positionals == ["-"])
    }

    @Test(arguments: [
        ("staus", "unknown verb \"staus\"", "status"), ("db migrat", "unknown subverb \"migrat\"", "migrate"),
        ("status --jsn", "unknown option --jsn", "--json"),
        ("--log-levle debug status", "unknown option --log-levle before the verb", "--log-level"),
        ("status --data-foldr=/x", "unknown option --data-foldr", "--data-folder"),
        ("db migrate --role raeder", "--role takes reader, owner, not \"raeder\"", "reader"),
        ("shell bsh", "\"bsh\" is no shell: allowed are bash, zsh", "bash"),
    ])
    func suggestsWhatWasMeant(line: String, what: String, suggestion: String) throws {
        let error = try refusal(line)
        #expect(error.what == what)
        #expect(error.suggestion == suggestion)
        #expect(error.remedy?.hasPrefix("Did you mean \"\(suggestion)\"? See \"yeoul ") == true)
    }

    @Test(
        arguments: [
            ("zzzzz", "unknown verb \"zzzzz\""), ("--log-level debug", "no verb is given"),
            ("db", "\"db\" needs a subverb: migrate, psql"),
            ("status extra", "unexpected argument \"extra\""),
            ("status -x", "unknown option -x"), ("status --", nil),
            ("status --json=yes", "--json takes no value"),
            ("db migrate --to", "--to needs a value: --to N"),
            ("db migrate --to x", "--to takes a number from 0 to 99, not \"x\""),
            ("db migrate --to 100", "--to takes a number from 0 to 99, not \"100\""),
            (
                "db migrate --to 99999999999999999999",
                "--to takes a number from 0 to 99, not \"99999999999999999999\""
            ),
            ("db migrate --to 1 --to 2", "--to is given twice"), ("db migrate --file=", "--file is empty"),
            ("status --set x", "--set needs KEY=VALUE"), ("status --set =x", "--set needs KEY=VALUE"),
            ("status --config a --config b", "--config is given twice or empty"),
            ("shell", "SHELL is missing"), ("shell bash zsh", "unexpected argument \"zsh\""),
            ("--log-level debug shell bash", "\"shell\" reads no configuration, so takes no settings"),
            ("shell bash --set a.b=c", "unknown option --set"),
        ] as [(String, String?)])
    func refusesWhatMeansNothing(line: String, what: String?) throws {
        guard let what else {
            #expect(throws: Never.self) { try parsed(line) }
            return
        }
        let error = try refusal(line)
        #expect(error.what == what)
        #expect(error.place == "command line")
        #expect(error.remedy?.contains("--help\"") == true)
    }

    @Test(
        arguments: [
            ("", []), ("--help", []), ("-h", []), ("help", []), ("help db", ["db"]), ("db -h", ["db"]),
            ("db migrate --help", ["db", "migrate"]), ("help db migrate", ["db", "migrate"]),
            ("--help status", ["status"]), ("shell --help", ["shell"]),
        ] as [(String, [String])])
    func findsTheHelpThatIsAskedFor(line: String, path: [String]) throws {
        let command = try ArgumentParser.parse(line.split(separator: " ").map(String.init), verbs: verbs)
        guard case .help(let found) = command else {
            Issue.record("no help")
            return
        }
        #expect(found == path)
    }

    @Test func anyArgumentsParseOrAreRefused() {
        let words = [
            "", "-", "--", "---", "--=", "=", "-h", "--set", "--set=", "a=b", "db", "psql", "migrate", "--to",
            "5", "--json", "help", "--version", "\u{0}", "é", "--config", "--é=ü", "status", "shell", "-=-",
        ]
        for _ in 0..<20_000 {
            let arguments = (0..<Int.random(in: 0...7)).compactMap { _ in words.randomElement() }
            do {
                _ = try ArgumentParser.parse(arguments, verbs: verbs)
            } catch {
                #expect(!error.what.isEmpty)
            }
        }
    }

    @Test func aVerbsOwnOptionIsMeantWhereASettingHasAFlagOfThatName() throws {
        let own = Sample(
            name: "count", options: [OptionDeclaration("markets", .integer(1...9), "m")])
        let arguments = ["count", "--markets", "3"]
        guard case .run(_, let parsed) = try ArgumentParser.parse(arguments, verbs: [own]) else {
            Issue.record("it does not run")
            return
        }
        #expect(parsed.options["markets"] == ["3"] && parsed.settings.isEmpty)
        #expect(throws: UsageError.self) {
            try ArgumentParser.parse(["count", "--markets", "KRW-*"], verbs: [own])
        }
        let other = ["status", "--markets", "KRW-*"]
        guard case .run(_, let setting) = try ArgumentParser.parse(other, verbs: verbs) else { return }
        #expect(setting.settings.map(\.key) == ["capture.markets"] && setting.options.isEmpty)
    }
}
