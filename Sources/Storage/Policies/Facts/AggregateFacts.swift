/// A continuous aggregate over one of our time tables.
package struct AggregateFacts: Hashable, Sendable {
    package var name: String
    /// The time table or the statistics that it reads.
    package var source: String
    /// How far back its policy refreshes; nil when it has a policy without a start, which means: everything.
    package var refreshWindow: TimeSpan?
    /// TimescaleDB's job that drops its old chunks.
    package var retention: JobFacts?

    package init(name: String, source: String, refreshWindow: TimeSpan?, retention: JobFacts? = nil) {
        self.name = name
        self.source = source
        self.refreshWindow = refreshWindow
        self.retention = retention
    }
}
