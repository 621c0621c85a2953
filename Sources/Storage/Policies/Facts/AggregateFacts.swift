/// A continuous aggregate over one of our time tables.
package struct AggregateFacts: Hashable, Sendable {
    package var name: String
    /// The time table that it reads.
    package var source: String
    /// How far back its policy refreshes; nil when it has a policy without a start, which means: everything.
    package var refreshWindow: TimeSpan?

    package init(name: String, source: String, refreshWindow: TimeSpan?) {
        self.name = name
        self.source = source
        self.refreshWindow = refreshWindow
    }
}
