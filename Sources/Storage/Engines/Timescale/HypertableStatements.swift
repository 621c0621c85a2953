import Database

/// The statements that make a change, by the names that the server's TimescaleDB has.
struct HypertableStatements {
    let usesColumnstoreNames: Bool

    func statements(
        for change: PolicyChange, _ noteChunk: (String, TimeSpan) -> PolicyStatement
    ) throws(DatabaseError) -> [PolicyStatement] {
        let table = try quotedIdentifier("market", change.table)
        switch change {
        case .setChunk(let name, _, let to):
            return [noteChunk(name, to), onTable("set_chunk_time_interval", table, to)]
        case .setColumnstore(_, let segmentBy, let orderBy):
            return [try columnstore(table, segmentBy, orderBy)]
        case .addCompression(_, let after): return [addCompression(table, after)]
        case .changeCompression(_, _, let to): return [removeCompression(table), addCompression(table, to)]
        case .removeCompression: return [removeCompression(table)]
        case .addRetention(_, let after): return [onTable("add_retention_policy", table, after)]
        case .changeRetention(_, _, let to):
            return [removeRetention(table), onTable("add_retention_policy", table, to)]
        case .removeRetention: return [removeRetention(table)]
        }
    }

    private func columnstore(
        _ table: String, _ segmentBy: [String], _ orderBy: [TimeTablePolicy.OrderColumn]
    ) throws(DatabaseError) -> PolicyStatement {
        var segments: [String] = []
        for name in segmentBy { segments.append(try quotedIdentifier(name)) }
        var order: [String] = []
        for column in orderBy {
            order.append(try quotedIdentifier(column.name) + (column.isDescending ? " DESC" : ""))
        }
        let (by, sorted) = (
            SQLText.literal(segments.joined(separator: ", ")), SQLText.literal(order.joined(separator: ", "))
        )
        if usesColumnstoreNames {
            return PolicyStatement(
                """
                ALTER TABLE \(table) SET (timescaledb.enable_columnstore = true,
                    timescaledb.segmentby = \(by), timescaledb.orderby = \(sorted))
                """)
        }
        return PolicyStatement(
            """
            ALTER TABLE \(table) SET (timescaledb.compress = true,
                timescaledb.compress_segmentby = \(by), timescaledb.compress_orderby = \(sorted))
            """)
    }

    private func addCompression(_ table: String, _ after: TimeSpan) -> PolicyStatement {
        // CALL takes no parameters of unknown type over the extended protocol; both texts are ours.
        let (name, span) = (SQLText.literal(table), SQLText.literal(after.interval))
        return usesColumnstoreNames
            ? PolicyStatement("CALL add_columnstore_policy(\(name)::regclass, after => interval \(span))")
            : onTable("add_compression_policy", table, after)
    }

    private func removeCompression(_ table: String) -> PolicyStatement {
        let name = SQLText.literal(table)
        return usesColumnstoreNames
            ? PolicyStatement("CALL remove_columnstore_policy(\(name)::regclass, if_exists => true)")
            : PolicyStatement("SELECT remove_compression_policy(\(name)::regclass, if_exists => true)")
    }

    private func removeRetention(_ table: String) -> PolicyStatement {
        PolicyStatement(
            "SELECT remove_retention_policy(\(SQLText.literal(table))::regclass, if_exists => true)")
    }

    private func onTable(_ function: String, _ table: String, _ span: TimeSpan) -> PolicyStatement {
        PolicyStatement(
            "SELECT \(function)(\(SQLText.literal(table))::regclass, interval \(SQLText.literal(span.interval)))"
        )
    }
}
