import Database
import Market
import Storage

/// Makes stored candles of a series again from the stored trades, in SQL.
package struct CandleRebuild {
    package struct Result: Sendable, Equatable {
        /// Candles written, changed or new.
        package var changed = 0
        /// Candles without a trade, deleted.
        package var deleted = 0
        /// The first candle that is another now.
        package var firstChange: Instant?
    }

    /// Candles whose interval lies in `range`, is closed, and lies within the stored trades; the exchange's own
    /// candles stay. With `isDry` nothing is written.
    package static func run(
        _ key: SeriesKey, _ range: Range<Instant>, isDry: Bool, on connection: BlockingConnection
    ) throws -> Result {
        let table = Candle.table(of: key.timeframe).qualifiedName
        let parameters: [DatabaseValue] = [
            DatabaseValue(key.symbol), DatabaseValue(key.timeframe), DatabaseValue(range.lowerBound),
            DatabaseValue(range.upperBound),
        ]
        var result = Result()
        let changes = isDry ? "SELECT time FROM wrong" : upsert(table)
        let written = try connection.query(computed(table) + changes, parameters)
        for row in written { result.note(try time(row)) }
        result.changed = written.count
        let removal =
            isDry
            ? "SELECT c.time FROM \(table) c WHERE \(orphan)"
            : "DELETE FROM \(table) c WHERE \(orphan) RETURNING c.time"
        let removed = try connection.query(removal, parameters)
        for row in removed { result.note(try time(row)) }
        result.deleted = removed.count
        return result
    }

    private static func time(_ row: Row) throws -> Instant { try CandleReader.instant(row, 0) }

    /// The aggregates of the trades, where they differ from what is stored.
    private static func computed(_ table: String) -> String {
        """
        WITH traded AS (
            SELECT market.interval_start($2, x.time) AS time,
                (array_agg(x.price ORDER BY x.time, x.sequential_id))[1] AS open, max(x.price) AS high,
                min(x.price) AS low, (array_agg(x.price ORDER BY x.time DESC, x.sequential_id DESC))[1] AS close,
                trim_scale(sum(x.volume)) AS volume, trim_scale(sum(x.price * x.volume)) AS value,
                market.average_price(sum(x.price * x.volume), sum(x.volume)) AS vwap, count(*) AS trades,
                trim_scale(coalesce(sum(x.volume) FILTER (WHERE x.side = 'buy'), 0)) AS buy_volume,
                trim_scale(coalesce(sum(x.volume) FILTER (WHERE x.side = 'sell'), 0)) AS sell_volume,
                min(x.time) AS first_time,
                (array_agg(x.sequential_id ORDER BY x.time, x.sequential_id))[1] AS first_id,
                max(x.time) AS last_time,
                (array_agg(x.sequential_id ORDER BY x.time DESC, x.sequential_id DESC))[1] AS last_id
            FROM market.transactions x WHERE x.symbol = $1 AND x.time >= $3 AND x.time < $4 GROUP BY 1
        ), wrong AS (
            SELECT t.* FROM traded t LEFT JOIN \(table) c ON c.symbol = $1 AND c.timeframe = $2 AND c.time = t.time
            WHERE c.time IS NULL OR (c.source = 'trades' AND (\(list("c."))) IS DISTINCT FROM (\(list("t."))))
        )

        """
    }

    private static let columns = [
        "open", "high", "low", "close", "volume", "value", "vwap", "trades", "buy_volume", "sell_volume",
        "first_time", "first_id", "last_time", "last_id",
    ]

    private static func list(_ prefix: String) -> String {
        columns.map { prefix + $0 }.joined(separator: ", ")
    }

    private static func upsert(_ table: String) -> String {
        """
        INSERT INTO \(table) AS c (symbol, timeframe, time, source, revision, complete, \(list("")))
        SELECT $1, $2, w.time, 'trades', 1, NOT EXISTS (
            SELECT FROM market.gaps g WHERE g.symbol = $1 AND g.channel = 'trade' AND g.status <> 'filled'
                AND g.to_time > w.time AND g.from_time <
                    ((w.time AT TIME ZONE 'UTC') + market.timeframe_length($2)) AT TIME ZONE 'UTC'), \(list("w."))
        FROM wrong w
        ON CONFLICT (symbol, timeframe, time) DO UPDATE SET revision = c.revision + 1,
            \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        RETURNING time
        """
    }

    private static let orphan = """
        c.symbol = $1 AND c.timeframe = $2 AND c.time >= $3 AND c.time < $4 AND c.source = 'trades'
            AND NOT EXISTS (SELECT FROM market.transactions x WHERE x.symbol = $1 AND x.time >= c.time
                AND x.time < ((c.time AT TIME ZONE 'UTC') + market.timeframe_length($2)) AT TIME ZONE 'UTC')
        """
}

extension CandleRebuild.Result {
    fileprivate mutating func note(_ time: Instant) {
        firstChange = min(firstChange ?? time, time)
    }
}
