import Capture
import Configuration
import Derivation
import Diagnostics
import Journal
import Web

/// What the roles would say against the settings at their start, all of it at once: what the kind of a single
/// setting cannot tell.
package enum RoleSettings {
    package static func check(_ configuration: Configuration) throws(ConfigurationError) {
        let capture = configuration.capture
        let looks: [(key: String, look: () throws -> Void)] = [
            ("exchange", { try ExchangeAccess.check(configuration.exchange) }),
            ("capture.markets", { _ = try MarketSelection(capture.markets) }),
            ("capture.channels", { _ = try SessionSettings.channels(capture.channels) }),
            (
                "capture.connections",
                { _ = try ConnectionPlan(connections: capture.connections, copies: capture.redundancy) }
            ),
            ("journal", { _ = try JournalSettings(configuration.journal).checked() }),
            ("derivation", { _ = try DerivationSettings(configuration.derivation) }),
            ("web", { try WebRole.settings(configuration).check() }),
        ]
        let mistakes = looks.flatMap { item -> [ConfigurationMistake] in
            do {
                try item.look()
                return []
            } catch let error as ConfigurationError {
                return error.mistakes
            } catch {
                let explained = error as? any ExplainedError
                return [
                    ConfigurationMistake(
                        explained?.what ?? "\(error)", place: explained?.place ?? item.key,
                        remedy: explained?.remedy)
                ]
            }
        }
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
    }
}
