import Database
import Market
import Storage
import TestKit
import Testing

@Suite struct ProofTablesTests {
    private let now = Instant(microseconds: clockMicroseconds())
    private let symbol: Symbol
    private let hour: Range<Instant>

    init() throws {
        symbol = try Symbol("KRW-BTC")
        let start = Timeframe.minute1.start(of: now.adding(seconds: -7_200))
        hour = start..<start.adding(seconds: 3_600)
    }

    private func trade(_ milliseconds: Int64, _ id: Int64, _ price: String, _ volume: String) throws -> Trade
    {
        let time = hour.lowerBound.adding(milliseconds: milliseconds)
        return Trade(
            time: time, symbol: symbol, sequentialID: id, price: try Decimal8(price),
            volume: try Decimal8(volume), side: .buy, receivedAt: time)
    }

    private func store(_ trades: [Trade], _ connection: Connection) throws {
        var writer = try MarketWriter(connection.blocking)
        _ = try writer.commit(MarketBatch(trades: trades), now: now)
    }

    @Test(arguments: TestEngines.all)
    func aGapGoesFromOpenToFilledAndKeepsItsCount(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        let gap = Gap(symbol, hour, reason: Gap.Reason.disconnect)
        try await GapTable.write([gap, gap], on: connection)
        #expect(try await GapTable.open(on: connection).map(\.interval) == [hour])
        #expect(try await complete(hour, connection) == false)
        var filled = gap
        filled.status = .filled
        filled.tradesFilled = 41
        try await GapTable.write([filled], on: connection)
        #expect(try await GapTable.open(on: connection).isEmpty)
        #expect(try await complete(hour, connection))
        let rows = try await GapTable.list(
            since: .epoch, symbol: symbol, status: nil, limit: 10, on: connection)
        #expect(rows.map(\.tradesFilled) == [41] && rows.map(\.status) == [.filled])
        #expect(try #require(rows[0].updatedAt) > (try #require(rows[0].createdAt)))
    }

