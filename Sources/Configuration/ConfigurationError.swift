import Diagnostics

/// Everything that is wrong with the configuration, at once.
package struct ConfigurationError: ExplainedError, Equatable {
    /// Further mistakes are only counted.
    package static let mistakesMax = 50

    package let mistakes: [ConfigurationMistake]
    /// How many more there are.
    package let omitted: Int

    package init(_ mistakes: [ConfigurationMistake]) {
        self.mistakes = Array(mistakes.prefix(Self.mistakesMax))
        omitted = max(0, mistakes.count - Self.mistakesMax)
    }

    package var what: String {
        guard mistakes.count == 1, let first = mistakes.first else {
            return "the configuration has \(mistakes.count + omitted) mistakes"
        }
        return first.what
    }

    package var place: String? { mistakes.count == 1 ? mistakes.first?.place : nil }

    package var remedy: String? { mistakes.count == 1 ? mistakes.first?.remedy : nil }
}
