import Capture

/// What goes wrong between the exchange and us that only refill and proof can see: each seed has its own
/// mixture.
struct ProofWeather {
    /// Trades that never come over a socket; REST knows them.
    let dropped: Double
    /// Trades that only the exchange's own figures count.
    let lost: Double
    /// Rows that vanish from the table: how many a second.
    let deletions: Double
    /// Rows whose volume is another in the table.
    let spoilings: Double
    /// Share of the calls that fail, or that are answered with 429.
    let failures: Double
    let refusals: Double
    /// REST's replicas are behind by up to this.
    let lagMilliseconds: Int64
    /// Candles count a trade where it was published, not where it was executed.
    let byPublication: Bool
    /// The program dies once more so long after the storm; nil for not.
    let diesAfterMilliseconds: Int64?

    init(_ random: inout JitterSource) {
        func sometimes(_ most: Double, _ random: inout JitterSource) -> Double {
            Bool.random(using: &random) ? Double.random(in: 0...most, using: &random) : 0
        }
        dropped = sometimes(0.03, &random)
        lost = sometimes(0.01, &random)
        deletions = sometimes(0.5, &random)
        spoilings = sometimes(0.3, &random)
        failures = sometimes(0.3, &random)
        refusals = sometimes(0.05, &random)
        lagMilliseconds = Bool.random(using: &random) ? Int64.random(in: 0...1_800, using: &random) : 0
        byPublication = Bool.random(using: &random)
        diesAfterMilliseconds =
            Bool.random(using: &random) ? Int64.random(in: 1_000...80_000, using: &random) : nil
    }
}
