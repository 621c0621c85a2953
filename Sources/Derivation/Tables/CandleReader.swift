import Database
import Indicators
import Market
import Storage

/// Reads stored candles.
package enum CandleReader {
    static let columns = [
        "time", "open", "high", "low", "close", "volume", "value", "trades", "buy_volume", "sell_volume",
        "first_time", "first_id", "last_time", "last_id", "source", "complete", "revision",
    ]

    /// Candles from `from` on, before `to`, ascending, at most `limit`.
    package static func read(
        _ key: SeriesKey, from: Instant, to: Instant, limit: Int, on connection: BlockingConnection
    ) throws -> [Candle] {
        try connection.prepared(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table(key))
            WHERE symbol = $1 AND timeframe = $2 AND time >= $3 AND time < $4 ORDER BY time LIMIT $5
            """,
            [
                DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(from),
                DatabaseValue(to),
                .int64(Int64(limit)),
            ]
        ).map { try candle($0, key) }
    }

    /// The candles that a continuation after `time` needs: the longest window, and the one before it.
    static func window(
        _ key: SeriesKey, before time: Instant, on connection: BlockingConnection
    ) throws -> [Candle] {
        let start = IndicatorSeries.windowStart(key.timeframe, before: time)
        return try connection.prepared(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table(key)) c
            WHERE symbol = $1 AND timeframe = $2 AND time <= $3 AND time >= coalesce((
                SELECT max(b.time) FROM \(table(key)) b
                WHERE b.symbol = $1 AND b.timeframe = $2 AND b.time <= $4), $4)
            ORDER BY time
            """,
            [
                DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(time),
                DatabaseValue(start),
            ]
        ).map { try candle($0, key) }
    }

    static func table(_ key: SeriesKey) -> String { Candle.table(of: key.timeframe).qualifiedName }

    static func candle(_ row: Row, _ key: SeriesKey) throws -> Candle {
        guard let source = CandleSource(rawValue: try row.value(14)) else {
            throw DerivationError(.badRow, "a candle of an unknown source", place: "\(key)")
        }
        var candle = Candle(
            time: try instant(row, 0), symbol: key.symbol, timeframe: key.timeframe,
            open: try decimal8(row, 1),
            high: try decimal8(row, 2), low: try decimal8(row, 3), close: try decimal8(row, 4),
            volume: try decimal16(row, 5), value: try decimal16(row, 6), source: source,
            isComplete: try row.value(15), revision: try row.value(16))
        candle.trades = try row.optional(7)
        candle.buyVolume = try row.optional(8, as: Numeric.self).map { _ in try decimal16(row, 8) }
        candle.sellVolume = try row.optional(9, as: Numeric.self).map { _ in try decimal16(row, 9) }
        candle.firstTime = try row.optional(10, as: Timestamp.self).map {
            Instant(microseconds: $0.microseconds)
        }
        candle.firstID = try row.optional(11)
        candle.lastTime = try row.optional(12, as: Timestamp.self).map {
            Instant(microseconds: $0.microseconds)
        }
        candle.lastID = try row.optional(13)
        return candle
    }

    static func instant(_ row: Row, _ column: Int) throws -> Instant {
        Instant(microseconds: try row.value(column, as: Timestamp.self).microseconds)
    }

    static func decimal8(_ row: Row, _ column: Int) throws -> Decimal8 {
        Decimal8(unscaled: try unscaled(row, column, scale: 8))
    }

    static func decimal16(_ row: Row, _ column: Int) throws -> Decimal16 {
        Decimal16(unscaled: try unscaled(row, column, scale: 16))
    }

    /// A numeric brought to a scale; one with more decimals is none of ours.
    private static func unscaled(_ row: Row, _ column: Int, scale: Int) throws -> Int128 {
        var number: Numeric = try row.value(column)
        while number.scale > scale, number.unscaled % 10 == 0 {
            number = Numeric(unscaled: number.unscaled / 10, scale: number.scale - 1)
        }
        guard number.scale <= scale else {
            throw DerivationError(
                .badRow, "a number with \(number.scale) decimals", place: "column \(column) of a candle",
                remedy: "Candles have at most \(scale) decimals there: look who wrote this one")
        }
        var unscaled = number.unscaled
        for _ in number.scale..<scale {
            let (product, overflow) = unscaled.multipliedReportingOverflow(by: 10)
            guard !overflow else {
                throw DerivationError(
                    .badRow, "a number beyond 128 bits", place: "column \(column) of a candle")
            }
            unscaled = product
        }
        return unscaled
    }
}
