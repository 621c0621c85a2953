import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// Every query of docs/sql.md runs, and finds something in a database that has data.
@Suite struct CookbookTests {
    private let now = Instant(microseconds: clockMicroseconds())

    /// The blocks marked `sql`, with the line that they begin at.
    private func blocks() throws -> [(line: Int, sql: String)] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/sql.md")
        var found: [(line: Int, sql: String)] = []
        var open: (line: Int, sql: String)?
        let lines = try String(contentsOf: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line == "```sql" {
                open = (index + 2, "")
            } else if line == "```", let block = open {
                found.append(block)
                open = nil
            } else {
                open?.sql += line + "\n"
            }
        }
        return found
    }

    @Test(arguments: TestEngines.all)
    func everyQueryRunsAndFindsSomething(engine: EngineName) async throws {
        let database = try await TestDatabase.make(engine)
        try await fill(database)
        let blocks = try blocks()
        #expect(blocks.count > 15)
        for block in blocks {
            // A block is one query, or a setting and queries.
            for statement in block.sql.split(separator: ";").map({
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            })
            where !statement.isEmpty {
                let result = try await database.connection.query(statement)
                #expect(
                    !result.isEmpty || statement.hasPrefix("SET"),
                    "docs/sql.md line \(block.line) on \(engine)")
            }
        }
    }

    private func fill(_ database: TestDatabase) async throws {
        var samples = try Samples(seed: 21, now: now)
        let blocking = database.connection.blocking
        var writer = try MarketWriter(blocking)
        // The last minutes hold something of every market.
        _ = try writer.commit(
            MarketBatch(
                trades: samples.trades(400, secondsBack: 300),
                orderBooks: (0..<40).map { _ in samples.orderBook(secondsBack: 300) }), now: now)
        var candles = try CandleWriter(blocking)
        let made = [Timeframe.minute1, .hour1, .day1].flatMap { timeframe in
            (0..<300).map { _ in samples.candle(timeframe, back: 20) }
        }
        try candles.ensureParts(made, on: blocking)
        try blocking.transaction { try candles.upsert(made, on: $0) }
        try await database.connection.execute(
            """
            INSERT INTO market.markets (symbol, quote, base, state, valid_from)
                VALUES ('KRW-BTC', 'KRW', 'BTC', 'ACTIVE', '2020-01-01 00:00+00');
            INSERT INTO market.latest_indicators (symbol, timeframe, data_time, revision, complete)
                VALUES ('KRW-BTC', '1m', now(), 1, true);
            INSERT INTO market.gaps (symbol, channel, from_time, to_time, reason, status)
                VALUES ('KRW-BTC', 'trade', now() - interval '1 hour', now(), 'restart', 'open');
            INSERT INTO market.reconciliations
                (symbol, method, from_time, to_time, our_volume, exchange_volume, our_value, exchange_value, status)
                VALUES ('KRW-BTC', 'candle', now() - interval '1 hour', now(), 1, 1, 1, 1, 'proven');
            """)
    }
}
