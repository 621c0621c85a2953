import Capture
import Database
import Derivation
import Diagnostics
import Exchange
import Journal
import Market
import Network
import Quotation
import Storage
import TestKit
import Upbit

/// A built-in exchange whose clock a test sets, a database, and captures with derivation, one after another on
/// the same journal.
final class DerivedTown {
    let folder: TemporaryFolder
    let exchange: ExchangeServer
    let database: CaptureDatabase
    let derivation: DerivationSettings
    let quotation: QuotationClient
    private let budget: RateBudgetFile
    private let profile: Profile

    init(_ settings: ExchangeSettings, _ derivation: DerivationSettings) async throws {
        folder = try TemporaryFolder(named: "yeoul-derived")
        exchange = try ExchangeServer(settings)
        database = try await CaptureDatabase.make()
        self.derivation = derivation
        profile = Profile.builtIn(port: Int(try Address(exchange.addresses.rest).port))
        budget = try RateBudgetFile(path: folder.path(of: "budget"), table: .upbit)
        quotation = QuotationClient(profile, http: try HTTPClient(), budget: budget)
    }

    /// The exchange's markets now; asked again while it fails on purpose.
    func symbols() async throws -> [Symbol] {
        var symbols: [Symbol] = []
        let isTold = try await Self.eventually {
            symbols = (try? await quotation.markets().map(\.symbol)) ?? []
            return !symbols.isEmpty
        }
        guard isTold else { throw TownError(text: "the exchange does not tell its markets") }
        return symbols
    }

    /// An order to the exchange, as `/control/…` takes it.
    func control(_ what: String, _ json: String) async throws {
        let answer = try await HTTPClient().perform(
            HTTPCall(
                try Address(exchange.addresses.control + "/control/" + what), method: "POST",
                body: Array(json.utf8), firstByteMillisecondsMax: 60_000, totalMillisecondsMax: 60_000))
        guard answer.status == 200 else { throw TownError(text: "\(what): \(answer.text)") }
    }

    /// A capture while `body` runs.
    func captured<R>(_ body: (CaptureService) async throws -> R) async throws -> R {
        let service = try await capture()
        do {
            let result = try await body(service)
            await service.stop()
            return result
        } catch {
            await service.stop()
            throw error
        }
    }

    /// Waits for the end of the capture before: the last thread that lets go of it unlocks the journal.
    func capture() async throws -> CaptureService {
        for _ in 0..<300 {
            do {
                return try start()
            } catch let error as JournalError where error.code == .locked {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        return try start()
    }

    /// As the role that writes, with no right that it does not need.
    private func start() throws -> CaptureService {
        let options = try database.ingestOptions
        var parts = CaptureParts(
            selection: try MarketSelection(["all"]), plan: try ConnectionPlan(connections: 2, copies: 1),
            sessions: try SessionSettings(
                profile: profile, webSocketURL: exchange.addresses.websocket, connections: 2,
                channels: [.trade, .ticker], seed: 5),
            quotation: quotation, budget: budget, journalFolder: folder.path(of: "journal"),
            commit: CommitSettings(
                options: options, instance: CaptureDatabase.instance,
                schemaVersion: try MigrationSet.embedded().newestNumber,
                quarantineFolder: folder.path(of: "quarantine")), directOptions: options)
        var proof = ProofParts.Settings()
        proof.proof.disputes.pausesMilliseconds = [200, 500, 1_000]
        parts.proof = proof
        let time = parts.time
        parts.participants = [Derivation(derivation) { time.now }]
        return try CaptureService(
            parts, logger: Logger(component: "test", output: LogOutput(level: .critical)))
    }

    func verify() throws -> DerivedReport {
        let connection = try BlockingConnection.connect(database.options)
        defer { try? connection.close() }
        return try DerivedVerifier(derivation).verify(on: connection)
    }

    /// Waits until `condition` holds; generous, for machines that are slow.
    static func eventually(seconds: Int = 120, _ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    /// What of the exchange's own candles of a time is not stored just so.
    func differences(
        _ symbol: Symbol, _ timeframe: Timeframe, _ range: Range<Instant>
    ) async throws -> (compared: Int, differences: [String]) {
        let connection = try BlockingConnection.connect(database.options)
        defer { try? connection.close() }
        let rows = try CandleReader.read(
            SeriesKey(symbol, timeframe), from: range.lowerBound, to: range.upperBound, limit: 10_000,
            on: connection)
        var stored = Dictionary(rows.map { ($0.time, $0) }) { first, _ in first }
        let candles = try await quotation.candles(
            symbol, timeframe, before: range.upperBound, priority: .refill
        ).map(\.candle).filter { range.contains($0.time) }
        var found: [String] = []
        for theirs in candles {
            guard let ours = stored.removeValue(forKey: theirs.time) else {
                found.append("\(symbol) \(timeframe) \(theirs.time): not stored")
                continue
            }
            let printed = TradeFigures(volume: theirs.volume, value: theirs.value)
            let difference = TradeFigures(volume: ours.volume, value: ours.value) - printed
            let prices = (ours.open, ours.high, ours.low, ours.close)
            if prices != (theirs.open, theirs.high, theirs.low, theirs.close)
                || !ProofTolerance(printed, quote: symbol.quote).covers(difference)
            {
                found.append(
                    "\(symbol) \(timeframe) \(theirs.time): \(prices) \(ours.volume), theirs \(theirs.open) "
                        + "\(theirs.high) \(theirs.low) \(theirs.close) \(theirs.volume)")
            }
        }
        for time in stored.keys { found.append("\(symbol) \(timeframe) \(time): the exchange has none") }
        return (candles.count, found)
    }
}
