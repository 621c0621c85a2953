/// Who connects to the private server. Each has a login role and a password of its own.
package enum ClusterRole: String, CaseIterable, Sendable {
    /// Owns everything and migrates; the private server's superuser.
    case owner
    /// Writes market data.
    case ingest
    /// Reads the market and writes orders.
    case trader
    /// Reads: `psql`, Grafana, analysts.
    case reader

    /// The role's name in the database.
    package var loginName: String { "yeoul_\(rawValue)" }
}
