/// What `yeoul db status` shows.
package struct SchemaStatus: Sendable {
    package struct Entry: Sendable, Equatable {
        package enum State: String, Sendable {
            case pending
            case running
            case applied
            case skipped
        }
        package var number: Int
        package var name: String
        package var state: State
    }

    /// Nil before the first migration.
    package var record: InstanceRecord?
    package var facts: EngineFacts
    package var entries: [Entry]
    package var drifts: [Drift]
    package var skippedSteps: [SkippedStep]
    /// What stands in the way of `migrate`, such as an edited migration.
    package var fault: StorageError?

    /// Whether the program can use the database as it is.
    package var isCurrent: Bool {
        record != nil && fault == nil && drifts.isEmpty
            && !entries.contains { $0.state == .pending || $0.state == .running }
    }
}
