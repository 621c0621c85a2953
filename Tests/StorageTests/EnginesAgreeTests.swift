import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// The same writes give the same answers on both engines, whatever the session's time zone.
@Suite struct EnginesAgreeTests {
    /// Everything that a user reads, as text in a fixed order.
    private static let questions = [
        "SELECT * FROM market.transactions ORDER BY time, symbol, sequential_id",
        "SELECT * FROM market.tickers ORDER BY time, symbol",
        "SELECT * FROM market.orderbooks ORDER BY time, symbol",
        "SELECT * FROM market.candles ORDER BY symbol, timeframe, time",
        "SELECT * FROM market.order_flow_1m ORDER BY time, symbol",
        "SELECT * FROM market.order_flow_1h ORDER BY time, symbol",
        "SELECT * FROM market.order_flow_1d ORDER BY time, symbol",
        "SELECT * FROM market.spread_1m ORDER BY time, symbol",
        "SELECT * FROM market.depth ORDER BY time, symbol",
        "SELECT * FROM market.daily ORDER BY time, symbol",
        "SELECT * FROM market.daily_kst ORDER BY time, symbol",
        "SELECT * FROM market.last_price ORDER BY symbol",
        "SELECT * FROM compat.market_data ORDER BY symbol, interval_type, time",
        "SELECT * FROM compat.candles ORDER BY symbol, timeframe, timestamp",
        "SELECT * FROM compat.tickers ORDER BY timestamp, symbol",
        "SELECT * FROM compat.orderbooks ORDER BY timestamp, symbol",
        "SELECT * FROM compat.transactions ORDER BY timestamp, symbol, sequential_id",
    ]

    /// Functions of a timeframe and a range.
    private static let rangeQuestions = [
        "SELECT * FROM market.candles_filled('KRW-BTC', $3, $1, $2)",
        "SELECT * FROM market.candles_rollup('KRW-BTC', $3, 3, $1, $2)",
    ]

    private let now = Instant(microseconds: clockMicroseconds())

    @Test(arguments: [UInt64(1), 2, 3])
    func randomBatchesUpsertsAndLateRowsReadTheSame(seed: UInt64) async throws {
        var answers: [[String]] = []
        for engine in TestEngines.all {
            let database = try await TestDatabase.make(engine)
            try await write(into: database, seed: seed)
            answers.append(try await read(from: database.connection, zone: "UTC"))
            for zone in ["America/New_York", "Asia/Kathmandu"] {
                #expect(
                    try await read(from: database.connection, zone: zone) == answers.last, "\(engine) \(zone)"
                )
            }
        }
        #expect(answers[0].contains { !$0.isEmpty })
        for (index, answer) in answers[0].enumerated() {
            #expect(answers.allSatisfy { $0[index] == answer }, "seed \(seed), question \(index)")
        }
    }

    /// The engines that a test run covers, for its log.
    @Test func theLogSaysWhichEnginesRan() {
        let names = TestEngines.all.map(\.rawValue).joined(separator: " and ")
        print("Storage was tested on: \(names)")
        #expect(!TestEngines.all.isEmpty)
    }

    private func write(into database: TestDatabase, seed: UInt64) async throws {
        var samples = try Samples(seed: seed, now: now)
        let blocking = database.connection.blocking
        for symbol in samples.symbols {
            try blocking.query(
                """
                INSERT INTO market.markets (symbol, quote, base, state, valid_from)
                VALUES ($1, split_part($1, '-', 1), split_part($1, '-', 2), 'ACTIVE', '2020-01-01 00:00+00')
                """, [.text(symbol.description)])
        }
        var writer = try MarketWriter(blocking)
        var candles = try CandleWriter(blocking)
        var stored: [Trade] = []
        for _ in 0..<8 {
            // Recent trades, late ones, some twice; now and then a writer that was started anew.
            let late = samples.trades(10, secondsBack: 8 * 86_400 - 60)
            let again = stored.shuffled(using: &samples.random).prefix(5)
            let batch = MarketBatch(
                trades: samples.trades(120, secondsBack: 7_200) + late + again,
                tickers: (0..<5).map { _ in TickerRow(samples.ticker()) },
                orderBooks: (0..<20).map { _ in samples.orderBook() })
            stored += try writer.commit(batch, now: now).accepted.trades
            if Bool.random(using: &samples.random) { writer = try MarketWriter(blocking) }
            let made = (0..<60).map { index in
                samples.candle(Timeframe.allCases[index % Timeframe.allCases.count], back: 30)
            }
            try candles.ensureParts(made, on: blocking)
            try blocking.transaction { try candles.upsert(made, on: $0) }
        }
        if database.engine == .timescale && seed == 2 { try materialize(blocking) }
    }

    /// Runs the refresh policies as the server's scheduler does: what is materialized must read as what is
    /// computed on read.
    private func materialize(_ blocking: BlockingConnection) throws {
        let jobs = try blocking.query(
            """
            SELECT job_id FROM timescaledb_information.jobs
            WHERE proc_name = 'policy_refresh_continuous_aggregate'
            ORDER BY array_position(array['order_flow_1m', 'order_flow_1h', 'order_flow_1d'], hypertable_name::text)
            """)
        #expect(jobs.count == 5)
        for job in jobs { try blocking.execute("CALL run_job(\(try job.value(0, as: Int64.self)))") }
    }

    private func read(from connection: Connection, zone: String) async throws -> [String] {
        // Times are compared as points in time: text in UTC, after the queries ran in the zone.
        try await connection.execute("SET TIME ZONE '\(zone)'")
        var answers: [String] = []
        for question in Self.questions {
            answers.append(try await digest(connection, question, []))
        }
        for timeframe in ["1m", "15m", "1h", "1d", "1w", "1mo"] {
            let from = now.adding(seconds: -40 * 86_400)
            for question in Self.rangeQuestions {
                answers.append(
                    try await digest(
                        connection, question,
                        [
                            .timestamp(microseconds: from.microseconds),
                            .timestamp(microseconds: now.microseconds),
                            .text(timeframe),
                        ]))
            }
        }
        return answers
    }

    /// A row as JSON with its times in UTC: `to_jsonb` prints them in the session's zone.
    private func digest(_ connection: Connection, _ sql: String, _ parameters: [DatabaseValue]) async throws
        -> String
    {
        let result = try await connection.query(sql, parameters)
        var text = ""
        for row in result {
            for (index, column) in result.columns.enumerated() {
                text += try describe(row, index, column.type) + "|"
            }
            text += "\n"
        }
        return text
    }

    private func describe(_ row: Row, _ index: Int, _ type: PostgresType) throws -> String {
        switch type {
        case .timestamptz: try row.optional(index, as: Timestamp.self).map { String($0.microseconds) } ?? "–"
        case .float8: try row.optional(index, as: Double.self).map { String($0) } ?? "–"
        case .int8, .int4: try row.optional(index, as: Int64.self).map { String($0) } ?? "–"
        case .bool: try row.optional(index, as: Bool.self).map { String($0) } ?? "–"
        case .numericArray:
            try row.value(index, as: [Numeric].self).map { "\($0.unscaled)e\($0.scale)" }.joined(
                separator: " ")
        case PostgresType(rawValue: 1_082): "a date"
        default: try row.optional(index, as: String.self) ?? "–"
        }
    }
}
