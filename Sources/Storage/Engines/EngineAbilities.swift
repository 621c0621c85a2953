/// What the database's engine can do.
package enum EngineAbilities: Hashable, Sendable {
    case native
    /// Hypertables. The Apache build has neither a columnstore nor jobs.
    case timescale(isLicensed: Bool)

    /// Whether TimescaleDB compresses and drops by its own jobs.
    package var hasJobs: Bool {
        if case .timescale(let isLicensed) = self { isLicensed } else { false }
    }
}
