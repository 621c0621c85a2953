import Storage

/// What the exchange counts more than we have in an interval, as exactly as the figures tell.
package struct Shortfall: Hashable, Sendable {
    package var figures: TradeFigures
    var tolerance: ProofTolerance

    init(ours: TradeFigures, exchange: TradeFigures, tolerance: ProofTolerance) {
        figures = exchange - ours
        self.tolerance = tolerance
    }

    /// Whether trades of these figures are all that is missing.
    func isExplained(by lost: TradeFigures) -> Bool { tolerance.covers(figures - lost) }
}
