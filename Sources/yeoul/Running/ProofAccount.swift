import Database
import Storage

/// What the database tells of gaps and proof, in short.
package struct ProofAccount: Sendable, Equatable {
    var gapsOpen: Int64
    /// Without the times before a market's capture began, which nobody misses.
    package var gapsUnfillable: Int64
    /// The proven part of what was compared in 24 hours; nil when nothing was.
    var provenFraction: Double?
    var different: Int64

    private static let sql = """
        SELECT (SELECT count(*) FROM market.gaps WHERE status = 'open') AS open,
            (SELECT count(*) FROM market.gaps WHERE status = 'unfillable'
                AND reason <> '\(Gap.Reason.beforeCapture)') AS unfillable,
            (sum(extract(epoch FROM to_time - from_time))
                FILTER (WHERE status IN ('proven', 'proven_empty', 'boundary', 'repaired'))
                / nullif(sum(extract(epoch FROM to_time - from_time)), 0))::double precision AS proven,
            count(*) FILTER (WHERE status = 'different') AS different
        FROM market.reconciliations WHERE to_time > now() - interval '24 hours'
        """
    private static let limit: Duration = .seconds(5)

    package static func read(_ options: ConnectionOptions) async throws -> ProofAccount {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        let row = try await connection.query(sql, [], within: limit).single()
        return ProofAccount(
            gapsOpen: try row.value("open", as: Int64.self),
            gapsUnfillable: try row.value("unfillable", as: Int64.self),
            provenFraction: try row.optional("proven", as: Double.self),
            different: try row.value("different", as: Int64.self))
    }
}
