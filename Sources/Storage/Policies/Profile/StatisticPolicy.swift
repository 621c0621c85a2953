/// How long the statistics of one view are kept where TimescaleDB keeps them by themselves (continuous
/// aggregates). Elsewhere they are computed on read and reach as far back as their raw data.
package struct StatisticPolicy: Hashable, Sendable {
    package var name: String
    /// Nil: never dropped.
    package var dropAfter: TimeSpan?

    package init(name: String, dropAfter: TimeSpan?) {
        self.name = name
        self.dropAfter = dropAfter
    }
}
