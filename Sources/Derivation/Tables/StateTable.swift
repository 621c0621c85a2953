import Database
import Indicators
import Market

/// `market.indicator_states`: the state after the newest candle of each series, and one a day to go back to.
package enum StateTable {
    package struct Entry: Sendable {
        package var key: SeriesKey
        package var time: Instant
        package var state: RecursiveState
    }

    package struct Stored: Sendable {
        package var time: Instant
        /// Nil when this program cannot read it.
        package var state: RecursiveState?

        package init(time: Instant, state: RecursiveState?) {
            self.time = time
            self.state = state
        }
    }

    static func write(_ entries: [Entry], on connection: BlockingConnection) throws {
        guard !entries.isEmpty else { return }
        try connection.prepared(
            """
            INSERT INTO market.indicator_states (symbol, timeframe, time, version, state)
            SELECT symbol, timeframe, time, \(RecursiveState.version), decode(state, 'hex')
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS n (symbol, timeframe, time, state)
            ON CONFLICT (symbol, timeframe, time) DO UPDATE SET version = excluded.version, state = excluded.state
            """,
            [
                .textArray(entries.map { "\($0.key.symbol)" }),
                .textArray(entries.map { $0.key.timeframe.rawValue }),
                .timestampArray(entries.map { Timestamp(microseconds: $0.time.microseconds) }),
                .textArray(entries.map { hexadecimal($0.state.bytes) }),
            ])
    }

    /// Deletes states that are neither the newest nor the last of their day.
    static func delete(_ states: [(SeriesKey, Instant)], on connection: BlockingConnection) throws {
        guard !states.isEmpty else { return }
        try connection.prepared(
            """
            DELETE FROM market.indicator_states s
            USING unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (symbol, timeframe, time)
            WHERE s.symbol = n.symbol AND s.timeframe = n.timeframe AND s.time = n.time
            """,
            [
                .textArray(states.map { "\($0.0.symbol)" }),
                .textArray(states.map { $0.0.timeframe.rawValue }),
                .timestampArray(states.map { Timestamp(microseconds: $0.1.microseconds) }),
            ])
    }

    /// States that a change at `time` makes wrong.
    static func delete(_ key: SeriesKey, from time: Instant, on connection: BlockingConnection) throws {
        try connection.prepared(
            "DELETE FROM market.indicator_states WHERE symbol = $1 AND timeframe = $2 AND time >= $3",
            [DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(time)])
    }

    /// The newest state before `time`, with its candle's time.
    static func newest(
        _ key: SeriesKey, before time: Instant, on connection: BlockingConnection
    ) throws -> Stored? {
        let rows = try connection.prepared(
            """
            SELECT time, version, state FROM market.indicator_states
            WHERE symbol = $1 AND timeframe = $2 AND time < $3 ORDER BY time DESC LIMIT 1
            """,
            [DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(time)])
        guard let row = rows.first else { return nil }
        return Stored(
            time: try CandleReader.instant(row, 0),
            state: try? RecursiveState(try row.value(2), version: try row.value(1)))
    }

    /// The newest state of each series: two steps down the key for each of them, not a scan of all checkpoints, of
    /// which there is one a day for ever.
    static func newest(
        _ timeframes: [Timeframe], on connection: BlockingConnection
    ) throws -> [SeriesKey: Stored] {
        var result: [SeriesKey: Stored] = [:]
        let rows = try connection.query(
            """
            WITH RECURSIVE series AS (
                (SELECT symbol, timeframe FROM market.indicator_states ORDER BY symbol, timeframe LIMIT 1)
                UNION ALL
                SELECT n.symbol, n.timeframe FROM series s CROSS JOIN LATERAL (
                    SELECT i.symbol, i.timeframe FROM market.indicator_states i
                    WHERE (i.symbol, i.timeframe) > (s.symbol, s.timeframe)
                    ORDER BY i.symbol, i.timeframe LIMIT 1
                ) n
            )
            SELECT s.symbol, s.timeframe, n.time, n.version, n.state FROM series s CROSS JOIN LATERAL (
                SELECT i.time, i.version, i.state FROM market.indicator_states i
                WHERE i.symbol = s.symbol AND i.timeframe = s.timeframe ORDER BY i.time DESC LIMIT 1
            ) n WHERE s.timeframe = ANY ($1)
            """, [.textArray(timeframes.map(\.rawValue))])
        for row in rows {
            let key = SeriesKey(try Symbol(row.value(0)), try Timeframe(row.value(1) as String))
            result[key] = Stored(
                time: try CandleReader.instant(row, 2),
                state: try? RecursiveState(try row.value(4), version: try row.value(3)))
        }
        return result
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[2 * index] = digits[Int(byte >> 4)]
                buffer[2 * index + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}
