import Capture
import Database
import Diagnostics
import Market
import Network
import Quotation
import Storage
import TestKit
import Testing
import Upbit

/// A capture to which nothing comes.
private struct QuietHost: RefillHost {
    var lastSequence: UInt64 { 0 }
    var committedSequence: UInt64 { 0 }
    var isActive: Bool { true }
    var exchangeNow: Instant { Instant(microseconds: WallClock.unixMicroseconds()) }
    var activity: [Symbol: Double] { [:] }
    func journal(page: [UInt8], of symbol: Symbol, request: RESTRequest) -> UInt64? { nil }
}

/// What an earlier run found lost is known to the next one, to the last digit.
@Suite(.serialized) struct LostGapRestartTests {
    private let symbol: Symbol
    private let start = Timeframe.minute1.start(of: Instant(microseconds: WallClock.unixMicroseconds()))
        .adding(seconds: -600)

    init() throws { symbol = try Symbol("KRW-BTC") }

    /// What the proof by candles says of a minute of which so much is missing.
    private func verdict(_ book: GapBook, missing: TradeFigures) throws -> ProofStatus? {
        var proof = CandleProof()
        proof.begin(symbol, at: start)
        let now = ProofClock(milliseconds: 70_000, exchange: start.adding(seconds: 70))
        let asked = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
        let question = try #require(asked)
        return proof.answer(
            question, CandlePage(minutes: [CandleMinute(time: start, exchange: missing)]), now,
            isLost: { book.explains(symbol, $0, $1) }
        ).ranges.first?.status
    }

    @Test func aMinuteOfLossesThatAnEarlierRunFoundIsExplainedAndNoGapIsWidened() async throws {
        let folder = try TemporaryFolder(named: "yeoul-lost")
        let scratch = try await ScratchDatabase.make()
        defer { withExtendedLifetime(scratch) {} }
        _ = try await Migrator(
            scratch.options, instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "t"),
            engine: .native, program: "test", set: .embedded()
        ).migrate()
        var gaps: [Gap] = []
        for number in 1...2 {
            let from = start.adding(seconds: Int64(number) * 10)
            var gap = Gap(
                symbol, from..<from.adding(milliseconds: 1), reason: Gap.Reason.lost, status: .unfillable)
            gap.lost = TradeFigures(
                price: try Decimal8("0.00009101"), volume: try Decimal8("\(number).00000001"))
            gaps.append(gap)
        }
        let connection = try await scratch.connect()
        try await GapTable.write(gaps, on: connection)
        // A new run: everything it knows it reads.
        let pool = Pool(try scratch.options, PoolSettings())
        defer { pool.close() }
        let book = GapBook()
        let service = RefillService(
            quotation: QuotationClient(
                Profile.builtIn(port: 9), http: try HTTPClient(),
                budget: try RateBudgetFile(path: folder.path(of: "budget"), table: .upbit)),
            database: pool, host: QuietHost(), book: book,
            logger: Logger(component: "test", output: LogOutput(level: .critical)))
        let task = Task { await service.run() }
        defer { task.cancel() }
        let sum = gaps.compactMap(\.lost).reduce(into: TradeFigures.zero) { $0 += $1 }
        let deadline = ContinuousClock.now + .seconds(60)
        while try verdict(book, missing: sum) != .unprovable, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try verdict(book, missing: sum) == .unprovable)
        let one = try #require(gaps[0].lost)
        #expect(try verdict(book, missing: sum + one) == nil, "another one is missing, and is looked for")
    }
}
