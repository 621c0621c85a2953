import Capture

/// How hard the adversary works: each seed has its own mixture, and many faults are absent in each.
struct Weather {
    let tradesPerSecond: Double
    let disconnects: Double
    let duplicates: Double
    let reorders: Double
    let broken: Double
    /// Trades that the database refuses for a reason of their own.
    var poison: Double
    let crashes: Double
    /// Of the crashes: the machine's, not only the program's.
    let powerCuts: Double
    let suspensions: Double
    let commitFailures: Double
    let lostAnswers: Double
    let outages: Double
    let failovers: Double
    let syncFailures: Double
    let writeFailures: Double
    let fullDisks: Double
    let hasStandby: Bool

    init(_ random: inout JitterSource) {
        func sometimes(_ most: Double, _ random: inout JitterSource) -> Double {
            Bool.random(using: &random) ? Double.random(in: 0...most, using: &random) : 0
        }
        tradesPerSecond = Double.random(in: 20...150, using: &random)
        disconnects = sometimes(0.3, &random)
        duplicates = sometimes(0.2, &random)
        reorders = sometimes(0.2, &random)
        broken = sometimes(0.05, &random)
        poison = sometimes(0.01, &random)
        crashes = sometimes(0.4, &random)
        powerCuts = Double.random(in: 0...1, using: &random)
        suspensions = sometimes(0.1, &random)
        commitFailures = sometimes(0.3, &random)
        lostAnswers = sometimes(0.3, &random)
        outages = sometimes(0.1, &random)
        failovers = sometimes(0.1, &random)
        syncFailures = sometimes(0.3, &random)
        writeFailures = sometimes(0.3, &random)
        fullDisks = sometimes(0.1, &random)
        hasStandby = Bool.random(using: &random)
    }
}
