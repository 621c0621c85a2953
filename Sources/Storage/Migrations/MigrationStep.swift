/// What a migrator does next to a database.
package enum MigrationStep: Sendable, Equatable {
    /// Run the up file, verify it, note it.
    case apply(Migration)
    /// Note that it is for another engine.
    case skip(Migration)
    /// Run the down file and forget it.
    case revert(Migration)
    /// Forget that it was skipped.
    case forget(Migration)

    package var migration: Migration {
        switch self {
        case .apply(let migration), .skip(let migration), .revert(let migration), .forget(let migration):
            migration
        }
    }
}
