import Database
import Market

/// What of the stored trades refill and proof ask for.
package enum TradeQueries {
    /// A minute of one market.
    package struct Minute: Hashable, Sendable {
        package var time: Instant
        package var trades: Int64
        package var figures: TradeFigures
        /// The trades of the first part of the minute in their order, and of the last part from its end back.
        package var head: [TradeFigures]
        package var tail: [TradeFigures]
    }

    /// The newest time of the stored trades that are not older than `since` and were received before a
    /// moment: what an earlier run has heard.
    package static func newest(
        since: Instant, receivedBefore: Instant, on connection: Connection
    ) async throws -> Instant? {
        try await connection.query(
            """
            SELECT time FROM market.transactions WHERE time >= $1 AND received_at < $2
            ORDER BY time DESC LIMIT 1
            """,
            [
                .timestamp(microseconds: since.microseconds),
                .timestamp(microseconds: receivedBefore.microseconds),
            ]
        ).first.map { try $0.instant("time") }
    }

    /// Since when each market was heard, as far as the stored trades of the newest `seconds` tell: an earlier
    /// run received its first one of them then. Markets without a trade in that time are absent.
    package static func heardSince(
        seconds: Int64, before: Instant, on connection: Connection
    ) async throws -> [Symbol: Instant] {
        var heard: [Symbol: Instant] = [:]
        // The later of both clocks: what was fetched was received late, and ours may be behind.
        for row in try await connection.query(
            """
            SELECT symbol, min(greatest(time, received_at)) AS since FROM market.transactions
            WHERE time >= $1 GROUP BY symbol
            """, [.timestamp(microseconds: before.adding(seconds: -seconds).microseconds)])
        {
            heard[try Symbol(row.value("symbol", as: String.self))] = try row.instant("since")
        }
        return heard
    }

    /// Whether all of these trades of one market are stored.
    package static func areStored(_ trades: [Trade], on connection: Connection) async throws -> Bool {
        guard let symbol = trades.first?.symbol, let from = trades.map(\.time).min(),
            let to = trades.map(\.time).max()
        else { return true }
        let keys = Dictionary(
            trades.map { ($0.sequentialID, $0.time) }, uniquingKeysWith: { first, _ in first }
        )
        .sorted { $0.key < $1.key }
        // The bounds are said once more, so that only the partitions of the page are looked at.
        let stored: Int64 = try await connection.query(
            """
            SELECT count(*) FROM unnest($4::timestamptz[], $5::bigint[]) AS k(time, id)
                JOIN market.transactions t ON t.time = k.time AND t.symbol = $1 AND t.sequential_id = k.id
            WHERE t.time >= $2 AND t.time < $3
            """,
            parameters(symbol, from..<to.adding(microseconds: 1)) + [
                .timestampArray(keys.map { Timestamp($0.value) }), .int64Array(keys.map(\.key)),
            ]
        ).single().value(0)
        return stored == Int64(keys.count)
    }

    package static func count(
        _ symbol: Symbol, _ interval: Range<Instant>, on connection: Connection
    ) async throws -> Int64 {
        try await connection.query(
            "SELECT count(*) FROM market.transactions WHERE symbol = $1 AND time >= $2 AND time < $3",
            parameters(symbol, interval)
        ).single().value(0)
    }

    /// By time and id; nil when there are more than `most`.
    package static func list(
        _ symbol: Symbol, _ interval: Range<Instant>, most: Int, on connection: Connection
    ) async throws -> [Trade]? {
        let rows = try await connection.query(
            """
            SELECT time, sequential_id, price, volume, side FROM market.transactions
            WHERE symbol = $1 AND time >= $2 AND time < $3 ORDER BY time, sequential_id LIMIT $4
            """, parameters(symbol, interval) + [.int64(Int64(most) + 1)])
        guard rows.count <= most else { return nil }
        return try rows.map { try trade($0, symbol) }
    }

    /// The minutes that have a trade, of a range of whole minutes and its neighbours: of the one before only
    /// the tail means something, of the one behind only the head.
    package static func minutes(
        _ symbol: Symbol, _ interval: Range<Instant>, edgeMilliseconds: Int64, on connection: Connection
    ) async throws -> [Minute] {
        let wide =
            interval.lowerBound.adding(
                milliseconds: -edgeMilliseconds)..<interval.upperBound.adding(milliseconds: edgeMilliseconds)
        return try await connection.query(
            """
            SELECT m.minute, count(*) AS trades, sum(t.volume) AS volume, sum(t.price * t.volume) AS value,
                array_agg(t.price ORDER BY t.time, t.sequential_id) FILTER (WHERE e.is_head) AS head_prices,
                array_agg(t.volume ORDER BY t.time, t.sequential_id) FILTER (WHERE e.is_head) AS head_volumes,
                array_agg(t.price ORDER BY t.time DESC, t.sequential_id DESC) FILTER (WHERE e.is_tail)
                    AS tail_prices,
                array_agg(t.volume ORDER BY t.time DESC, t.sequential_id DESC) FILTER (WHERE e.is_tail)
                    AS tail_volumes
            FROM market.transactions t
                CROSS JOIN LATERAL (SELECT date_bin('1 min', t.time, timestamptz 'epoch') AS minute) m
                CROSS JOIN LATERAL (SELECT t.time < m.minute + $4::bigint * interval '1 ms' AS is_head,
                    t.time >= m.minute + interval '1 min' - $4::bigint * interval '1 ms' AS is_tail) e
            WHERE t.symbol = $1 AND t.time >= $2 AND t.time < $3 GROUP BY 1 ORDER BY 1
            """, parameters(symbol, wide) + [.int64(edgeMilliseconds)]
        ).map { row in
            Minute(
                time: try row.instant("minute"), trades: try row.value("trades"),
                figures: TradeFigures(volume: try row.decimal("volume"), value: try row.decimal("value")),
                head: try figures(row, "head"), tail: try figures(row, "tail"))
        }
    }

    /// Each trade of an edge by itself.
    private static func figures(_ row: Row, _ edge: String) throws -> [TradeFigures] {
        let prices = try row.optional("\(edge)_prices", as: [Numeric].self) ?? []
        let volumes = try row.optional("\(edge)_volumes", as: [Numeric].self) ?? []
        return try zip(prices, volumes).map { price, volume in
            TradeFigures(price: try Row.decimal(price, "price"), volume: try Row.decimal(volume, "volume"))
        }
    }

    /// What a window of one market is asked for: sums between two moments, and the trades at each.
    package struct Window: Hashable, Sendable {
        package var symbol: Symbol
        package var first: Instant
        package var last: Instant

        package init(symbol: Symbol, first: Instant, last: Instant) {
            self.symbol = symbol
            self.first = first
            self.last = last
        }
    }

    package struct WindowTrades: Hashable, Sendable {
        package var between = TradeFigures.zero
        package var atFirst: [Trade] = []
        package var atLast: [Trade] = []

        package init() {}
    }

    /// The windows' trades, in the order of the windows; one window a market.
    package static func windows(
        _ windows: [Window], on connection: Connection
    ) async throws -> [WindowTrades] {
        guard let from = windows.map(\.first).min(), let to = windows.map(\.last).max() else { return [] }
        let asked: [DatabaseValue] = [
            .textArray(windows.map(\.symbol.description)),
            .timestampArray(windows.map { Timestamp($0.first) }),
            .timestampArray(windows.map { Timestamp($0.last) }),
        ]
        let list = """
            WITH w AS (SELECT symbol COLLATE "C" AS symbol, first, last, ordinal FROM unnest($1::text[],
                $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS u(symbol, first, last, ordinal))
            """
        var found = [WindowTrades](repeating: WindowTrades(), count: windows.count)
        for row in try await connection.query(
            """
            \(list) SELECT w.ordinal, sum(t.volume) AS volume, sum(t.price * t.volume) AS value
            FROM market.transactions t JOIN w ON w.symbol = t.symbol AND t.time > w.first AND t.time < w.last
            WHERE t.time > $4 AND t.time < $5 GROUP BY w.ordinal
            """,
            asked + [.timestamp(microseconds: from.microseconds), .timestamp(microseconds: to.microseconds)])
        {
            let index = try row.value("ordinal", as: Int64.self)
            found[Int(index) - 1].between = TradeFigures(
                volume: try row.decimal("volume"), value: try row.decimal("value"))
        }
        for row in try await connection.query(
            """
            \(list) SELECT w.ordinal, t.time = w.first AS is_first, t.time, t.sequential_id, t.price, t.volume,
                t.side
            FROM w CROSS JOIN LATERAL (VALUES (w.first), (w.last)) AS e(time)
                JOIN market.transactions t ON t.time = e.time AND t.symbol = w.symbol
            ORDER BY w.ordinal, t.time, t.sequential_id
            """, asked)
        {
            let index = Int(try row.value("ordinal", as: Int64.self)) - 1
            let trade = try trade(row, windows[index].symbol)
            if try row.value("is_first", as: Bool.self) {
                found[index].atFirst.append(trade)
            } else {
                found[index].atLast.append(trade)
            }
        }
        return found
    }

    /// Writes the exchange's values over those of stored trades; says how many were changed.
    package static func correct(_ trades: [Trade], on connection: Connection) async throws -> Int {
        var count = 0
        for trade in trades {
            let row = try await connection.query(
                "SELECT market.correct_trade($1, $2, $3, $4, $5, $6)",
                [
                    .text(trade.symbol.description), .timestamp(microseconds: trade.time.microseconds),
                    .int64(trade.sequentialID), .numeric(unscaled: trade.price.unscaled, scale: 8),
                    .numeric(unscaled: trade.volume.unscaled, scale: 8),
                    .text(trade.side == .buy ? "buy" : "sell"),
                ]
            ).single()
            if try row.value(0, as: Bool.self) { count += 1 }
        }
        return count
    }

    private static func parameters(_ symbol: Symbol, _ interval: Range<Instant>) -> [DatabaseValue] {
        [
            .text(symbol.description), .timestamp(microseconds: interval.lowerBound.microseconds),
            .timestamp(microseconds: interval.upperBound.microseconds),
        ]
    }

    private static func trade(_ row: Row, _ symbol: Symbol) throws -> Trade {
        let time = try row.instant("time")
        return Trade(
            time: time, symbol: symbol, sequentialID: try row.value("sequential_id"),
            price: try row.decimal("price"), volume: try row.decimal("volume"),
            side: try row.value("side", as: String.self) == "buy" ? .buy : .sell, receivedAt: time)
    }
}
