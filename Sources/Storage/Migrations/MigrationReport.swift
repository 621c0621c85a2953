/// What a migrator did.
package struct MigrationReport: Sendable {
    /// In the order in which it was done.
    package var steps: [MigrationStep] = []
    package var engine: EngineDecision
    package var versionBefore: Int
    package var versionAfter: Int
    /// What it could not do with its rights.
    package var skippedSteps: [SkippedStep] = []
}