    @Test func anUnfillableGapDoesNotOpenAgainAndStaysIncomplete() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        var gap = Gap(symbol, hour, reason: "proof: lost", status: .unfillable)
        try await GapTable.write([gap], on: connection)
        gap.status = .open
        gap.interval = hour.lowerBound..<hour.upperBound.adding(seconds: 60)
        try await GapTable.write([gap], on: connection)
        let rows = try GapTable.unfilled(overlapping: hour, on: connection.blocking)
        #expect(rows.map(\.status) == [.unfillable])
        #expect(rows.map(\.interval) == [gap.interval])
    }

    @Test(arguments: TestEngines.all)
    func aLossKeepsItsFiguresAndIsOnlyFilledByTrades(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        var gap = Gap(symbol, hour, reason: Gap.Reason.lost, status: .unfillable)
        gap.lost = TradeFigures(volume: try Decimal16("0.0000000000000001"), value: try Decimal16("-12.5"))
        let other = Gap(
            symbol, hour.upperBound..<hour.upperBound.adding(seconds: 1), reason: "old", status: .unfillable)
        try await GapTable.write([gap, other], on: connection)
        func rows() throws -> [Gap] { try GapTable.unfilled(overlapping: hour, on: connection.blocking) }
        #expect(try rows().map(\.lost) == [gap.lost])
        let all = try await GapTable.list(
            since: .epoch, symbol: symbol, status: nil, limit: 9, on: connection)
        #expect(all.map(\.lost) == [nil, gap.lost])
        // A refill of a time that begins with it, and brings nothing.
        let wide = hour.lowerBound..<hour.upperBound.adding(seconds: 60)
        try await GapTable.write([Gap(symbol, wide, reason: Gap.Reason.manual)], on: connection)
        var filled = Gap(symbol, wide, reason: Gap.Reason.manual, status: .filled)
        try await GapTable.write([filled], on: connection)
        #expect(try rows().map(\.interval) == [hour] && rows().map(\.lost) == [gap.lost])
        filled.tradesFilled = 1
        try await GapTable.write([filled], on: connection)
        #expect(try rows().isEmpty)
    }

    /// `market.is_complete` of the interval.
    private func complete(_ interval: Range<Instant>, _ connection: Connection) async throws -> Bool {
        try await connection.query(
            "SELECT market.is_complete($1, $2, $3)",
            [
                .text(symbol.description), .timestamp(microseconds: interval.lowerBound.microseconds),
                .timestamp(microseconds: interval.upperBound.microseconds),
            ]
        ).single().value(0)
    }

    @Test func anIntervalIsCompleteUnlessAGapOfItsMarketsTradesOverlapsIt() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try await GapTable.write([Gap(symbol, hour, reason: "restart")], on: connection)
        let (from, to) = (hour.lowerBound, hour.upperBound)
        #expect(try await complete(from.adding(seconds: -60)..<from, connection), "half-open")
        #expect(try await complete(from.adding(seconds: -60)..<from.adding(seconds: 1), connection) == false)
        #expect(try await complete(to..<to.adding(seconds: 1), connection))
        #expect(try await complete(to.adding(seconds: -1)..<to.adding(seconds: 1), connection) == false)
        try await connection.execute("UPDATE market.gaps SET channel = 'ticker'")
        #expect(try await complete(hour, connection), "a missing ticker makes no candle incomplete")
        try await connection.execute("UPDATE market.gaps SET channel = 'trade', symbol = 'KRW-ETH'")
        #expect(try await complete(hour, connection))
    }

    @Test(arguments: TestEngines.all)
    func minutesHaveExactSumsAndTheirEdges(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try store(
            [
                try trade(100, 1, "0.00009101", "3"), try trade(499, 2, "2", "0.5"),
                try trade(500, 3, "2", "0.25"), try trade(59_500, 4, "1", "8"),
                try trade(59_499, 5, "1", "16"), try trade(120_100, 6, "1", "32"),
                try trade(180_100, 7, "1", "64"), try trade(180_600, 8, "1", "64"),
            ], connection)
        let range = hour.lowerBound..<hour.lowerBound.adding(seconds: 180)
        let minutes = try await TradeQueries.minutes(
            symbol, range, edgeMilliseconds: 500, on: connection)
        #expect(minutes.map { $0.time.microseconds(since: hour.lowerBound) / 60_000_000 } == [0, 2, 3])
        #expect(minutes[0].trades == 5)
        #expect(minutes[0].figures.volume == (try Decimal16("27.75")))
        #expect(minutes[0].figures.value == (try Decimal16("25.50027303")))
        #expect(minutes[0].head.map(\.volume) == [Decimal16(3), try Decimal16("0.5")])
        #expect(minutes[0].tail.map(\.volume) == [Decimal16(8)])
        #expect(minutes[2].head.map(\.value) == [Decimal16(64)], "of the minute behind, only its head")
        #expect(minutes[2].figures.volume == Decimal16(64))
    }

    @Test(arguments: TestEngines.all)
    func windowsGiveTheSumBetweenAndTheTradesAtTheirEnds(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        var trades: [Trade] = []
        for index in 0..<50 { trades.append(try trade(Int64(index) * 1_000, Int64(index), "10", "1.5")) }
        trades.append(try trade(10_000, 900, "10", "4"))
        trades.append(try trade(20_000, 901, "10", "5"))
        var other = try trade(15_000, 77, "10", "1000")
        other.symbol = try Symbol("KRW-ETH")
        trades.append(other)
        try store(trades, connection)
        let (first, last) = (hour.lowerBound.adding(seconds: 10), hour.lowerBound.adding(seconds: 20))
        let found = try await TradeQueries.windows(
            [
                .init(symbol: try Symbol("KRW-XRP"), first: first, last: last),
                .init(symbol: symbol, first: first, last: last),
                .init(symbol: other.symbol, first: first, last: last),
            ], on: connection)
        #expect(found.count == 3 && found[0] == TradeQueries.WindowTrades())
        #expect(found[1].between.volume == (try Decimal16("13.5")))
        #expect(found[1].between.value == Decimal16(135))
        #expect(found[1].atFirst.map(\.sequentialID) == [10, 900])
        #expect(found[1].atLast.map(\.sequentialID) == [20, 901])
        #expect(found[2].between.volume == Decimal16(1_000) && found[2].atFirst.isEmpty)
        let list = try await TradeQueries.list(symbol, first..<last, most: 20, on: connection)
        #expect(list?.count == 11 && list?.first?.side == .buy)
        #expect(try await TradeQueries.list(symbol, first..<last, most: 10, on: connection) == nil)
        #expect(try await TradeQueries.count(symbol, first..<last, on: connection) == 11)
        let newest = try await TradeQueries.newest(
            since: hour.lowerBound, receivedBefore: hour.lowerBound.adding(seconds: 30), on: connection)
        #expect(newest == hour.lowerBound.adding(seconds: 29), "what came later was received by another run")
    }

    @Test(arguments: TestEngines.all)
    func aCorrectionChangesOneTradeAndLeavesATrace(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        try store([try trade(0, 1, "10", "1"), try trade(0, 2, "10", "1")], connection)
        let right = try trade(0, 2, "11", "1.25")
        #expect(try await TradeQueries.correct([right, try trade(0, 3, "1", "1")], on: connection) == 1)
        #expect(try await TradeQueries.correct([right], on: connection) == 0, "nothing to change")
        let lines = try await connection.lines(
            "SELECT sequential_id, price, volume FROM market.transactions ORDER BY 1")
        #expect(lines == ["(1,10,1)", "(2,11,1.25)"])
        let trace = try await connection.lines(
            "SELECT action, target, detail->>'old_volume', detail->>'volume' FROM ops.audit_log")
        #expect(trace.count == 1 && trace[0].hasPrefix("(correct_trade,KRW-BTC,1,1.25"))
    }

    @Test(arguments: TestEngines.all)
    func whatIsStoredOfAPageAndSinceWhenAMarketWasHeardIsKnown(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        var late = try trade(5_000, 2, "101", "2")
        late.receivedAt = late.time.adding(seconds: 30)
        let stored = [try trade(1_000, 1, "100", "1"), late, try trade(5_000, 3, "102", "1")]
        try store(stored, connection)
        #expect(try await TradeQueries.areStored([], on: connection))
        #expect(
            try await TradeQueries.areStored(stored + stored, on: connection), "copies are no other trades")
        #expect(try await TradeQueries.areStored([stored[2]], on: connection))
        let other = try trade(5_000, 4, "102", "1")
        #expect(try await TradeQueries.areStored(stored + [other], on: connection) == false)
        // The same number at another time is another trade.
        #expect(try await TradeQueries.areStored([try trade(4_000, 2, "101", "2")], on: connection) == false)
        let end = hour.lowerBound.adding(seconds: 10)
        #expect(
            try await TradeQueries.heardSince(seconds: 60, before: end, on: connection)
                == [symbol: hour.lowerBound.adding(seconds: 1)])
        #expect(
            try await TradeQueries.heardSince(seconds: 6, before: end, on: connection)
                == [symbol: hour.lowerBound.adding(seconds: 5)])
        try store([late], connection)
        #expect(try await TradeQueries.heardSince(seconds: 0, before: end, on: connection).isEmpty)
    }

    @Test func minutesThatAnEarlierRunLeftBetweenJudgedOnesAreFound() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        func range(_ from: Int64, _ to: Int64, _ method: ProofMethod = .candle) -> ReconciledRange {
            let start = hour.lowerBound
            return ReconciledRange(
                symbol, method, start.adding(seconds: from * 60)..<start.adding(seconds: to * 60), .proven,
                ours: .zero, exchange: .zero)
        }
        let rows = [
            range(0, 10), range(2, 3), range(10, 11), range(12, 14), range(11, 12, .ticker), range(50, 51),
        ]
        try await ReconciliationTable.write(rows, on: connection)
        let holes = try await ReconciliationTable.holes(
            .candle, since: .epoch, secondsMax: 1_800, on: connection)
        #expect(holes == [symbol: [range(11, 12).interval]], "not the time in which nobody looked")
    }

    @Test(arguments: TestEngines.all)
    func minutesThatAnEarlierRunHeardBeforeTheFirstJudgedOneAreFound(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        let first = hour.lowerBound.adding(seconds: 600)
        let judged = ReconciledRange(
            symbol, .candle, first..<first.adding(seconds: 60), .proven, ours: .zero, exchange: .zero)
        try await ReconciliationTable.write([judged], on: connection)
        func found(_ seconds: Int64 = 86_400, since: Instant = .epoch) async throws -> [Range<Instant>] {
            let found = try await ReconciliationTable.beginnings(
                .candle, since: since, secondsMax: seconds, on: connection)
            #expect(found.keys.allSatisfy { $0 == symbol })
            return Array(found.values)
        }
        // Fetched afterwards, and heard in the minute that no candle can prove alone.
        var late = try trade(60_000, 1, "100", "1")
        late.receivedAt = first.adding(seconds: 5)
        try store([late, try trade(595_000, 2, "100", "1"), try trade(601_000, 3, "100", "1")], connection)
        #expect(try await found().isEmpty)
        try store([try trade(301_000, 4, "100", "1")], connection)
        #expect(try await found() == [hour.lowerBound.adding(seconds: 360)..<first])
        #expect(try await found(240).isEmpty, "longer ago")
        #expect(try await found(since: first).isEmpty, "too old to be fetched")
    }

    @Test func aWriterMayCorrectThroughTheFunctionOnly() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        try store([try trade(0, 1, "10", "1")], database.connection)
        let writer = try await database.connect(as: "yeoul_ingest")
        await #expect(throws: DatabaseError.self) {
            try await writer.execute("UPDATE market.transactions SET volume = 2")
        }
        #expect(try await TradeQueries.correct([try trade(0, 1, "10", "3")], on: writer) == 1)
        let reader = try await database.connect(as: "yeoul_reader")
        let right = try trade(0, 1, "10", "4")
        await #expect(throws: DatabaseError.self) {
            try await TradeQueries.correct([right], on: reader)
        }
    }

    @Test func rangesAreWrittenOverTheirEarlierSelvesAndReadBack() async throws {
        let database = try await TestDatabase.make(.native)
        defer { withExtendedLifetime(database.scratch) {} }
        let connection = database.connection
        let figures = TradeFigures(
            volume: try Decimal16("1.0000000000000001"), value: try Decimal16("59726546304.62442"))
        var range = ReconciledRange(symbol, .candle, hour, .provenEmpty, ours: .zero, exchange: .zero)
        try await ReconciliationTable.write([range], on: connection)
        range.interval = hour.lowerBound..<hour.upperBound.adding(seconds: 60)
        range.status = .proven
        range.ours = figures
        range.exchange = figures
        let repaired = ReconciledRange(
            symbol, .ticker, hour, .repaired, ours: figures, exchange: figures, attempts: 2)
        try await ReconciliationTable.write([range, repaired], on: connection)
        let found = try await ReconciliationTable.list(since: .epoch, symbol: symbol, on: connection)
        #expect(found.map(\.method) == [.candle, .ticker] && found.map(\.attempts) == [0, 2])
        #expect(found[0].interval == range.interval && found[0].status == .proven)
        #expect(found[0].ours == figures && found[0].checkedAt != nil)
        let newest = try await ReconciliationTable.newest(.candle, since: hour.lowerBound, on: connection)
        #expect(newest.map(\.interval) == [range.interval])
        #expect(
            try await ReconciliationTable.list(since: range.interval.upperBound, symbol: nil, on: connection)
                .isEmpty)
    }
}
