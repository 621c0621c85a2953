import Configuration
import Database
import Diagnostics
import Operations

/// `yeoul status`
struct StatusVerb: Verb {
    let name = "status"
    let summary = "Show rate, lag, gaps, proof, roles and sizes"
    let details = """
        Reads the database and the status files of the roles, and starts nothing: what does not run is said. \
        Ends with 1 when the database does not run.
        """
    let examples = [
        Example("yeoul status", "once"),
        Example("yeoul status --watch", "every second, until Ctrl-C"),
        Example("yeoul status --markets", "each market on its own too"),
        Example("yeoul status --json", "for a program"),
    ]
    let options = [
        OptionDeclaration("watch", "Again every second, until Ctrl-C"),
        OptionDeclaration("markets", "Each market on its own too"), .json,
    ]

    /// Sizes are looked up in every so many rounds.
    private static let sizesEveryRounds = 30

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        guard let options = try Self.database(configuration) else {
            try report(try await StatusReport.read(configuration, nil, withMarkets: false), invocation)
            throw ProgramError(
                "the private database does not run", place: configuration.data.folder,
                remedy: "Start Yeoul (yeoul up), or the database alone (yeoul db start)")
        }
        guard invocation.has("watch") else {
            return try report(
                try await StatusReport.read(configuration, options, withMarkets: invocation.has("markets")),
                invocation)
        }
        let interruption = Interruption()
        var sizes: DatabaseSizes?
        var round = 0
        while !interruption.isInterrupted {
            var status = try await StatusReport.read(
                configuration, options, withMarkets: invocation.has("markets"),
                withSizes: round % Self.sizesEveryRounds == 0)
            sizes = status.sizes ?? sizes
            status.sizes = sizes
            if invocation.output.isTerminal, !invocation.wantsJSON {
                try invocation.output.write("\u{1B}[H\u{1B}[J")
            }
            try report(status, invocation)
            round += 1
            await interruption.wait(seconds: 1)
        }
    }

    private func report(_ report: StatusReport, _ invocation: Invocation) throws {
        try invocation.output.write(invocation.wantsJSON ? report.json + "\n" : StatusText.text(report))
    }

    /// Nil when the private server does not run: a status starts nothing.
    private static func database(_ configuration: Configuration) throws -> ConnectionOptions? {
        if let url = configuration.database.url { return try ConnectionOptions(url: url) }
        let cluster = try PrivateDatabase.cluster(configuration, for: "look into")
        guard let (address, isRunning) = try? cluster.find(), isRunning else { return nil }
        return try ConnectionOptions(url: address.url(.reader))
    }
}
