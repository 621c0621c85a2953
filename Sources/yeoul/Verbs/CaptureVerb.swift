import Capture
import Configuration
import Diagnostics
import Operations

/// `yeoul capture`
struct CaptureVerb: Verb {
    let name = "capture"
    let summary = "Store every trade of the exchange, exactly once, until stopped"
    let details = """
        Each frame goes into the journal first, then into the database: the private one of the data folder, or \
        that of database.url, whose schema must be in place. While the database is away the journal keeps what \
        comes. SIGTERM or Ctrl-C ends it within ten seconds; what is not stored then is stored at the next start.

        --exchange takes a profile (upbit, bithumb, …), or the address of a server that speaks Upbit's \
        protocol, such as the `rest` address that `yeoul exchange` prints; then the data counts as simulated.
        """
    let examples = [
        Example("yeoul capture", "the markets of the settings, KRW-* unless they say otherwise"),
        Example("yeoul capture --markets KRW-BTC,KRW-ETH", "two markets"),
        Example("yeoul capture --exchange http://127.0.0.1:9000", "from the built-in exchange"),
    ]
    let options = [
        OptionDeclaration("exchange", .text("PROFILE|URL"), "The exchange, by name or address")
    ]

    func run(_ invocation: Invocation) async throws {
        let resolved = try Self.withExchange(invocation).resolvedConfiguration()
        let configuration = try resolved.typed()
        let logger = try invocation.logger("capture", resolved)
        let interruption = Interruption()
        let home = try await CaptureHome.open(configuration, logger: logger)
        do {
            let parts = try CaptureHome.parts(configuration, home, logger: logger)
            let service = try CaptureService(parts, logger: logger)
            let role = CaptureRole(
                service, budget: parts.budget, home: home, folder: configuration.data.folder,
                manager: ServiceManager(environment: invocation.environment), logger: logger)
            try await CaptureSession(service: service, role: role, logger: logger, output: invocation.output)
                .run(until: interruption, seconds: nil)
            try CaptureSession.sayEnd(service, invocation.output)
        } catch {
            try? await home.close()
            throw error
        }
        try await home.close()
    }

    /// `--exchange` stands for the settings exchange.profile and exchange.url.
    private static func withExchange(_ invocation: Invocation) throws -> Invocation {
        guard let exchange = invocation.text("exchange") else { return invocation }
        var arguments = invocation.arguments
        func set(_ key: String, _ value: String) {
            // Before the others, so that --exchange-profile has its say.
            arguments.settings.insert(FlagAssignment(key: key, value: value, flag: "--exchange"), at: 0)
        }
        if exchange.contains("://") {
            set("exchange.url", exchange)
            set("exchange.profile", ExchangeProfile.builtIn.rawValue)
        } else {
            set("exchange.profile", exchange)
        }
        return Invocation(
            arguments: arguments, environment: invocation.environment, output: invocation.output)
    }
}
