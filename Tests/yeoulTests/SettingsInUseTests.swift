import Configuration
import Database
import Diagnostics
import TestKit
import Testing
import yeoul

/// That what is set arrives where it is obeyed.
@Suite struct SettingsInUseTests {
    private func invocation(_ arguments: String...) throws -> (Invocation, ResolvedConfiguration) {
        let folder = try TemporaryFolder()
        let file = try folder.write("{}\n", to: "yeoul.yaml")
        let command = try ArgumentParser.parse(
            ["config", "show", "--config", file] + arguments.flatMap { ["--set", $0] },
            verbs: VerbTable.verbs)
        guard case .run(_, let parsed) = command else { throw UsageError("no verb", path: []) }
        let environment = ["HOME": folder.path]
        let invocation = Invocation(
            arguments: parsed, environment: environment,
            output: Output(descriptor: 1, environment: environment))
        return (invocation, try invocation.resolvedConfiguration())
    }

    @Test func theLogObeysItsLevelAndItsFormat() throws {
        let (quiet, text) = try invocation("log.level=error", "log.format=text")
        let output = try quiet.logOutput(text)
        #expect(output.level == .error && output.format == .text)
        let (loud, json) = try invocation("log.level=debug", "log.format=json")
        #expect(try loud.logOutput(json).level == .debug && loud.logOutput(json).format == .json)
    }

    /// All at once, before a database is started for nothing.
    @Test func whatTheRolesWouldRefuseIsAMistakeOfTheConfiguration() throws {
        let (_, sound) = try invocation("derivation.timeframes=1s,1m", "capture.markets=KRW-*")
        try RoleSettings.check(try sound.typed())
        let (_, wrong) = try invocation(
            "derivation.timeframes=1m,7m", "capture.markets=KRWBTC", "capture.channels=trades",
            "capture.redundancy=2", "capture.connections=1", "web.token=abc", "exchange.profile=built-in")
        let error = #expect(throws: ConfigurationError.self) { try RoleSettings.check(try wrong.typed()) }
        #expect(
            error?.mistakes.map(\.place).sorted() == [
                "capture.channels", "capture.markets", "capture.redundancy", "derivation.timeframes",
                "exchange.url",
                "web.token",
            ])
        #expect(error?.mistakes.allSatisfy { $0.remedy != nil } ?? false)
    }

    @Test func thePoolObeysItsSizeOverflowWaitAndAge() throws {
        let (_, resolved) = try invocation(
            "database.pool.size=3", "database.pool.overflow=0", "database.pool.wait=700ms",
            "database.pool.recycle=90s")
        let pool = PoolSettings(try resolved.typed().database.pool)
        #expect(pool.size == 3 && pool.overflow == 0)
        #expect(pool.waitLimit == .milliseconds(700) && pool.recycleAfter == .seconds(90))
    }
}
