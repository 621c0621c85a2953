import Database
import Foundation
import Market

/// What users read, for comparing databases that hold the same.
struct MarketQuestions {
    let now: Instant
    /// Statistics before it are left out.
    var statisticsFrom = Instant.epoch

    /// Everything that a user reads, as text in a fixed order.
    private static let questions = [
        "SELECT * FROM market.transactions ORDER BY time, symbol, sequential_id",
        "SELECT * FROM market.tickers ORDER BY time, symbol",
        "SELECT * FROM market.orderbooks ORDER BY time, symbol",
        "SELECT * FROM market.candles ORDER BY symbol, timeframe, time",
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

    private static let statistics = ["order_flow_1m", "order_flow_1h", "order_flow_1d", "spread_1m", "depth"]

    /// One answer a question, with times in UTC after the queries ran in the zone.
    func read(from connection: Connection, zone: String) async throws -> [String] {
        // Times are compared as points in time: text in UTC, after the queries ran in the zone.
        try await connection.execute("SET TIME ZONE '\(zone)'")
        var answers: [String] = []
        let from = [DatabaseValue.timestamp(microseconds: statisticsFrom.microseconds)]
        for name in Self.statistics {
            answers.append(
                try await digest(
                    connection, "SELECT * FROM market.\(name) WHERE time >= $1 ORDER BY time, symbol", from))
        }
        for question in Self.questions {
            answers.append(try await digest(connection, question, []))
        }
        for timeframe in ["1m", "15m", "1h", "1d", "1w", "1mo"] {
            let start = now.adding(seconds: -40 * 86_400)
            for question in Self.rangeQuestions {
                answers.append(
                    try await digest(
                        connection, question,
                        [
                            .timestamp(microseconds: start.microseconds),
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
