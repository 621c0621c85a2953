/// A numbered step of the schema, there and back.
package struct Migration: Sendable, Equatable {
    package let number: Int
    package let name: String
    package let up: MigrationScript
    package let down: MigrationScript

    package init(number: Int, name: String, up: MigrationScript, down: MigrationScript) {
        self.number = number
        self.name = name
        self.up = up
        self.down = down
    }

    /// `0004 partitions`
    package var title: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + " " + name
    }

    /// Whether a database with this engine gets it.
    package func applies(to engine: EngineDecision) -> Bool {
        switch up.condition {
        case nil: true
        case .timescale: engine.name == .timescale
        case .native: engine.name == .native
        case .continuousAggregates: engine.hasContinuousAggregates
        case .noContinuousAggregates: !engine.hasContinuousAggregates
        }
    }
}
