import Configuration
import TestKit
import Testing

@Suite struct MistakeTests {
    @Test(arguments: [
        ("lgo:\n  level: info\n", "unknown key \"lgo\"", "config.yaml:1:1", "has: log.level, log.format"),
        (
            "log:\n  levl: info\n", "unknown key \"log.levl\"", "config.yaml:2:3",
            "Did you mean \"log.level\"?"
        ),
        ("log.level: info\n", "unknown key \"log.level\"", "config.yaml:1:1", "Write the section \"log:\""),
        ("log: info\n", "\"log\" is a section, not a single value", "config.yaml:1:6", "below it"),
        (
            "log:\n  level: [info]\n", "\"log.level\" takes one value, not a list", "config.yaml:2:10",
            "debug, info"
        ),
        (
            "log:\n  level: loud\n", "log.level: \"loud\" is not allowed", "config.yaml:2",
            "Allowed: debug, info"
        ),
        ("- log\n", "the file holds a list, not settings", "config.yaml:1:1", "Write sections"),
        ("log:\n\tlevel: info\n", "a tab stands where only blanks may", "config.yaml:2:1", "blanks"),
        (
            "log: {level: info}\nlog: {}\n", "the key \"log\" stands twice, first in line 1",
            "config.yaml:2:1", "one"
        ),
        (
            "database:\n  port: 70000\n", "database.port: \"70000\" is not a number from 0 to 65535",
            "config.yaml:2", "whole"
        ),
        (
            "database:\n  pool:\n    wait: 5\n", "database.pool.wait: \"5\" is not a duration",
            "config.yaml:3", "30s"
        ),
        (
            "database:\n  pool:\n    wait: 2 days\n",
            "database.pool.wait: \"2 days\" is not between 10ms and 10m", "config.yaml:3", "10m"
        ),
        (
            "database:\n  url: mysql://a:tops3cret@b\n",
            "database.url: the address does not begin with postgresql:// or postgres://", "config.yaml:2",
            "postgresql://host"
        ),
        (
            "database:\n  url: \"postgresql://\"\n",
            "database.url: the address names no host or holds a blank", "config.yaml:2", "%20"
        ),
        (
            "database:\n  direct_url: postgresql://h/d\n", "database.direct_url is set, database.url is not",
            "config.yaml:2", "Set database.url"
        ),
        (
            "exchange:\n  rate_budget: database\n",
            "exchange.rate_budget is database, database.url is not set", "config.yaml:2", "Set database.url"
        ),
        (
            "data:\n  folder: \"a\\nb\"\n", "data.folder: the value holds a control character",
            "config.yaml:2", "one line"
        ),
        ("database:\n  account: \"\"\n", "database.account: the value is empty", "config.yaml:2", "remove"),
    ])
    func inTheFile(text: String, what: String, place: String, remedy: String) throws {
        var loading = try Loading()
        try loading.write(text)
        let mistakes = try loading.mistakes()
        #expect(mistakes.map(\.what) == [what])
        #expect(mistakes.first?.place == place)
        #expect(mistakes.first?.remedy?.contains(remedy) == true)
        #expect(!"\(mistakes)".contains("tops3cret"))
    }

    @Test func areAllReportedAtOnce() throws {
        var loading = try Loading()
        try loading.write("log:\n  level: x\n  colour: no\ndatabase:\n  port: -1\n")
        try loading.write("A B=c\nLOG_FORMAT=xml\n", to: ".env")
        loading.inputs.environment = ["YEOUL__LOG__LEVLE": "debug", "YEOUL__": "x"]
        loading.inputs.flags = [
            FlagAssignment(key: "log.level", value: "info", flag: "--set"),
            FlagAssignment(key: "exchange", value: "upbit", flag: "--set"),
        ]
        let places = try loading.mistakes().map(\.place)
        #expect(
            Set(places) == [
                "config.yaml:2", "config.yaml:3:3", "config.yaml:5", ".env:1", ".env:2 (LOG_FORMAT)",
                "environment", "flag --set",
            ])
        #expect(places.count == 8)
    }

    @Test func aFileThatWasNamedMustExist() throws {
        var loading = try Loading()
        loading.inputs.file = "absent.yaml"
        let mistake = try #require(try loading.mistakes().first)
        #expect(mistake.what == "cannot read the file: No such file or directory")
        loading.inputs.file = "."
        #expect(try loading.mistakes().first?.what == "not a regular file")
    }

    @Test func variablesWithOneUnderscoreAreNotOurs() throws {
        var loading = try Loading()
        loading.inputs.environment = ["YEOUL_COMMIT": "x", "PATH": "/bin", "YEOULX": "1"]
        #expect(throws: Never.self) { try loading.typed() }
    }

    @Test func manyMistakesAreCountedBeyondTheBound() throws {
        let mistakes = (0..<60).map { ConfigurationMistake("m\($0)", place: "p") }
        let error = ConfigurationError(mistakes)
        #expect(error.mistakes.count == ConfigurationError.mistakesMax)
        #expect(error.omitted == 10)
        #expect(error.what == "the configuration has 60 mistakes")
    }

    @Test func aSingleMistakeIsTheErrorItself() {
        let error = ConfigurationError([ConfigurationMistake("w", place: "p", remedy: "r")])
        #expect("\(error)" == "w (p). r")
    }
}
