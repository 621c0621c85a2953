import Capture
import Configuration
import Database
import Diagnostics
import Exchange
import Journal
import Market

/// What the demo shows: the built-in exchange, captured into the private database.
struct DemoMarket {
    private static let tradesPerSecond = 200.0
    /// Fewer than the real one has: their figures of the past are made at the first request.
    private static let markets = 40

    /// The demo's own, with its data folder.
    let configuration: Configuration
    let logger: Logger

    /// Runs until a signal or for `seconds`, and returns what was stored, for the summary.
    func run(
        _ lease: ClusterLease, until interruption: Interruption, seconds: Int?, _ output: Output
    ) async throws -> [(name: String, text: String)] {
        var settings = ExchangeSettings()
        settings.tradesPerSecond = Self.tradesPerSecond
        settings.markets = Self.markets
        let exchange = try ExchangeServer(settings)
        defer { exchange.stop() }
        var configuration = configuration
        configuration.exchange.profile = .builtIn
        configuration.exchange.url = exchange.addresses.rest
        configuration.exchange.ca = nil
        configuration.capture.markets = ["all"]
        // Somebody looks from the first second on.
        let second = Timeframe.second1.rawValue
        if !configuration.derivation.timeframes.contains(second) {
            configuration.derivation.timeframes.insert(second, at: 0)
        }
        let home = try CaptureHome(lease)
        let parts = try CaptureHome.parts(configuration, home, logger: logger)
        guard let service = try service(parts) else {
            exchange.stop()
            try output.line("Another demo captures into this folder; this one looks on.")
            await interruption.wait(seconds: seconds)
            return []
        }
        let role = CaptureRole(
            service, budget: parts.budget, home: home, folder: configuration.data.folder,
            manager: nil, logger: logger)
        try await CaptureSession(service: service, role: role, logger: logger, output: output)
            .run(until: interruption, seconds: seconds)
        return summary(service.figures, printed: exchange.tradesPrinted)
    }

    /// nil: another process captures into the data folder.
    private func service(_ parts: CaptureParts) throws -> CaptureService? {
        do {
            return try CaptureService(parts, logger: logger)
        } catch let error as JournalError where error.code == .locked {
            return nil
        }
    }

    private func summary(_ figures: CaptureFigures, printed: Int64) -> [(name: String, text: String)] {
        let lag = figures.lag.microseconds(atShare: 0.5).map { Amounts.shown($0) } ?? "–"
        return [
            (
                "trades",
                "\(Amounts.grouped(figures.trades)) stored, each once, in \(figures.commits) commits"
            ),
            ("books", "\(figures.orderBooks) order books and \(figures.tickers) tickers, sampled"),
            ("lag", "\(lag) from the socket to the commit, half of the time"),
        ]
    }
}
