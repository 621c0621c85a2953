import Exchange
import Glibc
import Market
import Network

/// How fast the built-in exchange sends, and what a quiet day of it costs. Server and client are in this
/// process, so the costs are those of both. `ExchangeBenchmark quiet 20` measures the quiet day alone, for 20
/// seconds.
@main
struct ExchangeBenchmark {
    static let ratesWanted = [250_000.0, 400_000]
    static let secondsFast = 2.0
    static let secondsQuiet = 5.0

    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        if words.first != "quiet" { try await fast() }
        try await quiet(seconds: words.dropFirst().first.flatMap { Double($0) } ?? secondsQuiet)
    }

    static func fast() async throws {
        say("Trades to one client over loopback, SIMPLE, 50 markets, with a ledger:")
        for rate in ratesWanted {
            let result = try await run(
                markets: 50, rate: rate, types: ["trade"], seconds: secondsFast, ledger: "/dev/null")
            say(
                "  \(Int(result.printed)) printed/s, \(Int(result.received)) received/s, "
                    + "\(Int(result.bytes / 1_000_000)) MB/s, \(Int(result.processor * 100)) % of a core"
                    + (result.isWhole ? "" : "  (fell behind)"))
        }
    }

    static func quiet(seconds: Double) async throws {
        say("A quiet day, 250 markets, 30 trades/s, one client with all trades, tickers and books:")
        let quiet = try await run(
            markets: 250, rate: 30, types: ["trade", "ticker", "orderbook"], seconds: seconds,
            ledger: nil)
        say("  \(Int(quiet.received)) messages/s, \(percent(quiet.processor)) % of a core")
        let alone = try await run(
            markets: 250, rate: 30, types: [], seconds: seconds, ledger: "/dev/null")
        say("Without a client: \(percent(alone.processor)) % of a core")
    }

    struct Result {
        let printed: Double
        let received: Double
        let bytes: Double
        /// Cores used by the whole process.
        let processor: Double
        let isWhole: Bool
    }

    /// Each line at once, also into a file.
    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    static func percent(_ share: Double) -> Double { (share * 1_000).rounded() / 10 }

    static func run(
        markets: Int, rate: Double, types: [String], seconds: Double, ledger: String?
    ) async throws -> Result {
        var settings = ExchangeSettings()
        settings.markets = markets
        settings.tradesPerSecond = rate
        // An ordinary hour, away from the bursts.
        settings.start = try Instant("2026-03-03T05:20:00Z")
        settings.ledgerPath = ledger
        settings.isLimited = false
        let server = try ExchangeServer(settings)
        defer { server.stop() }
        let loop = try EventLoop(named: "client")
        defer { loop.stop() }
        let specs = try Catalogue.markets(markets, tradesPerSecond: rate, seed: settings.seed)
        let codes = specs.map { "\"\($0.symbol)\"" }.joined(separator: ",")
        let objects = types.map { "{\"type\":\"\($0)\",\"codes\":[\(codes)],\"is_only_realtime\":true}" }
        let counter = TradeCounter(
            "[{\"ticket\":\"benchmark\"},\(objects.joined(separator: ",")),{\"format\":\"SIMPLE\"}]")
        if !types.isEmpty {
            let request = WebSocketRequest(
                to: try Address(server.addresses.websocket), offersCompression: false,
                keepAlive: KeepAlive.Schedule(pingEveryMilliseconds: nil))
            _ = WebSocketClient(on: loop).connect(request, consumer: counter)
        }
        try await Task.sleep(for: .seconds(1.5))
        let (first, printedFirst, processorFirst) = (
            counter.counted, server.tradesPrinted, processorSeconds()
        )
        let start = Monotonic.nanoseconds()
        try await Task.sleep(for: .seconds(seconds))
        let (last, printedLast, processorLast) = (counter.counted, server.tradesPrinted, processorSeconds())
        let passed = Double(Monotonic.nanoseconds() - start) / 1e9
        let printed = Double(printedLast - printedFirst) / passed
        let received = Double(last.messages - first.messages) / passed
        return Result(
            printed: printed, received: received, bytes: Double(last.bytes - first.bytes) / passed,
            processor: (processorLast - processorFirst) / passed,
            isWhole: last.failure == nil && received > 0.97 * min(printed, rate * 0.5))
    }

    static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micros) / 1e6
    }
}
