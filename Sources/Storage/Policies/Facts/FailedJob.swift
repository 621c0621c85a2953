/// A job for one of our tables that TimescaleDB's scheduler failed at, or has not started for long.
package struct FailedJob: Hashable, Sendable {
    package var id: Int32
    /// policy_compression, policy_retention or policy_refresh_continuous_aggregate
    package var procedure: String
    package var table: String

    package init(id: Int32, procedure: String, table: String) {
        self.id = id
        self.procedure = procedure
        self.table = table
    }
}
