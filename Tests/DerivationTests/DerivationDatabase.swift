import Database
import Derivation
import Foundation
import Indicators
import Market
import Storage
import TestKit
import Testing

/// A migrated database of one engine, with a writer and derivation on it.
final class DerivationDatabase {
    static let engines: [EngineName] = {
        guard let programs = try? ServerPrograms.find() else { return [.native] }
        return ServerPrograms.hasLibrary("timescaledb", beside: programs) ? [.native, .timescale] : [.native]
    }()

    let scratch: ScratchDatabase
    let settings: DerivationSettings
    private(set) var connection: BlockingConnection
    private var writer: MarketWriter
    private(set) var derivation: Derivation
    /// The exchange's time.
    let clock: Clock

    /// The test's one thread sets it.
    final class Clock: @unchecked Sendable {
        var now: Instant
        init(_ now: Instant) { self.now = now }
    }

    static func make(
        _ engine: EngineName, now: Instant, settings: DerivationSettings? = nil
    ) async throws -> DerivationDatabase {
        let template = try await (engine == .native ? native : timescale).value
        let scratch = try await ScratchDatabase.make(template: template.name)
        return try DerivationDatabase(scratch, now: now, settings: try settings ?? DerivationSettings())
    }

    private init(_ scratch: ScratchDatabase, now: Instant, settings: DerivationSettings) throws {
        self.scratch = scratch
        self.settings = settings
        let clock = Clock(now)
        self.clock = clock
        connection = try BlockingConnection.connect(scratch.options)
        writer = try MarketWriter(connection)
        derivation = Derivation(settings) { clock.now }
    }

    /// As after a crash: nothing is remembered.
    func restart() throws {
        try connection.close()
        connection = try BlockingConnection.connect(scratch.options)
        writer = try MarketWriter(connection)
        let clock = clock
        derivation = Derivation(settings) { clock.now }
    }

    /// Without trades it is caught up, unless `isBacklog`: as capture has it.
    @discardableResult
    func commit(
        _ trades: [Trade] = [], isBacklog: Bool? = nil, with others: [any CommitParticipant] = []
    ) throws -> CommitReport {
        derivation.willCommit(through: isBacklog ?? !trades.isEmpty ? nil : clock.now)
        return try writer.commit(
            MarketBatch(trades: trades), now: clock.now, participants: [derivation] + others)
    }

    /// Commits until nothing is due.
    func settle() throws {
        for _ in 0..<1_000 where derivation.isDue(at: clock.now) { try commit() }
        #expect(!derivation.isDue(at: clock.now))
    }

    func verify() throws -> DerivedReport { try DerivedVerifier(settings).verify(on: connection) }

    func lines(_ sql: String) throws -> [String] {
        try connection.query("SELECT q::text FROM (\(sql)) AS q").map { try $0.value(0) }
    }

    /// Everything derived, without what tells how it came about.
    func derived() throws -> [String] {
        let candles = CandleColumns.list
        let values = Indicator.columns.joined(separator: ", ")
        return try lines("SELECT symbol, timeframe, time, \(candles) FROM market.candles ORDER BY 1, 2, 3")
            + lines(
                "SELECT symbol, timeframe, time, \(values) FROM market.technical_indicators ORDER BY 1, 2, 3")
            + lines(
                """
                SELECT symbol, timeframe, time, open, high, low, close, volume, value, candle_vwap, complete, trades,
                    \(values) FROM market.latest_indicators ORDER BY 1, 2
                """)
            + lines(
                """
                SELECT DISTINCT ON (symbol, timeframe) symbol, timeframe, time, version, state
                FROM market.indicator_states ORDER BY symbol, timeframe, time DESC
                """)
    }

    private enum CandleColumns {
        static let list = """
            open, high, low, close, volume, value, vwap, trades, buy_volume, sell_volume, first_time, first_id,
            last_time, last_id, source, complete
            """
    }

    private static let native = Task { try await template(.native) }
    private static let timescale = Task { try await template(.timescale) }

    private static func template(_ engine: EngineName) async throws -> ScratchDatabase {
        let scratch = try await ScratchDatabase.make()
        let instance = Instance(exchange: "upbit", isSimulated: true, dataFolderID: "test-folder")
        _ = try await Migrator(
            scratch.options, instance: instance, engine: engine == .native ? .native : .timescale,
            program: "test", set: .embedded()
        ).migrate()
        let connection = try await Connection.connect(scratch.server.options())
        let name = try quotedIdentifier(scratch.name)
        try await connection.execute("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try await connection.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
            [.text(scratch.name)])
        return scratch
    }
}

/// Trades of a few markets that a seed reproduces, ordered by the time when they arrive.
struct TradeStream {
    private var random: SeededRandom
    let start: Instant
    private(set) var trades: [Trade] = []

    init(seed: UInt64, start: Instant, seconds: Int64, count: Int, lateShare: Int = 20) throws {
        random = SeededRandom(seed: seed)
        self.start = start
        let symbols = try ["KRW-BTC", "KRW-ETH", "BTC-XRP"].map { try Symbol($0) }
        var arrivals: [(Instant, Trade)] = []
        for number in 0..<count {
            let time = start.adding(
                milliseconds: Int64.random(in: 0..<(seconds * 1_000), using: &random) / 50 * 50)
            let isLate = Int.random(in: 0..<100, using: &random) < lateShare
            let delay = isLate ? Int64.random(in: 0..<600_000, using: &random) : 40
            let trade = Trade(
                time: time, symbol: symbols[number % 7 % 3],
                sequentialID: time.milliseconds << 20 + Int64(number % 5),
                price: Decimal8(
                    unscaled: Int128(Int64.random(in: 1...5_000_000, using: &random)) * 1_000_000),
                volume: Decimal8(unscaled: Int128(Int64.random(in: 1...50_000_000_000, using: &random))),
                side: Bool.random(using: &random) ? .buy : .sell, receivedAt: time.adding(milliseconds: delay)
            )
            arrivals.append((trade.receivedAt, trade))
        }
        trades = arrivals.sorted { ($0.0, $0.1.sequentialID) < ($1.0, $1.1.sequentialID) }.map(\.1)
        // One id a key, as the exchange has it.
        var seen: Set<Int64> = []
        trades = trades.filter { seen.insert($0.sequentialID &* 4 &+ Int64($0.symbol.count)).inserted }
    }
}
