import Database
import Market

/// Reads and writes `market.gaps`.
package enum GapTable {
    /// Rows of one answer.
    package static let rowsMax = 100_000

    private static let columns = """
        symbol, channel, from_time, to_time, reason, status, trades_filled, lost_volume, lost_value, created_at,
        updated_at
        """

    private static let writing = """
        INSERT INTO market.gaps AS g (symbol, channel, from_time, to_time, reason, status, trades_filled,
            lost_volume, lost_value)
        SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
            $7::bigint[], $8::numeric[], $9::numeric[])
        ON CONFLICT (symbol, channel, from_time) DO UPDATE SET
            to_time = CASE WHEN g.status = 'unfillable' AND excluded.status = 'open'
                THEN greatest(g.to_time, excluded.to_time) ELSE excluded.to_time END,
            reason = excluded.reason,
            status = CASE WHEN g.status = 'unfillable' AND excluded.status = 'open'
                THEN g.status ELSE excluded.status END,
            lost_volume = excluded.lost_volume, lost_value = excluded.lost_value,
            trades_filled = g.trades_filled + excluded.trades_filled, updated_at = now()
        WHERE g.lost_volume IS NULL OR excluded.status = 'unfillable' OR excluded.trades_filled > 0
        """

    /// Writes gaps, each over the one of its channel that begins at the same time. A gap that could not be
    /// filled does not become open again; it does become filled. A loss that proof found stays as it is unless
    /// trades came: it is known more exactly than by who asks for a time that begins with it.
    package static func write(_ gaps: [Gap], on connection: Connection) async throws(DatabaseError) {
        guard !gaps.isEmpty else { return }
        try await connection.query(writing, parameters(gaps))
    }

    /// The same for a thread that may block.
    package static func write(_ gaps: [Gap], on connection: BlockingConnection) throws(DatabaseError) {
        guard !gaps.isEmpty else { return }
        try connection.query(writing, parameters(gaps))
    }

    private static func parameters(_ gaps: [Gap]) -> [DatabaseValue] {
        var rows: [String: Gap] = [:]
        for gap in gaps {
            rows["\(gap.symbol) \(gap.channel) \(gap.interval.lowerBound.microseconds)"] = gap
        }
        let unique = rows.sorted { $0.key < $1.key }.map(\.value)
        func numbers(_ path: KeyPath<TradeFigures, Decimal16>) -> DatabaseValue {
            .numericArray(
                unique.map { gap in
                    gap.lost.map { Numeric(unscaled: $0[keyPath: path].unscaled, scale: 16) }
                })
        }
        return [
            .textArray(unique.map(\.symbol.description)), .textArray(unique.map(\.channel)),
            .timestampArray(unique.map { Timestamp($0.interval.lowerBound) }),
            .timestampArray(unique.map { Timestamp($0.interval.upperBound) }),
            .textArray(unique.map(\.reason)), .textArray(unique.map(\.status.rawValue)),
            .int64Array(unique.map(\.tradesFilled)), numbers(\.volume), numbers(\.value),
        ]
    }

    /// Gaps in the trades that are open, oldest first.
    package static func open(on connection: Connection) async throws -> [Gap] {
        try await connection.query(
            """
            SELECT \(columns) FROM market.gaps WHERE status = 'open' AND channel = 'trade'
            ORDER BY from_time, symbol LIMIT $1
            """, [.int64(Int64(rowsMax))]
        ).map(gap)
    }

    /// Gaps in the trades that are not filled and overlap an interval: what makes derived data incomplete.
    package static func unfilled(
        overlapping interval: Range<Instant>, on connection: BlockingConnection
    ) throws -> [Gap] {
        try connection.query(unfilledQuery, range(interval)).map(gap)
    }

    package static func unfilled(
        overlapping interval: Range<Instant>, on connection: Connection
    ) async throws -> [Gap] {
        try await connection.query(unfilledQuery, range(interval)).map(gap)
    }

    private static let unfilledQuery = """
        SELECT \(columns) FROM market.gaps WHERE status <> 'filled' AND channel = 'trade' AND from_time < $2
            AND to_time > $1
        ORDER BY symbol, from_time LIMIT \(rowsMax)
        """

    /// All gaps that end after `since`, newest first.
    package static func list(
        since: Instant, symbol: Symbol?, status: GapStatus?, limit: Int, on connection: Connection
    ) async throws -> [Gap] {
        try await connection.query(
            """
            SELECT \(columns) FROM market.gaps
            WHERE to_time > $1 AND ($2::text IS NULL OR symbol = $2 COLLATE "C")
                AND ($3::text IS NULL OR status = $3)
            ORDER BY from_time DESC, symbol, channel LIMIT $4
            """,
            [
                .timestamp(microseconds: since.microseconds),
                symbol.map { .text($0.description) } ?? .null, status.map { .text($0.rawValue) } ?? .null,
                .int64(Int64(min(limit, rowsMax))),
            ]
        ).map(gap)
    }

    private static func range(_ interval: Range<Instant>) -> [DatabaseValue] {
        [
            .timestamp(microseconds: interval.lowerBound.microseconds),
            .timestamp(microseconds: interval.upperBound.microseconds),
        ]
    }

    private static func gap(_ row: Row) throws -> Gap {
        let status = try row.value("status", as: String.self)
        guard let known = GapStatus(rawValue: status) else {
            throw StorageError(
                .unexpected, "a gap has the status \(status)", place: "market.gaps",
                remedy: "The schema is newer than this program: update it")
        }
        var gap = Gap(
            try Symbol(row.value("symbol", as: String.self)),
            try row.instant("from_time")..<row.instant("to_time"), reason: try row.value("reason"),
            status: known, channel: try row.value("channel"), tradesFilled: try row.value("trades_filled"))
        if let volume = try row.optionalDecimal("lost_volume", as: Decimal16.self),
            let value = try row.optionalDecimal("lost_value", as: Decimal16.self)
        {
            gap.lost = TradeFigures(volume: volume, value: value)
        }
        gap.createdAt = try row.instant("created_at")
        gap.updatedAt = try row.instant("updated_at")
        return gap
    }
}
