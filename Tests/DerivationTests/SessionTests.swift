import Database
import Derivation
import Indicators
import Market
import Storage
import TestKit
import Testing

/// Until when candles close, and what is trusted when others have written.
@Suite struct SessionTests {
    private static let hour = Timeframe.hour1.start(of: Instant(microseconds: WallTime.microseconds()))
        .adding(seconds: -12 * 3_600)

    private func trade(_ seconds: Int64, _ price: Int) throws -> Trade {
        let time = Self.hour.adding(seconds: seconds)
        return Trade(
            time: time, symbol: try Symbol("KRW-BTC"), sequentialID: time.milliseconds << 20,
            price: Decimal8(price), volume: Decimal8(1), side: .buy, receivedAt: time)
    }

    private let closed = "SELECT timeframe FROM market.latest_indicators WHERE time IS NOT NULL ORDER BY 1"

    @Test func aCommitWithoutRowsInABacklogClosesNothing() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour.adding(seconds: 30))
        try database.commit([try trade(10, 100)])
        database.clock.now = Self.hour.adding(seconds: 4_000)
        // All copies, or all put aside: the clock says nothing while more waits in the journal.
        try database.commit(isBacklog: true)
        #expect(try database.lines(closed).isEmpty)
        #expect(!database.derivation.isDue(at: nil))
        try database.commit([try trade(20, 110)])
        #expect(try database.lines("SELECT trades, revision FROM market.candles") == ["(2,0)"])
        #expect(database.derivation.isDue(at: database.clock.now))
        try database.commit()
        #expect(try database.lines(closed).contains("(1h)"))
    }

    @Test func whatWasReceivedUntilATimeIsTheTimeEvenIfTheRowsAreOlder() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour.adding(seconds: 30))
        try database.commit([try trade(10, 100)])
        database.clock.now = Self.hour.adding(seconds: 62)
        try database.commit([try trade(11, 100)], isBacklog: false)
        #expect(try database.lines(closed) == ["(1m)"])
        #expect(try database.verify().findingCount == 0)
    }

    @Test func aMarketThatWasListedWhileWeLookedOnIsCompleteFromItsFirstTradeOn() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour.adding(seconds: 30))
        let old = Self.hour.adding(seconds: -86_400)
        // One that was there when the list was read first, one that came later and has changed since.
        for (symbol, from) in [
            ("KRW-ETH", old), ("KRW-BTC", Self.hour), ("KRW-BTC", Self.hour.adding(seconds: 5)),
        ] {
            try database.connection.query(
                "UPDATE market.markets SET valid_to = $2 WHERE symbol = $1",
                [.text(symbol), .timestamp(microseconds: from.microseconds)])
            try database.connection.query(
                """
                INSERT INTO market.markets (symbol, valid_from, quote, base, state)
                VALUES ($1, $2, 'KRW', split_part($1, '-', 2), 'ACTIVE')
                """, [.text(symbol), .timestamp(microseconds: from.microseconds)])
        }
        var known = try trade(10, 100)
        known.symbol = try Symbol("KRW-ETH")
        try database.commit([try trade(10, 100), known])
        #expect(
            try database.lines("SELECT symbol, complete FROM market.candles ORDER BY 1")
                == ["(KRW-BTC,t)", "(KRW-ETH,f)"])
        #expect(try database.lines("SELECT symbol, reason FROM market.gaps") == ["(KRW-ETH,before_capture)"])
    }

    @Test func anotherProcessThatWroteMeanwhileIsNotOverlooked() async throws {
        let database = try await DerivationDatabase.make(.native, now: Self.hour.adding(seconds: 30))
        try database.commit([try trade(10, 100)])
        try other(database, [try trade(20, 300)])
        // The lease came back on the same connection.
        database.derivation.sessionBegan()
        #expect(database.derivation.isDue(at: nil))
        try database.commit([try trade(25, 200)])
        database.clock.now = Self.hour.adding(seconds: 400)
        try database.settle()
        #expect(
            try database.lines("SELECT trades, high FROM market.candles WHERE timeframe = '5m'")
                == ["(3,300)"])
        let report = try database.verify()
        #expect(report.findingCount == 0, "\(report.findings.prefix(2))")
    }

    @Test func whatWasReadInATransactionThatIsTakenBackIsReadAgain() async throws {
        final class Saboteur: CommitParticipant {
            func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
                try connection.query("SELECT 1 / 0")
            }
            func didCommit() {}
            func didNotCommit() {}
        }
        let database = try await DerivationDatabase.make(.native, now: Self.hour.adding(seconds: 30))
        try database.commit([try trade(10, 100)])
        try database.restart()
        #expect(throws: (any Error).self) {
            try database.commit([try trade(12, 150)], with: [Saboteur()])
        }
        try other(database, [try trade(20, 300)])
        try database.commit([try trade(12, 150)])
        database.clock.now = Self.hour.adding(seconds: 400)
        try database.settle()
        #expect(
            try database.lines("SELECT trades, high FROM market.candles WHERE timeframe = '5m'")
                == ["(3,300)"])
        let report = try database.verify()
        #expect(report.findingCount == 0, "\(report.findings.prefix(2))")
    }

    /// Another process stores trades.
    private func other(_ database: DerivationDatabase, _ trades: [Trade]) throws {
        let connection = try BlockingConnection.connect(database.scratch.options)
        defer { try? connection.close() }
        var writer = try MarketWriter(connection)
        let clock = database.clock
        let derivation = Derivation(database.settings) { clock.now }
        _ = try writer.commit(
            MarketBatch(trades: trades), now: clock.now, participants: [derivation])
    }
}
