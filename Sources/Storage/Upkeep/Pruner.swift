import Database
import Market

/// Deletes old rows of plain tables in batches that hold nobody up.
struct Pruner {
    static let batchRowsMax = 20_000
    /// What is left after so many batches goes in the next run.
    static let batchesMax = 200

    let session: UpkeepSession
    let now: Instant

    /// Returns the rows that were deleted.
    func prune(_ rule: PruneRule) async throws -> Int {
        guard let schema = PolicyTables.plain[rule.table] else {
            throw StorageError(.policy, "\(rule.table) is no plain table of ours")
        }
        let sql = try Self.statement(rule, schema: schema)
        var parameters: [DatabaseValue] = [
            .timestamp(microseconds: now.adding(microseconds: -rule.after.microseconds).microseconds)
        ]
        parameters += rule.only.map { .textArray($0.values) }
        var deleted = 0
        for _ in 0..<Self.batchesMax {
            let count = try await session.retrying("pruning \(rule.table)") {
                try await session.connection.query(sql, parameters, within: session.limits.statement)
                    .affectedRows
            }
            deleted += count
            if count < Self.batchRowsMax { break }
        }
        return deleted
    }

    static func statement(_ rule: PruneRule, schema: String) throws -> String {
        let table = try quotedIdentifier(schema, rule.table)
        let time = try quotedIdentifier(rule.timeColumn)
        var conditions = ["\(time) < $1"]
        for (index, condition) in rule.only.enumerated() {
            conditions.append("\(try quotedIdentifier(condition.column))::text = ANY($\(index + 2))")
        }
        var source = table
        if rule.keepNewest > 0 {
            let groups = try rule.groupColumns.map { try quotedIdentifier($0) }.joined(separator: ", ")
            let partition = groups.isEmpty ? "" : "PARTITION BY \(groups) "
            source =
                "(SELECT *, ctid AS place, row_number() OVER (\(partition)ORDER BY \(time) DESC NULLS LAST) AS newness "
                + "FROM \(table))"
            conditions.append("newness > \(rule.keepNewest)")
        } else {
            source = "(SELECT *, ctid AS place FROM \(table))"
        }
        return """
            DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                SELECT place FROM \(source) AS candidates WHERE \(conditions.joined(separator: " AND "))
                LIMIT \(batchRowsMax)))
            """
    }
}
