/// Which engine a database gets or has, and what of it.
package struct EngineDecision: Sendable, Equatable {
    package var name: EngineName
    /// Whether statistics are continuous aggregates; without them they are plain views.
    package var hasContinuousAggregates: Bool
    /// What the user should know about the choice.
    package var notes: [String]

    package init(_ name: EngineName, hasContinuousAggregates: Bool = false, notes: [String] = []) {
        self.name = name
        self.hasContinuousAggregates = hasContinuousAggregates
        self.notes = notes
    }
}
