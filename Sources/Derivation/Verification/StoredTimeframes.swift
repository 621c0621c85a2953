import Database
import Market

extension DerivationSettings {
    /// With the timeframes that the database has besides: whoever derived them may have had other settings.
    package func withStored(on connection: BlockingConnection) throws -> DerivationSettings {
        let stored = try connection.query(
            "SELECT DISTINCT timeframe FROM market.latest_indicators"
        ).map { try Timeframe($0.value(0, as: String.self)) }
        return try DerivationSettings(
            timeframes: Array(Set(timeframes).union(stored)).sorted(),
            graceMilliseconds: graceMilliseconds, provisionalMilliseconds: provisionalMilliseconds,
            repairCandlesMax: repairCandlesMax)
    }
}
