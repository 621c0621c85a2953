import Database
import Market

/// Reads the facts that policies and upkeep decide from.
package struct CatalogReader: Sendable {
    /// Needs read at most. Beyond, everything from the last of them on counts as needed.
    static let needsMax = 10_000

    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    package func read(now: Instant, archive: ArchiveFolder? = nil) async throws -> CatalogFacts {
        let engine = try await StorageEngines.engine(on: connection)
        var facts = CatalogFacts(engine: engine.abilities)
        facts.timeTables = try await timeTables()
        facts.plainTables = try await columns().filter { PolicyTables.plain[$0.key] != nil }
            .mapValues { $0.map(\.name) }
        try await engine.addFacts(to: &facts, from: connection)
        for table in facts.timeTables.keys {
            facts.timeTables[table]?.chunks.sort { $0.range.lowerBound < $1.range.lowerBound }
        }
        facts.needs = try await needs()
        if let archive { facts.needs += try RestoredRanges(archive).needs(now: now) }
        return facts
    }

    // MARK: Tables

    private func timeTables() async throws -> [String: TimeTableFacts] {
        let rows = try await connection.query(
            """
            SELECT table_name, extract(epoch FROM part_length)::bigint AS length
            FROM ops.time_tables
            """)
        let columns = try await columns()
        var tables: [String: TimeTableFacts] = [:]
        for row in rows {
            let name: String = try row.value("table_name")
            let known = columns[name] ?? []
            tables[name] = TimeTableFacts(
                chunk: TimeSpan(seconds: try row.value("length")),
                columns: known.map(\.name), keyColumns: known.filter(\.isKey).map(\.name))
        }
        return tables
    }

    private struct Column {
        var name: String
        var isKey: Bool
    }

    private func columns() async throws -> [String: [Column]] {
        let rows = try await connection.query(
            """
            SELECT c.relname::text AS table, a.attname::text AS column,
                coalesce(a.attnum = ANY(k.indkey), false) AS is_key
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
            WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('market', 'ops'))
                AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY c.relname, a.attnum
            """)
        var columns: [String: [Column]] = [:]
        for row in rows {
            columns[try row.value("table"), default: []].append(
                Column(name: try row.value("column"), isKey: try row.value("is_key")))
        }
        return columns
    }

    // MARK: Needs

    /// What still reads old rows: minutes that are not proven, gaps that are not filled, open repairs.
    private func needs() async throws -> [Need] {
        let rows = try await connection.query(
            """
            SELECT reason, family, range_start, range_end FROM (
                SELECT 'minutes of ' || symbol || ' are not proven' AS reason, 'raw' AS family,
                    from_time AS range_start, to_time AS range_end
                FROM market.reconciliations WHERE status = 'different' AND attempts < 3
                UNION ALL
                SELECT 'a gap of ' || symbol || ' is open', 'raw', from_time, to_time
                FROM market.gaps WHERE status = 'open' AND channel = 'trade'
                UNION ALL
                SELECT 'a repair of ' || symbol || ' ' || timeframe || ' is open',
                    CASE WHEN timeframe = '1s' THEN 'seconds' WHEN timeframe IN ('1d', '1w', '1mo') THEN 'long'
                        ELSE 'intraday' END,
                    from_time, 'infinity'
                FROM market.repairs WHERE closed_at IS NULL) AS needs
            ORDER BY range_start LIMIT \(Self.needsMax)
            """)
        var needs: [Need] = []
        for row in rows {
            guard var range = try row.instantRange() else { continue }
            if needs.count >= Self.needsMax - 1 { range = range.lowerBound..<Instant(microseconds: .max) }
            let (family, reason): (String, String) = (try row.value("family"), try row.value("reason"))
            needs += Self.tables(of: family).map { Need(table: $0, range: range, reason: reason) }
        }
        return needs
    }

    private static func tables(of family: String) -> [String] {
        // Small candles are what a larger one is made of, so a repair needs them, too.
        switch family {
        case "raw": ["transactions", "tickers", "candles_seconds"]
        case "seconds": ["transactions", "candles_seconds", "technical_indicators_seconds"]
        case "intraday": ["transactions", "candles_intraday", "technical_indicators_intraday"]
        default: ["candles_intraday", "candles_long", "technical_indicators_long"]
        }
    }
}
