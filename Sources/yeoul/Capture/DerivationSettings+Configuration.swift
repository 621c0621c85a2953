import Configuration
import Derivation
import Market

extension DerivationSettings {
    init(_ settings: Configuration.Derivation) throws {
        try self.init(
            timeframes: settings.timeframes.map { try Timeframe($0) },
            graceMilliseconds: Int64(settings.graceMilliseconds),
            provisionalMilliseconds: Int64(settings.provisionalMilliseconds))
    }
}
