import Configuration
import Derivation
import Market

extension DerivationSettings {
    init(_ settings: Configuration.Derivation) throws {
        try self.init(
            timeframes: settings.timeframes.map(Self.timeframe),
            graceMilliseconds: Int64(settings.graceMilliseconds),
            provisionalMilliseconds: Int64(settings.provisionalMilliseconds))
    }

    private static func timeframe(_ text: String) throws(ConfigurationError) -> Timeframe {
        do {
            return try Timeframe(text)
        } catch {
            throw ConfigurationError([
                ConfigurationMistake(error.what, place: "derivation.timeframes", remedy: error.remedy)
            ])
        }
    }
}
