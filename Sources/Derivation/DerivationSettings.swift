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

    package init(
        timeframes: [Timeframe] = standardTimeframes, graceMilliseconds: Int64 = 2_000,
        provisionalMilliseconds: Int64 = 1_000
    ) throws {
        self.timeframes = try CandleFold(timeframes).timeframes
        guard graceMilliseconds >= 0, provisionalMilliseconds >= 1_000 else {
            throw DerivationError(
                .settings,
                "a grace of \(graceMilliseconds) ms, provisional values each "
                    + "\(provisionalMilliseconds) ms", place: "derivation",
                remedy: "The grace is 0 or more, provisional values come at most once a second")
        }
        self.graceMilliseconds = graceMilliseconds
        self.provisionalMilliseconds = provisionalMilliseconds
    }

    package var smallest: Timeframe { timeframes[0] }
}
