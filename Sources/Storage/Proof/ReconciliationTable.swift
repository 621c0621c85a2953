import Database
import Market

/// Reads and writes `market.reconciliations`.
package enum ReconciliationTable {
    package static let rowsMax = 100_000

    private static let columns = """
        symbol, method, from_time, to_time, status, our_volume, our_value, exchange_volume, exchange_value,
        attempts, checked_at
        """

    /// Writes ranges, each over the one of its market and method that begins at the same time.
    package static func write(
        _ ranges: [ReconciledRange], on connection: Connection
    ) async throws(DatabaseError) {
        guard !ranges.isEmpty else { return }
        try await connection.query(
            """
            INSERT INTO market.reconciliations AS r (symbol, method, from_time, to_time, status, our_volume,
                our_value, exchange_volume, exchange_value, attempts)
            SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[],
                $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::bigint[])
            ON CONFLICT (symbol, method, from_time) DO UPDATE SET to_time = excluded.to_time,
                status = excluded.status, our_volume = excluded.our_volume, our_value = excluded.our_value,
                exchange_volume = excluded.exchange_volume, exchange_value = excluded.exchange_value,
                attempts = excluded.attempts, checked_at = now()
            """, parameters(ranges))
    }

    private static func parameters(_ ranges: [ReconciledRange]) -> [DatabaseValue] {
        var rows: [String: ReconciledRange] = [:]
        for range in ranges {
            rows["\(range.symbol) \(range.method) \(range.interval.lowerBound.microseconds)"] = range
        }
        let unique = rows.sorted { $0.key < $1.key }.map(\.value)
        func numbers(_ path: KeyPath<ReconciledRange, Decimal16>) -> DatabaseValue {
            .numericArray(unique.map { Numeric(unscaled: $0[keyPath: path].unscaled, scale: 16) })
        }
        return [
            .textArray(unique.map(\.symbol.description)), .textArray(unique.map(\.method.rawValue)),
            .timestampArray(unique.map { Timestamp($0.interval.lowerBound) }),
            .timestampArray(unique.map { Timestamp($0.interval.upperBound) }),
            .textArray(unique.map(\.status.rawValue)), numbers(\.ours.volume), numbers(\.ours.value),
            numbers(\.exchange.volume), numbers(\.exchange.value),
            .int64Array(unique.map { Int64($0.attempts) }),
        ]
    }

    /// The newest range of each market, by which proof goes on after a restart.
    package static func newest(
        _ method: ProofMethod, since: Instant, on connection: Connection
    ) async throws -> [ReconciledRange] {
        try await connection.query(
            """
            SELECT DISTINCT ON (symbol) \(columns) FROM market.reconciliations
            WHERE method = $1 AND to_time > $2 ORDER BY symbol, from_time DESC
            """, [.text(method.rawValue), .timestamp(microseconds: since.microseconds)]
        ).map(range)
    }

    /// Times between the ranges of a market that none of them covers: what an earlier run was about to repair
    /// or to write when it ended. Not those that are longer: there nothing was judged.
    package static func holes(
        _ method: ProofMethod, since: Instant, secondsMax: Int64, on connection: Connection
    ) async throws -> [Symbol: [Range<Instant>]] {
        var holes: [Symbol: [Range<Instant>]] = [:]
        for row in try await connection.query(
            """
            SELECT symbol, judged AS from_time, next AS to_time FROM (
                SELECT symbol, max(to_time) OVER w AS judged, lead(from_time) OVER w AS next
                FROM market.reconciliations WHERE method = $1 AND to_time > $2
                WINDOW w AS (PARTITION BY symbol ORDER BY from_time)
            ) r WHERE next > judged AND next - judged <= $3::bigint * interval '1 s'
            ORDER BY symbol, judged LIMIT \(rowsMax)
            """,
            [
                .text(method.rawValue), .timestamp(microseconds: since.microseconds), .int64(secondsMax),
            ])
        {
            let symbol = try Symbol(row.value("symbol", as: String.self))
            holes[symbol, default: []].append(try row.instant("from_time")..<row.instant("to_time"))
        }
        return holes
    }

    /// Times before the first range of a market in which its trades were heard all the same: an earlier run
    /// was about to judge them when it ended. Of `secondsMax` before that range, and not older than `since`.
    package static func beginnings(
        _ method: ProofMethod, since: Instant, secondsMax: Int64, on connection: Connection
    ) async throws -> [Symbol: Range<Instant>] {
        var beginnings: [Symbol: Range<Instant>] = [:]
        // The later of both clocks: what was fetched afterwards was not heard then.
        for row in try await connection.query(
            """
            SELECT r.symbol, min(greatest(t.time, t.received_at)) AS heard, r.first
            FROM (
                SELECT symbol, min(from_time) AS first FROM market.reconciliations
                WHERE method = $1 GROUP BY symbol
            ) r JOIN market.transactions t ON t.symbol = r.symbol AND t.time < r.first
                AND t.time >= r.first - $3::bigint * interval '1 s'
            WHERE r.first > $2 AND t.time >= $2 AND t.received_at < r.first
            GROUP BY r.symbol, r.first
            """,
            [
                .text(method.rawValue), .timestamp(microseconds: since.microseconds), .int64(secondsMax),
            ])
        {
            let (heard, first) = (try row.instant("heard"), try row.instant("first"))
            let whole = Timeframe.minute1.next(after: heard.adding(microseconds: -1))
            if whole < first {
                beginnings[try Symbol(row.value("symbol", as: String.self))] = whole..<first
            }
        }
        return beginnings
    }

    /// Ranges that end after `since`, by market and time. Of a market, or of all.
    package static func list(
        since: Instant, symbol: Symbol?, on connection: Connection
    ) async throws -> [ReconciledRange] {
        try await connection.query(
            """
            SELECT \(columns) FROM market.reconciliations
            WHERE to_time > $1 AND ($2::text IS NULL OR symbol = $2 COLLATE "C")
            ORDER BY symbol, from_time, method LIMIT $3
            """,
            [
                .timestamp(microseconds: since.microseconds),
                symbol.map { .text($0.description) } ?? .null, .int64(Int64(rowsMax)),
            ]
        ).map(range)
    }

    /// A range whose stored trades do not come any more to what they came to when it was proven.
    package struct Drift: Hashable, Sendable {
        package var range: ReconciledRange
        /// What they come to now.
        package var now: TradeFigures
    }

    /// Adds the stored trades up again, of proven minutes that end after `since` and are not older than the
    /// time for which trades are always kept.
    package static func drifts(
        since: Instant, now: Instant, symbol: Symbol?, on connection: Connection
    ) async throws -> [Drift] {
        let kept = now.adding(seconds: -auditDays * 86_400)
        return try await connection.query(
            """
            WITH r AS MATERIALIZED (
                SELECT \(columns) FROM market.reconciliations
                WHERE to_time > $1 AND from_time >= $2 AND method = 'candle'
                    AND status IN ('proven', 'proven_empty', 'boundary', 'repaired')
                    AND ($3::text IS NULL OR symbol = $3 COLLATE "C")
            ), s AS (
                SELECT r.symbol, r.from_time, sum(t.volume) AS volume, sum(t.price * t.volume) AS value
                FROM r JOIN market.transactions t
                    ON t.symbol = r.symbol AND t.time >= r.from_time AND t.time < r.to_time
                WHERE t.time >= $2 GROUP BY 1, 2
            )
            SELECT r.*, coalesce(s.volume, 0) AS now_volume, coalesce(s.value, 0) AS now_value
            FROM r LEFT JOIN s ON s.symbol = r.symbol AND s.from_time = r.from_time
            WHERE r.our_volume <> coalesce(s.volume, 0) OR r.our_value <> coalesce(s.value, 0)
            ORDER BY r.symbol, r.from_time
            """,
            [
                .timestamp(microseconds: since.microseconds), .timestamp(microseconds: kept.microseconds),
                symbol.map { .text($0.description) } ?? .null,
            ], within: .seconds(600)
        ).map { row in
            Drift(
                range: try range(row),
                now: TradeFigures(
                    volume: try row.decimal("now_volume"), value: try row.decimal("now_value")))
        }
    }

    /// No retention drops trades that are younger.
    private static let auditDays: Int64 = 8

    private static func range(_ row: Row) throws -> ReconciledRange {
        let words = (try row.value("status", as: String.self), try row.value("method", as: String.self))
        guard let status = ProofStatus(rawValue: words.0), let method = ProofMethod(rawValue: words.1) else {
            throw StorageError(
                .unexpected, "a reconciliation has the status \(words.0) and the method \(words.1)",
                place: "market.reconciliations",
                remedy: "The schema is newer than this program: update it")
        }
        var range = ReconciledRange(
            try Symbol(row.value("symbol", as: String.self)), method,
            try row.instant("from_time")..<row.instant("to_time"), status,
            ours: TradeFigures(volume: try row.decimal("our_volume"), value: try row.decimal("our_value")),
            exchange: TradeFigures(
                volume: try row.decimal("exchange_volume"), value: try row.decimal("exchange_value")),
            attempts: Int(try row.value("attempts", as: Int32.self)))
        range.checkedAt = try row.instant("checked_at")
        return range
    }
}
