/// A job of TimescaleDB for a table.
package struct JobFacts: Hashable, Sendable {
    package var id: Int32
    package var after: TimeSpan
    /// False when the job is paused.
    package var isScheduled: Bool

    package init(id: Int32, after: TimeSpan, isScheduled: Bool = true) {
        self.id = id
        self.after = after
        self.isScheduled = isScheduled
    }
}
