import Indicators
import Market

/// Which candles are made, and when they close.
package struct DerivationSettings: Sendable, Equatable {
    /// Everything but seconds.
    package static let standardTimeframes = Timeframe.allCases.filter { $0 != .second1 }

    /// Ascending; the first composes all others.
    package let timeframes: [Timeframe]
    /// A candle closes so long after its end, by the exchange's time.
    package let graceMilliseconds: Int64
    /// Provisional values of a row are renewed at most so often.
    package let provisionalMilliseconds: Int64
    /// Stored candles that repairs work through in one commit.
    package let repairCandlesMax: Int

    package init(
        timeframes: [Timeframe] = standardTimeframes, graceMilliseconds: Int64 = 2_000,
        provisionalMilliseconds: Int64 = 1_000, repairCandlesMax: Int = Derivation.repairCandlesMax
    ) throws {
        self.timeframes = try CandleFold(timeframes).timeframes
        guard graceMilliseconds >= 0, provisionalMilliseconds >= 1_000, repairCandlesMax >= 1 else {
            throw DerivationError(
                .settings,
                "a grace of \(graceMilliseconds) ms, provisional values each "
                    + "\(provisionalMilliseconds) ms, repairs of \(repairCandlesMax) candles",
                place: "derivation",
                remedy: "The grace is 0 or more, provisional values come at most once a second, and a repair "
                    + "takes at least one candle a commit")
        }
        self.graceMilliseconds = graceMilliseconds
        self.provisionalMilliseconds = provisionalMilliseconds
        self.repairCandlesMax = repairCandlesMax
    }

    package var smallest: Timeframe { timeframes[0] }

    /// A thirtieth of the age of the oldest snapshot is waited, ten seconds at most.
    func provisionalMilliseconds(besideSnapshotOf ageMilliseconds: Int64) -> Int64 {
        max(provisionalMilliseconds, min(ageMilliseconds / 30, 10_000))
    }
}
